namespace Kedge.Availability.Watch;

/// <summary>What can be looked at, on this node, of one resource that runs here.</summary>
/// <param name="Resource">Its id in the configuration.</param>
/// <param name="Instance">As this node names it; a copy of a clone may end with a colon and a number.</param>
/// <param name="PidFile">Holds the number of its main process; null: not known.</param>
/// <param name="Unit">The systemd unit that it runs as; null: none.</param>
/// <param name="Url">Answers HTTP as long as it is well; null: it speaks no HTTP.</param>
public sealed record Watched(string Resource, string Instance, string? PidFile, string? Unit, Uri? Url)
{
    public bool HasProcess => PidFile is not null || Unit is not null;
}
