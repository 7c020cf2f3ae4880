namespace Kedge.OpenStack.Compute;

/// <summary>Which servers to list; what is null or empty does not restrict.</summary>
public sealed record ServerFilter
{
    /// <summary>All servers of the project.</summary>
    public static ServerFilter None { get; } = new();

    /// <summary>Servers of this project; another than one's own needs <see cref="Scope"/> all projects.</summary>
    public Identity.ProjectId? ProjectId { get; init; }

    /// <summary>Own project, or all (administrators).</summary>
    public ProjectScope Scope { get; init; }

    /// <summary>Servers that have all these tags (2.26).</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Servers that have all this metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = Wire.Empty.Texts;

    /// <summary>Servers with exactly this name. Names are not unique: a proposal, never a proof.</summary>
    public string? Name { get; init; }

    /// <summary>Servers on this host (administrators).</summary>
    public string? Host { get; init; }

    /// <summary>Servers changed since then, deleted ones included.</summary>
    public DateTimeOffset? ChangesSince { get; init; }
}
