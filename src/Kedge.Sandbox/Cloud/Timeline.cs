namespace Kedge.Sandbox.Cloud;

/// <summary>
/// What will happen, and when. Nothing runs by a timer: whoever looks at the cloud first lets everything happen that is due by then, in the
/// order of its time. So a fake clock needs no threads, and zero latency means "done when the next call arrives".
/// </summary>
sealed class Timeline(TimeProvider clock)
{
    /// <summary>Far above what 1,000 servers with all they have set going at once.</summary>
    const int MaxPending = 1_000_000;

    readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> pending = new();
    long order;

    /// <summary>The instant of the call, or of the event, that is being carried out.</summary>
    public DateTimeOffset Now { get; private set; } = clock.GetUtcNow();

    public void In(TimeSpan after, Action then)
    {
        if (pending.Count >= MaxPending)
            throw new InvalidOperationException($"More than {MaxPending} changes are pending; nobody looks at this cloud any more.");
        pending.Enqueue(then, (Now + after, order++));
    }

    public void Advance()
    {
        var now = clock.GetUtcNow();
        while (pending.TryPeek(out var then, out var key) && key.Due <= now)
        {
            pending.Dequeue();
            Now = key.Due;
            then();
        }
        Now = now;
    }
}
