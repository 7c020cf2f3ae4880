using Kedge.Blocks.Devices;

namespace Kedge.Blocks.Tests.Repositories;

/// <summary>Fails its first read at once; the others are answered with noise, when nobody waits for them any more.</summary>
sealed class LateDevice(MemoryDevice inner) : IDevice
{
    public long SizeBytes => inner.SizeBytes;

    public int ReadsAhead => 8;

    public async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        if (offset == 0) throw new DeviceException(DeviceFault.Failed, "the first block is not to be had");
        var over = new TaskCompletionSource();
        await using (cancel.Register(over.SetResult)) await over.Task;
        await Task.Yield();
        into.Span.Fill(0xEE);
        throw new OperationCanceledException(cancel);
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel) => inner.WriteAsync(offset, content, cancel);

    public ValueTask ZeroAsync(long offset, long length, CancellationToken cancel) => inner.ZeroAsync(offset, length, cancel);

    public ValueTask FlushAsync(CancellationToken cancel) => inner.FlushAsync(cancel);

    public ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel) => inner.FindContentAsync(range, content, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
