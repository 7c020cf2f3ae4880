using Kedge.Sandbox.Faults;

namespace Kedge.Sandbox.Cloud;

/// <summary>Numbers calls and remembers the newest.</summary>
sealed class CallLog(Ids ids, TimeProvider clock)
{
    /// <summary>A failover of 1,000 servers makes fewer.</summary>
    public const int Remembered = 200_000;

    readonly Lock gate = new();
    readonly Queue<SandboxCall> calls = new();
    long count;

    public long Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    public IReadOnlyList<SandboxCall> Newest()
    {
        lock (gate)
            return [.. calls];
    }

    public SandboxCall Begin(string service, string method, string path, string query)
    {
        lock (gate)
        {
            var call = new SandboxCall(count, service, method, path, query, ids.Request(count), clock.GetUtcNow());
            count++;
            calls.Enqueue(call);
            if (calls.Count > Remembered)
                calls.Dequeue();
            return call;
        }
    }
}
