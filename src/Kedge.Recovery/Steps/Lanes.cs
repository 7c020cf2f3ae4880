namespace Kedge.Recovery.Steps;

/// <summary>Names of what may be busy: one per site and service.</summary>
public static class Lanes
{
    public static string Compute(string site) => $"{site}/compute";

    public static string Network(string site) => $"{site}/network";

    public static string BlockStorage(string site) => $"{site}/block-storage";

    public static string Images(string site) => $"{site}/images";

    /// <summary>What they do at once is their own to decide: this bounds what waits for them.</summary>
    public static string Movers(string site) => $"{site}/movers";
}
