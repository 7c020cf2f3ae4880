using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>How the one line about a run follows its events, the same in every journal.</summary>
internal static class Summaries
{
    public static RunSummary Of(RunId run, RunAccepted accepted, DateTimeOffset at) => new()
    {
        Run = run,
        Kind = accepted.Plan.Kind,
        Title = accepted.Plan.Title,
        Subject = accepted.Plan.Subject,
        ExclusiveKey = accepted.ExclusiveKey,
        Owner = accepted.Owner,
        Phase = RunPhase.Accepted,
        Epoch = 0,
        LastSeq = 1,
        AcceptedAt = at,
        LastEventAt = at,
    };

    public static RunSummary After(this RunSummary summary, ImmutableArray<RunEvent> events, DateTimeOffset at) => summary with
    {
        Phase = events.Select(RunPhases.After).LastOrDefault(p => p is not null) ?? summary.Phase,
        LastSeq = summary.LastSeq + events.Length,
        LastEventAt = at,
    };
}
