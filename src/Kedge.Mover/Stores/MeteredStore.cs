using Kedge.Blocks.Stores;
using Kedge.Mover.Boards;
using Kedge.Mover.Transfers;

namespace Kedge.Mover.Stores;

/// <summary>A store within the limit of bandwidth and of the lease: what is put counts, and nothing is put for an order that may be another's.</summary>
sealed class MeteredStore(IStore inner, Bandwidth bandwidth, LeaseHold hold, MoveMeter meter) : IStore
{
    public async ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        await bandwidth.TakeAsync(content.Length, cancel);
        hold.Demand();
        var isNew = await inner.PutAsync(name, content, cancel);
        meter.Sent(content.Length);
        return isNew;
    }

    public async ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel)
    {
        await bandwidth.TakeAsync(into.Length, cancel);
        var got = await inner.ReadAsync(name, offset, into, cancel);
        meter.Sent(Math.Max(0, got));
        return got;
    }

    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => inner.FindAsync(name, cancel);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancel) => inner.ListAsync(prefix, cancel);

    public ValueTask DeleteAsync(string name, CancellationToken cancel) => inner.DeleteAsync(name, cancel);
}
