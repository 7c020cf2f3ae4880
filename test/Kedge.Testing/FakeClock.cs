namespace Kedge.Testing;

/// <summary>
/// A clock that stands still until a test, or <see cref="SimulatedTime"/>, advances it. Drives Task.Delay, PeriodicTimer and
/// CancellationTokenSource, when they are given it. Timers fire one by one, in the order of their due times, each at exactly its time.
/// </summary>
public sealed class FakeClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now;
    private long made;

    public FakeClock()
        : this(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
    {
    }

    public FakeClock(DateTimeOffset start)
    {
        now = start;
        Start = start;
    }

    public DateTimeOffset Start { get; }

    /// <summary>How far it has been advanced.</summary>
    public TimeSpan Elapsed => GetUtcNow() - Start;

    /// <summary>When the next timer is due, null when none is set.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (gate)
                return Next_HoldsLock()?.Due;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => (GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes forward, firing what becomes due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetUtcNow() + by;
        while (FireNext(until))
        {
        }

        lock (gate)
            now = until > now ? until : now;
    }

    /// <summary>Goes to the next timer and fires it; false when none is set.</summary>
    public bool AdvanceToNextTimer() => FireNext(DateTimeOffset.MaxValue);

    private bool FireNext(DateTimeOffset until)
    {
        FakeTimer? timer;
        lock (gate)
        {
            timer = Next_HoldsLock();
            if (timer is null || timer.Due > until)
                return false;
            now = timer.Due > now ? timer.Due.Value : now;
            timer.Due = timer.Period > TimeSpan.Zero ? now + timer.Period : null;
            if (timer.Due is null)
                timers.Remove(timer);
        }

        timer.Fire();
        return true;
    }

    private FakeTimer? Next_HoldsLock() => timers.MinBy(t => (t.Due, t.Number));

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public long Number { get; private set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                Period = period;
                Number = clock.made++;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
                if (Due is not null)
                    clock.timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
