using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Failover;

namespace Kedge.Recovery.Status;

/// <summary>
/// How long steps of failovers really took, from the journal. Counted are steps that were done at their first attempt: one that was tried
/// again, or interrupted by a restart, says more about the fault than about the next recovery.
/// </summary>
public sealed class StepTimes
{
    /// <summary>Measurements of one and the same step from which it is predicted by itself, and not by its kind.</summary>
    const int EnoughOfOne = 3;

    readonly Dictionary<(string Workload, string Key), List<TimeSpan>> own = [];
    readonly Dictionary<(string Target, string Kind), List<TimeSpan>> ofTarget = [];
    readonly Dictionary<string, int> runs = new(StringComparer.Ordinal);

    /// <summary>Takes the measured steps of a failover in, whatever its end.</summary>
    internal void Add(RunState run, string target)
    {
        var wasMeasured = false;
        foreach (var step in run.Steps.Values)
        {
            if (step is not { Phase: StepPhase.Done, Attempts: 1, StartedAt: { } from, EndedAt: { } to })
                continue;
            wasMeasured = true;
            Put(own, (run.Plan.Subject, step.Step.Id), to - from);
            Put(own, (run.Plan.Subject, step.Step.Kind), to - from);
            Put(ofTarget, (target, step.Step.Kind), to - from);
        }
        if (wasMeasured)
            runs[run.Plan.Subject] = runs.GetValueOrDefault(run.Plan.Subject) + 1;
    }

    /// <summary>What the longest path of a plan took, and would take, by what was measured.</summary>
    public RecoveryPrediction Predict(Plan plan, string target)
    {
        var counts = new Counts();
        var times = plan.ReadingOrder.ToDictionary(step => step.Id, step => TimesOf(step, plan.Subject, target, counts), StringComparer.Ordinal);
        var median = LongestPath(plan, step => times[step.Id] is { } measured ? Rank(measured, 0.5) : TimeSpan.Zero);
        var ninety = LongestPath(plan, step => times[step.Id] is { } measured ? Rank(measured, 0.9) : TimeSpan.Zero);
        var unmeasured = plan.ReadingOrder.Where(step => times[step.Id] is null).Select(step => step.Kind).Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        return new RecoveryPrediction
        {
            Steps = plan.Steps.Length,
            MeasuredSteps = counts.Own + counts.Others,
            FromOtherWorkloads = counts.Others,
            Failovers = runs.GetValueOrDefault(plan.Subject),
            Median = counts.Own + counts.Others == 0 ? null : median,
            Ninetieth = counts.Own + counts.Others == 0 ? null : ninety,
            Unmeasured = unmeasured,
        };
    }

    List<TimeSpan>? TimesOf(PlannedStep step, string workload, string target, Counts counts)
    {
        var found = own.GetValueOrDefault((workload, step.Id)) is { Count: >= EnoughOfOne } same ? same : own.GetValueOrDefault((workload, step.Kind));
        if (found is not null)
            counts.Own++;
        else if ((found = ofTarget.GetValueOrDefault((target, step.Kind))) is not null)
            counts.Others++;
        return found;
    }

    static TimeSpan LongestPath(Plan plan, Func<PlannedStep, TimeSpan> time)
    {
        var until = new Dictionary<string, TimeSpan>(plan.Steps.Length, StringComparer.Ordinal);
        foreach (var step in plan.ReadingOrder)
            until[step.Id] = step.After.Select(before => until[before]).DefaultIfEmpty().Max() + time(step);
        return until.Values.DefaultIfEmpty().Max();
    }

    /// <summary>Nearest rank: the smallest measured value that at least this share of the measurements does not exceed.</summary>
    static TimeSpan Rank(List<TimeSpan> measured, double share)
    {
        var sorted = measured.Order().ToList();
        return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }

    static void Put<TKey>(Dictionary<TKey, List<TimeSpan>> into, TKey key, TimeSpan time)
        where TKey : notnull
    {
        if (!into.TryGetValue(key, out var list))
            into[key] = list = [];
        list.Add(time);
    }

    sealed class Counts
    {
        public int Own { get; set; }
        public int Others { get; set; }
    }
}

/// <summary>How long a recovery would take, as far as it was measured.</summary>
public sealed record RecoveryPrediction
{
    /// <summary>Nothing of it was ever measured, or no plan can be written.</summary>
    public static RecoveryPrediction None { get; } = new() { Steps = 0, MeasuredSteps = 0, FromOtherWorkloads = 0, Failovers = 0, Median = null, Ninetieth = null, Unmeasured = [] };

    /// <summary>In the plan that the runbook would write now.</summary>
    public required int Steps { get; init; }

    /// <summary>Of these, steps for which there is a measurement.</summary>
    public required int MeasuredSteps { get; init; }

    /// <summary>Of these, steps that were measured only with other workloads at the same target.</summary>
    public required int FromOtherWorkloads { get; init; }

    /// <summary>Failovers of this workload that were measured.</summary>
    public required int Failovers { get; init; }

    /// <summary>Longest path with the median of each step; null: no measurement yet. A lower bound while <see cref="Unmeasured"/> is not empty.</summary>
    public required TimeSpan? Median { get; init; }

    /// <summary>Longest path with the 90th percentile of each step: not all steps are slow at once, so this errs on the safe side.</summary>
    public required TimeSpan? Ninetieth { get; init; }

    /// <summary>Kinds of steps of the plan that were never measured.</summary>
    public required ImmutableArray<string> Unmeasured { get; init; }

    /// <summary>How it was computed, for a person.</summary>
    public string Basis => Steps == 0 ? "no plan can be written"
        : MeasuredSteps == 0 ? "no measurement yet"
        : $"longest path of {Steps} steps, each by the median and the 90th percentile (nearest rank) of what the journal has of {Failovers} failovers of this workload"
            + (FromOtherWorkloads > 0 ? $"; {FromOtherWorkloads} steps by those of other workloads at the same target" : "")
            + (Unmeasured is [] ? "" : $"; at least, for there is no measurement yet of {string.Join(", ", Unmeasured)}")
            + "; steps that were tried again are not counted, nor is waiting for limits";

    /// <summary>"3 min 20 s", "at least 40 s", "no measurement yet".</summary>
    public string Say(TimeSpan? time) => time is not { } known ? "no measurement yet" : Unmeasured is [] ? PlanText.Say(known) : $"at least {PlanText.Say(known)}";
}
