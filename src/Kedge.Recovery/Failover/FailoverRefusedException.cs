using System.Collections.Immutable;

namespace Kedge.Recovery.Failover;

/// <summary>No plan can be written: all that is missing, at once, each with what to do.</summary>
public sealed class FailoverRefusedException(string workload, ImmutableArray<string> problems)
    : Exception($"{workload} cannot be failed over: {string.Join(" ", problems)}")
{
    public ImmutableArray<string> Problems { get; } = problems;
}
