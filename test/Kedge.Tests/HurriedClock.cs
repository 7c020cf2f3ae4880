namespace Kedge.Tests;

/// <summary>
/// Time that passes ten times as fast as it does: waits of a run shrink, and nobody has to drive it, so that threads and sockets may be as
/// they are. A deadline of a minute still lets a slow machine answer in six seconds.
/// </summary>
sealed class HurriedClock : TimeProvider
{
    const int Factor = 10;
    readonly DateTimeOffset start = System.GetUtcNow();
    readonly long startedAt = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(startedAt) * Factor);

    public override long GetTimestamp() => startedAt + ((System.GetTimestamp() - startedAt) * Factor);

    public override long TimestampFrequency => System.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    static TimeSpan Shorter(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Factor;
}
