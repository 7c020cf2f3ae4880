using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using Kedge.Availability.Pacemaker;
using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>How a cluster is brought to what a file says, and back: write, wait, look.</summary>
public static class ChangeRunbook
{
    public const string ApplyKind = "ha-apply";
    public const string UndoKind = "ha-undo";

    public static bool IsOne(string kind) => kind is ApplyKind or UndoKind;

    /// <summary>No two runs change one cluster at once.</summary>
    public static string ExclusiveKey(string cluster) => $"ha/{cluster}";

    /// <param name="run">Id of the run that the plan is for: its files lie under it.</param>
    public static Plan Write(RunId run, ClusterDraft draft, string? undoes)
    {
        var title = undoes is null ? $"Bring cluster {draft.Cluster} to what its file says" : $"Bring cluster {draft.Cluster} back to before run {undoes}";
        var gone = draft.Before.Elements.Select(IdOfPrimitive).OfType<string>().Except(draft.Wanted.Elements.Select(IdOfPrimitive)).OfType<string>();
        var facts = new ChangeFacts(
            draft.Cluster, draft.Node, [.. draft.Wanted.Properties.Keys.Order(StringComparer.Ordinal)], draft.Known,
            PartFolder.HashOf(draft.Before), PartFolder.HashOf(draft.Wanted), undoes);
        return Plan.Create(
            undoes is null ? ApplyKind : UndoKind, title, draft.Cluster,
            [
                Planned("write", "write-cluster-part", new WritePart(run.Value), []),
                Planned("settle", "wait-until-settled", new WaitUntilSettled(), ["write"]),
                Planned("verify", "verify-services", new VerifyServices(draft.Expected, [.. gone]), ["settle"]),
            ],
            JsonSerializer.SerializeToElement(facts, ChangeJsonContext.Default.ChangeFacts));
    }

    static string? IdOfPrimitive(XElement element) => element.Name.LocalName switch
    {
        "primitive" => (string?)element.Attribute("id"),
        "clone" => (string?)element.Element("primitive")?.Attribute("id"),
        _ => null,
    };

    static PlannedStep Planned(string id, string kind, ChangeStep step, ImmutableArray<string> after) => new()
    {
        Id = id,
        Kind = kind,
        Title = step.Title,
        Arguments = ChangeStepJson.Write(step),
        After = after,
        Expected = step.Expected,
        Deadline = step.Deadline,
    };

    /// <summary>Null: not of a cluster, and not foreseen.</summary>
    public static StepFault? ReadFault(Exception e) => e switch
    {
        ClusterException { Fault: ClusterFault.TimedOut or ClusterFault.Unreachable } cut =>
            new(IsTransient: true, IsUnreachable: true, cut.Message, null, "See that the node runs and ssh reaches it; then resume the run, which looks first."),
        ClusterException { Fault: ClusterFault.Contended } busy => new(IsTransient: true, IsUnreachable: false, busy.Message, null, null),
        ClusterException { Fault: ClusterFault.Invalid } bad => new(
            IsTransient: false, IsUnreachable: false, bad.Message, null, "Abandon the run, mend the file, or what others put into the CIB, then apply again."),
        ClusterException other => new(IsTransient: false, IsUnreachable: false, other.Message, null, "Look with kedge ha status; mend the cause, then resume the run."),
        JsonException newer => new(false, false, $"The step cannot be read: {newer.Message}", null, "It was written by a newer kedge: resume the run with that one."),
        _ => null,
    };
}
