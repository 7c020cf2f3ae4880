using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>A runbook wrote a plan that cannot be executed: a bug of ours, or a plan damaged on disk. Lists every problem.</summary>
public sealed class PlanInvalidException(string title, ImmutableArray<string> problems)
    : Exception($"The plan \"{title}\" is not valid: {string.Join(" ", problems)}")
{
    public ImmutableArray<string> Problems { get; } = problems;
}
