using System.Collections.Immutable;
using Kedge.Plans;

namespace Kedge.Recovery.Steps;

/// <summary>
/// The mark that everything made by a run carries, so that it is found again after a crash and nothing is made twice (docs/decisions/0004).
/// Where an API takes metadata or tags when it creates, the mark stands there; where it does not (Neutron's tags are set by a second call),
/// the resource is created with the mark as its description, then tagged, then given its own description: at every moment it is marked.
/// </summary>
/// <param name="Run">32 hexadecimal digits.</param>
/// <param name="Step">12 hexadecimal digits: a hash of the step's id.</param>
public readonly record struct Mark(string Run, string Step)
{
    public const string RunKey = "kedge_run";
    public const string StepKey = "kedge_step";

    public static Mark Of(StepRun run) => new(run.Run.Value, run.StepMark);

    /// <summary>51 characters: Neutron and Nova allow 60, without comma or slash.</summary>
    public string Tag => $"kedge:{Run}:{Step}";

    /// <summary>For metadata of servers, volumes, snapshots and backups, and properties of images.</summary>
    public ImmutableSortedDictionary<string, string> Metadata =>
        ImmutableSortedDictionary<string, string>.Empty.Add(RunKey, Run).Add(StepKey, Step);

    /// <summary>A name or description without the mark that may stand at its end.</summary>
    public static string Without(string text)
    {
        var at = text.LastIndexOf("kedge:", StringComparison.Ordinal);
        return at >= 0 && text.Length - at == 51 ? text[..at].TrimEnd() : text;
    }

    /// <summary>Does a resource carry it? Asked again of what a cloud has filtered: some ignore a filter, and what is found may be deleted.</summary>
    public bool IsOn(IReadOnlyDictionary<string, string> metadata) =>
        metadata.GetValueOrDefault(RunKey) == Run && metadata.GetValueOrDefault(StepKey) == Step;

    /// <summary>Is this a mark of ours? For comparing and capturing: what Kedge wrote is not the tenant's.</summary>
    public static bool IsTag(string tag) => tag.StartsWith("kedge:", StringComparison.Ordinal);

    public static bool IsKey(string key) => key.StartsWith("kedge_", StringComparison.Ordinal);
}
