using Kedge.Blocks.Disks;

namespace Kedge.Blocks.Reading;

/// <summary>Hands the pages of a disk to workers, and stops all when one fails.</summary>
static class PageWork
{
    const int MaxLanes = 8;

    public static int LanesFor(DiskShape shape) => Math.Clamp(Math.Min(Environment.ProcessorCount, shape.Pages), 1, MaxLanes);

    public static async Task RunAsync<TLane>(DiskShape shape, IReadOnlyList<TLane> lanes, Func<TLane, int, CancellationToken, ValueTask> work, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var taken = 0;
        var working = new Task[lanes.Count];
        for (var i = 0; i < working.Length; i++)
        {
            var lane = lanes[i];
            working[i] = Task.Run(() => LaneAsync(lane), cancel);
        }
        await Task.WhenAll(working);

        async Task LaneAsync(TLane lane)
        {
            var isDone = false;
            try
            {
                for (var page = Interlocked.Increment(ref taken) - 1; page < shape.Pages; page = Interlocked.Increment(ref taken) - 1) await work(lane, page, stop.Token);
                isDone = true;
            }
            finally
            {
                if (!isDone) await stop.CancelAsync();
            }
        }
    }
}
