using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>How the one line about a run follows its events, the same in every journal.</summary>
public static class Summaries
{
    /// <summary>Of a run that was just accepted.</summary>
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

    /// <summary>The phase that these events lead to; null: they leave it as it is.</summary>
    public static RunPhase? PhaseAfter(ImmutableArray<RunEvent> events) => events.Select(RunPhases.After).LastOrDefault(p => p is not null);

    internal static RunSummary After(this RunSummary summary, ImmutableArray<RunEvent> events, DateTimeOffset at) => summary with
    {
        Phase = PhaseAfter(events) ?? summary.Phase,
        LastSeq = summary.LastSeq + events.Length,
        LastEventAt = at,
    };
}
