using Kedge.Mover.Settings;

namespace Kedge.Mover.Stores;

/// <summary>
/// A token bucket that all transfers of a mover share. What was allowed is kept to over the length of a few packs: one of them goes out at full speed, and the next
/// waits until the limit allows for it.
/// </summary>
sealed class Bandwidth(BandwidthSchedule schedule, TimeProvider time)
{
    readonly Lock gate = new();
    DateTimeOffset free = DateTimeOffset.MinValue;

    /// <summary>Waits until so many bytes may go.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancel)
    {
        var wait = Reserve(bytes);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancel);
    }

    TimeSpan Reserve(long bytes)
    {
        if (schedule.LimitAt(time.GetLocalNow()) is not ({ } limit and < long.MaxValue)) return TimeSpan.Zero;
        lock (gate)
        {
            var now = time.GetUtcNow();
            var start = free > now ? free : now;
            free = start + TimeSpan.FromSeconds((double)bytes / limit);
            return start - now;
        }
    }
}
