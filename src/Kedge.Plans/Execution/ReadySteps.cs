using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>Which steps start next: a pure function of the run's state and the limits.</summary>
internal static class ReadySteps
{
    /// <summary>
    /// Longest remaining path first, then priority, then as written. A step that finds a lane full does not hold up those behind it
    /// that need other lanes. After a stop nothing starts.
    /// </summary>
    public static ImmutableArray<PlannedStep> In(RunState state, RunLimits limits)
    {
        if (state.Phase is not RunPhase.Running || state.Any(StepPhase.Stopped))
            return [];

        var running = state.Steps.Values.Where(s => s.Phase is StepPhase.Running).Select(s => s.Step).ToList();
        var occupied = running.SelectMany(s => s.Lanes.Distinct(StringComparer.Ordinal)).CountBy(lane => lane, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var room = limits.Total - running.Count;
        var starting = ImmutableArray.CreateBuilder<PlannedStep>();
        foreach (var step in InOrder(state))
        {
            if (starting.Count == room)
                break;
            var lanes = step.Lanes.Distinct(StringComparer.Ordinal).ToList();
            if (lanes.Any(lane => occupied.GetValueOrDefault(lane) >= limits.WidthOf(lane)))
                continue;
            foreach (var lane in lanes)
                occupied[lane] = occupied.GetValueOrDefault(lane) + 1;
            starting.Add(step);
        }

        return starting.ToImmutable();
    }

    private static IEnumerable<PlannedStep> InOrder(RunState state) => state.Steps.Values
        .Where(s => state.CanStart(s.Step.Id))
        .Select(s => s.Step)
        .OrderByDescending(s => state.Plan.RemainingPath(s.Id))
        .ThenByDescending(s => s.Priority)
        .ThenBy(s => state.Plan.OrderOf(s.Id));
}
