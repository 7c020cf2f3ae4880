using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Writing;

/// <summary>Compresses, encrypts and packs; one pack fills while the one before is being put. Not for two threads.</summary>
sealed class PackLane(Session session) : IDisposable
{
    readonly Zstd zstd = new();
    byte[] frame = [];
    PackBuilder open = new(session.Ring);
    PackBuilder? sent;
    Task sending = Task.CompletedTask;
    int number = -1;

    public StageTicks Ticks;

    public long StoredBytes { get; private set; }

    public long StoredBlobs { get; private set; }

    /// <summary>Stores what is not in the repository yet. False when it is.</summary>
    public async ValueTask<bool> StoreAsync(Address address, BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        if (!TryStore(address, kind, content.Span)) return false;
        if (open.IsFull) await SendAsync(cancel);
        return true;
    }

    public async ValueTask FinishAsync(CancellationToken cancel)
    {
        await SendAsync(cancel);
        await sending;
    }

    /// <summary>Waits for a pack that is being put, however that ends: for a writer that gives up.</summary>
    public async ValueTask SettleAsync() => await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        open.Dispose();
        sent?.Dispose();
        zstd.Dispose();
    }

    bool TryStore(in Address address, BlobKind kind, ReadOnlySpan<byte> content)
    {
        if (session.Catalog.TryFind(address, out _)) return false;

        // Less than a sixteenth saved is not worth a decompression at every restore.
        var limit = content.Length - content.Length / 16;
        if (frame.Length < limit) frame = GC.AllocateUninitializedArray<byte>(limit, pinned: true);
        var start = StageTicks.Now();
        var compressed = zstd.TryCompress(content, frame.AsSpan(0, limit));
        var packed = StageTicks.Now();
        var stored = compressed > 0 ? frame.AsSpan(0, compressed) : content;
        var encoding = compressed > 0 ? BlobEncoding.Zstd : BlobEncoding.Raw;

        if (number < 0) number = session.Catalog.NumberOf(open.Id);
        var place = new BlobPlace(number, open.NextOffset, (uint)(stored.Length + BlobEntry.Tag), (uint)content.Length, kind, encoding);
        if (!session.Catalog.TryAdd(address, place)) return false;
        open.Append(address, kind, encoding, content.Length, stored);

        Ticks.Compress += packed - start;
        Ticks.CompressBytes += content.Length;
        Ticks.Encrypt += StageTicks.Now() - packed;
        Ticks.EncryptBytes += stored.Length;
        StoredBytes += stored.Length + BlobEntry.Tag;
        StoredBlobs++;
        return true;
    }

    async ValueTask SendAsync(CancellationToken cancel)
    {
        await sending;
        if (open.IsEmpty) return;
        var pack = open.Finish();
        var listing = new PackListing(open.Id, [.. open.Entries]);
        sending = Task.Run(() => session.PutPackAsync(listing, pack, cancel), cancel);
        (open, sent) = (sent ?? new PackBuilder(session.Ring), open);
        open.Clear();
        number = -1;
    }
}
