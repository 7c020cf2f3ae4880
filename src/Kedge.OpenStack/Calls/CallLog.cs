using System.Collections.Immutable;

namespace Kedge.OpenStack;

/// <summary>
/// The calls made between <see cref="Cloud.Record"/> and disposal, by the code that opened it and whatever that code awaits or starts.
/// </summary>
/// <remarks>
/// Follows the flow of control (<see cref="AsyncLocal{T}"/>), so that steps that run side by side on one cloud do not see each other's calls,
/// and no step has to pass a log through every function. Open it in the method that makes the calls, not in an asynchronous method of its
/// own: what such a method sets is forgotten when it returns. Keeps the newest 1000 calls.
/// </remarks>
public sealed class CallLog : IDisposable
{
    const int MostCalls = 1000;
    static readonly AsyncLocal<CallLog?> Current = new();

    readonly CallLog? outer;
    ImmutableQueue<CallRecord> calls = [];
    int count;

    internal CallLog()
    {
        outer = Current.Value;
        Current.Value = this;
    }

    /// <summary>The calls so far, in the order in which they were answered.</summary>
    public IReadOnlyList<CallRecord> Calls => [.. Volatile.Read(ref calls)];

    /// <summary>The request ids so far, in the order of the answers, each once.</summary>
    public IReadOnlyList<string> RequestIds => [.. Calls.Select(call => call.RequestId).OfType<string>().Distinct()];

    /// <summary>Ends the recording; what was recorded stays readable.</summary>
    public void Dispose()
    {
        if (Current.Value == this)
            Current.Value = outer;
    }

    internal static void Add(CallRecord call)
    {
        for (var log = Current.Value; log is not null; log = log.outer)
            log.Append(call);
    }

    void Append(CallRecord call)
    {
        ImmutableInterlocked.Enqueue(ref calls, call);
        if (Interlocked.Increment(ref count) > MostCalls)
            ImmutableInterlocked.TryDequeue(ref calls, out _);
    }
}
