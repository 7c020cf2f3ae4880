using System.Text.Json.Serialization;
using Kedge.Availability.Evidence;

namespace Kedge.Availability.Drills;

/// <summary>What is done to the cluster.</summary>
public enum Fault
{
    /// <summary>A service's processes are killed (SIGKILL).</summary>
    ServiceKilled,

    /// <summary>A service's processes are stopped (SIGSTOP): they take connections and do not answer.</summary>
    ServiceHung,

    /// <summary>A node loses its power, or as good as that.</summary>
    NodeLost,

    /// <summary>The same, to the node that decides.</summary>
    DcLost,

    /// <summary>A node lives on, and the others do not hear it.</summary>
    NetworkCut,
}

/// <summary>One drill and what was measured, in seconds from just before the fault was ordered; null: it did not happen within the limit.</summary>
/// <param name="Target">The service, or the node.</param>
/// <param name="Node">Where.</param>
/// <param name="SeenS">Pacemaker shows the failure, or the node as lost.</param>
/// <param name="FencedS">The fencing history shows the success; null too where nothing is to be fenced.</param>
/// <param name="RecoveredS">All runs again, and answers again if there is something to ask.</param>
/// <param name="SilentS">The time without an answer as a client saw it; null: nothing was asked, or it never failed to answer.</param>
public sealed record DrillResult(
    DateTimeOffset At, Fault Fault, string Target, string Node, double? SeenS, double? FencedS, double? RecoveredS, double? SilentS, string? Remark)
{
    [JsonIgnore]
    public bool Recovered => RecoveredS is not null;
}

/// <summary>Where drills are written down.</summary>
public static class DrillHistory
{
    const long Limit = 1024 * 1024;

    /// <summary><c>ha-drills.jsonl</c> in the data directory.</summary>
    public static LineFile<DrillResult> In(string directory) => new(Path.Combine(directory, "ha-drills.jsonl"), EvidenceJsonContext.Default.DrillResult, Limit);
}
