using System.Collections.Immutable;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>What a failover does with a captured field.</summary>
/// <param name="IsRestored">It has at the target the value that was captured, or what stands for it there.</param>
/// <param name="IsCompared">A test in the sandbox compares it after a failover.</param>
/// <param name="Why">Where it is not restored: why; else null.</param>
public sealed record RestoredField(bool IsRestored, bool IsCompared, string? Why = null);

/// <summary>By key of <see cref="FidelityField"/>. A field that does not stand here is not decided on yet.</summary>
public static class RestoredFields
{
    public static ImmutableDictionary<string, RestoredField> ByKey { get; } = ImmutableDictionary<string, RestoredField>.Empty;
}
