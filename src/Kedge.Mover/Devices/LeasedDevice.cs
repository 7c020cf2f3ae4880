using Kedge.Blocks.Devices;
using Kedge.Mover.Boards;
using Kedge.Mover.Transfers;

namespace Kedge.Mover.Devices;

/// <summary>A device that is written under a lease only, and whose bytes are counted.</summary>
sealed class LeasedDevice(IDevice inner, LeaseHold hold, MoveMeter meter) : IDevice
{
    public long SizeBytes => inner.SizeBytes;

    public int ReadsAhead => inner.ReadsAhead;

    public async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        await inner.ReadAsync(offset, into, cancel);
        meter.Read(into.Length);
        meter.Reached(offset + into.Length);
    }

    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        hold.Demand();
        await inner.WriteAsync(offset, content, cancel);
        meter.Wrote(content.Length);
        meter.Reached(offset + content.Length);
    }

    public async ValueTask ZeroAsync(long offset, long length, CancellationToken cancel)
    {
        hold.Demand();
        await inner.ZeroAsync(offset, length, cancel);
        meter.Zeroed(length);
        meter.Reached(offset + length);
    }

    public ValueTask FlushAsync(CancellationToken cancel) => inner.FlushAsync(cancel);

    public async ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel)
    {
        await inner.FindContentAsync(range, content, cancel);
        meter.Reached(range.OffsetBytes);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
