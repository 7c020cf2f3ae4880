using Kedge.Plans;

namespace Kedge.Bench.Failover;

/// <summary>What the journal of a finished run tells about its time.</summary>
/// <param name="Wall">From the first step's start to the last one's end.</param>
/// <param name="CriticalPath">The longest chain of measured steps in the plan's graph: no order of work could be faster.</param>
/// <param name="InTurn">All steps one after another: the sum of their measured times, computed, not run.</param>
/// <param name="Kinds">Of each kind of step: how many, how long on average, and how long they stood ready before they were started.</param>
sealed record Timings(int Steps, long Calls, TimeSpan Wall, TimeSpan CriticalPath, TimeSpan InTurn, IReadOnlyList<KindTiming> Kinds)
{
    public static Timings Of(RunState state, long calls)
    {
        var steps = state.StepsInOrder.ToDictionary(s => s.Step.Id);
        var began = steps.Values.Min(s => s.StartedAt!.Value);
        var longest = new Dictionary<string, TimeSpan>();
        foreach (var step in state.Plan.ReadingOrder)
            longest[step.Id] = Took(steps[step.Id]) + step.After.Select(a => longest[a]).DefaultIfEmpty().Max();
        TimeSpan Stood(StepState s) => s.StartedAt!.Value - s.Step.After.Select(a => steps[a].EndedAt!.Value).DefaultIfEmpty(began).Max();
        return new Timings(
            steps.Count,
            calls,
            steps.Values.Max(s => s.EndedAt!.Value) - began,
            longest.Values.Max(),
            steps.Values.Aggregate(TimeSpan.Zero, (sum, s) => sum + Took(s)),
            [.. steps.Values.GroupBy(s => s.Step.Kind).OrderByDescending(g => g.Sum(s => Took(s).Ticks)).Select(g => new KindTiming(
                g.Key, g.Count(), TimeSpan.FromTicks((long)g.Average(s => Took(s).Ticks)), g.Max(Took), TimeSpan.FromTicks((long)g.Average(s => Stood(s).Ticks)), g.Max(Stood)))]);
    }

    static TimeSpan Took(StepState s) => s.EndedAt!.Value - s.StartedAt!.Value;
}

/// <summary>Steps of one kind: how long they took, and how long they stood ready before.</summary>
sealed record KindTiming(string Kind, int Count, TimeSpan Took, TimeSpan MostTook, TimeSpan Stood, TimeSpan MostStood);
