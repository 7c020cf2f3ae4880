using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>
/// The calls of a step since its last event. A step may poll for hours, so only the first and the last few are kept: the first hold
/// the push, the last hold what went wrong.
/// </summary>
internal sealed class CallList
{
    private const int Most = 32;
    private readonly Lock gate = new();
    private ImmutableArray<ServiceCall> calls = [];

    public void Add(ServiceCall call)
    {
        lock (gate)
            calls = Bounded(calls.Add(call), Most);
    }

    public ImmutableArray<ServiceCall> Take()
    {
        lock (gate)
        {
            var taken = calls;
            calls = [];
            return taken;
        }
    }

    public static ImmutableArray<ServiceCall> Bounded(ImmutableArray<ServiceCall> all, int most) =>
        all.Length <= most ? all : [.. all.AsSpan()[..(most / 2)], .. all.AsSpan()[^(most / 2)..]];
}
