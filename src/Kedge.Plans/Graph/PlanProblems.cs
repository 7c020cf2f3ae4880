using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>Every reason, cycles apart, why a plan cannot be executed.</summary>
internal static class PlanProblems
{
    public const int LongestId = 200;
    public const int MostSteps = 100_000;

    public static ImmutableArray<string> In(Plan plan)
    {
        if (plan.Steps is [])
            return ["It has no steps."];
        if (plan.Steps.Length > MostSteps)
            return [$"It has {plan.Steps.Length} steps; at most {MostSteps} are executed as one plan."];

        var ids = plan.Steps.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return [.. Duplicates(plan), .. plan.Steps.SelectMany(step => InStep(step, ids))];
    }

    /// <summary>Two ids with one mark would find each other's resources, so that counts as a duplicate too.</summary>
    private static IEnumerable<string> Duplicates(Plan plan)
    {
        foreach (var group in plan.Steps.GroupBy(s => s.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            yield return $"The id {group.Key} is used by {group.Count()} steps.";
        foreach (var group in plan.Steps.Select(s => s.Id).Distinct(StringComparer.Ordinal).GroupBy(PlannedStep.MarkOf).Where(g => g.Count() > 1))
            yield return $"The ids {string.Join(" and ", group)} have the same mark {group.Key}; change one of them.";
    }

    private static IEnumerable<string> InStep(PlannedStep step, HashSet<string> ids)
    {
        if (string.IsNullOrWhiteSpace(step.Id) || step.Id.Length > LongestId)
            yield return $"The id \"{step.Id}\" is empty or longer than {LongestId} characters.";
        if (string.IsNullOrWhiteSpace(step.Kind) || string.IsNullOrWhiteSpace(step.Title))
            yield return $"The step {step.Id} has no kind or no title.";
        foreach (var unknown in step.After.Where(a => !ids.Contains(a)))
            yield return $"The step {step.Id} comes after {unknown}, which is not in the plan.";
        if (step.Lanes.Any(string.IsNullOrWhiteSpace))
            yield return $"The step {step.Id} names an empty lane.";
        if (step.Expected < TimeSpan.Zero)
            yield return $"The step {step.Id} expects to take a negative time.";
        if (step.Deadline <= TimeSpan.Zero)
            yield return $"The step {step.Id} has no time at all before its deadline.";
    }
}
