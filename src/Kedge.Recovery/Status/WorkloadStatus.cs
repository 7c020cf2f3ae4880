using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Status;

/// <summary>How well a workload's promises are kept.</summary>
public enum StatusLevel
{
    Good,

    /// <summary>A promise is at risk.</summary>
    Warning,

    /// <summary>A promise is broken, or a failover would not work now.</summary>
    Critical,
}

/// <param name="Code">One of <see cref="StatusCodes"/>: for scripts.</param>
/// <param name="What">What is so, with numbers.</param>
/// <param name="WhatToDo">What a person can do about it; may be empty where nothing is wrong.</param>
public sealed record StatusReason(StatusLevel Level, string Code, string What, string WhatToDo);

/// <summary>Codes of reasons: a contract with scripts, so none ever changes its meaning.</summary>
public static class StatusCodes
{
    public const string NoPoint = "no-point";
    public const string Lag = "lag";
    public const string PointDamaged = "point-damaged";
    public const string NotCaptured = "not-captured";
    public const string NotFollowed = "not-followed";
    public const string ProtectionStopped = "protection-stopped";
    public const string NotReady = "not-ready";
    public const string NoPlan = "no-plan";
    public const string RtoAtRisk = "rto-at-risk";
    public const string DefinitionDiffers = "definition-differs";
}

/// <summary>
/// What is known about a workload at one moment, and how old that knowledge is. Computed from the repository and the journal every time it is
/// asked for and stored nowhere, so that it cannot outlive what it is about.
/// </summary>
public sealed record WorkloadStatus
{
    /// <summary>Of the RPO, from which the lag is a warning.</summary>
    public const double WarningAt = 1.5;

    /// <summary>Of the RPO, from which the lag is critical.</summary>
    public const double CriticalAt = 2;

    /// <summary>A definition that nobody looked at for so long is not followed any more.</summary>
    static readonly TimeSpan Followed = 5 * DefinitionWatch.Interval;

    public required Workload Workload { get; init; }
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The newest usable one; null: there is none.</summary>
    public required RecoveryPoint? Point { get; init; }

    /// <summary>What would be lost if the primary went away now.</summary>
    public TimeSpan? Age => Point is { } point ? AskedAt - point.DataAt : null;

    /// <summary>Age of the newest usable point in RPOs.</summary>
    public double? Lag => Age / Workload.Rpo;

    /// <summary>The newest point whose data was proven by reading it back after a restore; null: none.</summary>
    public required RestoredPoint? Verified { get; init; }

    /// <summary>The newest point that was ever restored, verified or not; null: none.</summary>
    public required RestoredPoint? Restored { get; init; }

    /// <summary>Which definition a failover would use now; null without a point.</summary>
    public required ChosenDefinition? Definition { get; init; }

    /// <summary>The last look at the definition; null: nobody follows it.</summary>
    public required DefinitionLook? Look { get; init; }

    /// <summary>Null: it was not asked for.</summary>
    public required ReadinessReport? Readiness { get; init; }
    public required RecoveryPrediction Recovery { get; init; }

    /// <summary>The worst first.</summary>
    public required ImmutableArray<StatusReason> Reasons { get; init; }
    public StatusLevel Level => Reasons.Select(reason => reason.Level).DefaultIfEmpty(StatusLevel.Good).Max();

    /// <param name="readiness">A report that is not too old for whoever asks; null: status without it.</param>
    /// <exception cref="RepositoryException">The repository cannot be read.</exception>
    public static async Task<WorkloadStatus> OfAsync(
        RecoveryDesk desk, PreparedFailover prepared, JournalEvidence evidence, ReadinessReport? readiness, CancellationToken cancel)
    {
        var workload = prepared.Workload;
        var damaged = desk.Repository is null ? [] : (await desk.Repository.ListAsync(workload.Name, cancel)).Damaged;
        var look = desk.Repository is null ? null : await desk.Repository.DefinitionsOf(workload.Name).FindLookAsync(cancel);
        var (prediction, refused) = Predict(prepared, evidence);
        var status = new WorkloadStatus
        {
            Workload = workload,
            AskedAt = desk.Clock.GetUtcNow(),
            Point = prepared.Point,
            Verified = evidence.NewestVerified(workload.Name),
            Restored = evidence.NewestRestored(workload.Name),
            Definition = prepared.Definition,
            Look = look,
            Readiness = readiness,
            Recovery = prediction,
            Reasons = [],
        };
        var reasons = status.LagReasons().Concat(damaged.Select(Damaged)).Concat(status.LookReasons()).Concat(status.ReadyReasons(refused))
            .Concat(Stuck(evidence.StuckProtection(workload.Name))).Concat(status.RecoveryReasons());
        return status with { Reasons = [.. reasons.OrderByDescending(reason => reason.Level)] };
    }

    static (RecoveryPrediction Prediction, string? Refused) Predict(PreparedFailover prepared, JournalEvidence evidence)
    {
        if (prepared.Point is null && prepared.Unreadable is [])
            return (RecoveryPrediction.None, null);
        try
        {
            var plan = prepared.Write(new FailoverRequest("status", ""));
            return (evidence.Times.Predict(plan, prepared.Workload.To), null);
        }
        catch (FailoverRefusedException e)
        {
            return (RecoveryPrediction.None, string.Join(" ", e.Problems));
        }
    }

    IEnumerable<StatusReason> LagReasons()
    {
        if (Age is not { } age)
            yield return new(StatusLevel.Critical, StatusCodes.NoPoint, "There is no usable recovery point: everything would be lost.", $"kedge protect {Workload.Name}");
        else if (Lag >= WarningAt)
            yield return new(
                Lag >= CriticalAt ? StatusLevel.Critical : StatusLevel.Warning, StatusCodes.Lag,
                FormattableString.Invariant($"The newest usable point is {PlanText.Say(age)} old, {Lag:0.0} times the RPO of {PlanText.Say(Workload.Rpo)}."),
                $"kedge protect {Workload.Name}, and look why its schedule did not");
    }

    static StatusReason Damaged(DamagedPoint point) => new(
        StatusLevel.Warning, StatusCodes.PointDamaged, $"Point {point.Id} is damaged and never chosen: {point.Why}", $"kedge point list shows it; kedge point delete removes it.");

    IEnumerable<StatusReason> LookReasons()
    {
        if (Look is { Outcome: LookOutcome.Failed } failed)
        {
            var since = failed.LastSeenAt is { } seen ? $"since {PlanText.Say(AskedAt - seen)}" : "and never was";
            yield return new(StatusLevel.Warning, StatusCodes.NotCaptured, $"It cannot be captured ({failed.FailedInARow} looks in a row, {since}): {failed.Why}", "No new point can be made until this is mended.");
        }
        if (Look is { } last && AskedAt - last.LookedAt > Followed)
            yield return new(StatusLevel.Good, StatusCodes.NotFollowed, $"Nobody looked at its definition for {PlanText.Say(AskedAt - last.LookedAt)}.", "kedge workload follow, or a mediator, does.");
        if (Definition is { Remarks: { IsEmpty: false } remarks })
            yield return new(StatusLevel.Good, StatusCodes.DefinitionDiffers, string.Join(" ", remarks), $"kedge protect {Workload.Name} brings data and definition together.");
    }

    IEnumerable<StatusReason> ReadyReasons(string? refused)
    {
        if (Readiness is { IsReady: false } report && Point is not null)
        {
            var blocks = report.Reasons.Where(reason => reason.Severity is Severity.Blocks).ToList();
            yield return new(StatusLevel.Critical, StatusCodes.NotReady, $"{blocks.Count} reasons against a failover; the first: {blocks[0].Resource}: {blocks[0].What}", $"kedge ready {Workload.Name}");
        }
        else if (refused is not null)
        {
            yield return new(StatusLevel.Critical, StatusCodes.NoPlan, $"No plan can be written: {refused}", $"kedge ready {Workload.Name}");
        }
    }

    static IEnumerable<StatusReason> Stuck(RunSummary? run) => run is null ? [] :
        [new(StatusLevel.Warning, StatusCodes.ProtectionStopped, $"A protection stopped at {run.LastEventAt:yyyy-MM-dd'T'HH:mm:ss'Z'} and waits for a person.", $"kedge run show {run.Run}")];

    IEnumerable<StatusReason> RecoveryReasons()
    {
        if (Workload.Rto is { } rto && Recovery.Ninetieth > rto)
            yield return new(
                Recovery.Median > rto ? StatusLevel.Critical : StatusLevel.Warning, StatusCodes.RtoAtRisk,
                $"By what was measured a recovery takes {Recovery.Say(Recovery.Median)} (median) to {Recovery.Say(Recovery.Ninetieth)} (90th percentile); {PlanText.Say(rto)} were promised.",
                "Keep volumes as warm standbys, or promise less.");
    }
}
