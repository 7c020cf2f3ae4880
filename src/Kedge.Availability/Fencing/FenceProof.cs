using Kedge.Availability.Evidence;

namespace Kedge.Availability.Fencing;

/// <summary>One trial of one fencing device on one node: evidence, kept where the trial was ordered.</summary>
/// <param name="Worked">Pacemaker's fencing history shows the success.</param>
/// <param name="By">The node that did it.</param>
/// <param name="TookS">Seconds from the order to the success; null: it failed.</param>
/// <param name="BackS">Seconds from the order until the node was a member again; null: not waited for, or it did not come back.</param>
public sealed record FenceProof(DateTimeOffset At, string Node, string Device, string Action, bool Worked, string? By, double? TookS, double? BackS, string? Why);

/// <summary>Where trials are written down.</summary>
public static class FenceProofs
{
    const long Limit = 1024 * 1024;

    /// <summary><c>ha-fencing.jsonl</c> in the data directory.</summary>
    public static LineFile<FenceProof> In(string directory) => new(Path.Combine(directory, "ha-fencing.jsonl"), EvidenceJsonContext.Default.FenceProof, Limit);
}
