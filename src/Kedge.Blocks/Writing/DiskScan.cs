using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Writing;

/// <summary>
/// Reads a disk page by page; lanes take the next page as they come free. Per block: hole → nothing; not in the change map → the parent's entry; else read,
/// fingerprint, and when that differs from the parent's: address, and when that is new: compress, encrypt, pack.
/// </summary>
sealed class DiskScan(Session session, DiskShape shape, IDevice device, DiskTree? parent, ChangeMap? changes, CompareBy compare, NodeLane nodes)
{
    readonly Address[] pages = new Address[shape.Pages];
    readonly bool isSameSize = parent?.Disk.SizeBytes == shape.SizeBytes;
    int taken;

    public Address[] Pages => pages;

    public async Task RunAsync(IReadOnlyList<ScanLane> lanes, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        foreach (var lane in lanes) lane.Prepare(Math.Max(1, device.ReadsAhead), shape.BlockBytes);
        var working = new Task[lanes.Count];
        for (var i = 0; i < working.Length; i++)
        {
            var lane = lanes[i];
            working[i] = Task.Run(() => WorkAsync(lane, stop), cancel);
        }
        await Task.WhenAll(working);
    }

    /// <summary>Whether the parent has this page in the same shape. A disk that was resized has another last page: that one is read as new.</summary>
    bool HasParent(int page) => parent is not null && (isSameSize || (page < parent.Disk.Shape.Pages - 1 && page < shape.Pages - 1));

    async Task WorkAsync(ScanLane lane, CancellationTokenSource stop)
    {
        var isDone = false;
        try
        {
            for (var page = Interlocked.Increment(ref taken) - 1; page < shape.Pages; page = Interlocked.Increment(ref taken) - 1)
            {
                await session.KeepAsync(stop.Token);
                pages[page] = await PageAsync(lane, page, stop.Token);
            }
            isDone = true;
        }
        finally
        {
            // What one lane met, the others need not wait for.
            if (!isDone) await stop.CancelAsync();
        }
    }

    async ValueTask<Address> PageAsync(ScanLane lane, int page, CancellationToken cancel)
    {
        var hasParent = HasParent(page);
        var at = page * shape.PageBytes;
        var length = Math.Min(shape.PageBytes, shape.SizeBytes - at);
        if (hasParent && changes is not null && !changes.Touches(at, length)) return parent![page];

        lane.Content.Clear();
        await device.FindContentAsync(new Extent(at, length), lane.Content, cancel);
        if (hasParent) await parent!.ReadPageAsync(lane.Reader, page, lane.Before, cancel);
        var wanted = Choose(lane, page, hasParent);
        await ReadAsync(lane, page, wanted, hasParent, cancel);

        var bytes = lane.Now.AsMemory(0, shape.BlocksIn(page) * PageEntry.Length);
        if (hasParent && bytes.Span.SequenceEqual(lane.Before.AsSpan(0, bytes.Length))) return parent![page];
        return await nodes.StoreAsync(bytes, cancel);
    }

    /// <summary>Fills the entries that need no reading, and lists the blocks that do.</summary>
    int Choose(ScanLane lane, int page, bool hasParent)
    {
        var before = DiskTree.Entries(lane.Before);
        var now = DiskTree.Entries(lane.Now);
        var wanted = 0;
        var extent = 0;
        var first = (long)page * DiskShape.BlocksPerPage;
        for (var i = 0; i < shape.BlocksIn(page); i++)
        {
            var at = (first + i) * shape.BlockBytes;
            if (hasParent && changes is not null && !changes.Touches(at, shape.BlockBytes))
            {
                now[i] = before[i];
                continue;
            }
            while (extent < lane.Content.Count && lane.Content[extent].EndBytes <= at) extent++;
            if (extent < lane.Content.Count && lane.Content[extent].OffsetBytes < at + shape.BlockBytes)
            {
                lane.Wanted[wanted++] = i;
                continue;
            }
            lane.ZeroBlocks++;
            if (hasParent && !before[i].Address.IsZero) lane.ChangedBlocks++;
            now[i] = default;
        }
        return wanted;
    }

    async ValueTask ReadAsync(ScanLane lane, int page, int wanted, bool hasParent, CancellationToken cancel)
    {
        var ahead = Math.Max(1, device.ReadsAhead);
        var reads = ahead > 1 ? new Task[ahead] : [];
        var asked = 0;
        for (var i = 0; i < wanted; i++)
        {
            var start = StageTicks.Now();
            Memory<byte> content;
            if (ahead == 1)
            {
                content = await ReadOneAsync(lane, page, lane.Wanted[i], 0, cancel);
            }
            else
            {
                for (; asked < wanted && asked < i + ahead; asked++) reads[asked % ahead] = ReadOneAsync(lane, page, lane.Wanted[asked], asked % ahead, cancel).AsTask();
                content = await (Task<Memory<byte>>)reads[i % ahead];
            }
            lane.Packs.Ticks.Read += StageTicks.Now() - start;
            lane.Packs.Ticks.ReadBytes += content.Length;
            await EnterAsync(lane, lane.Wanted[i], content, hasParent, cancel);
        }
        lane.ReadBlocks += wanted;
    }

    async ValueTask<Memory<byte>> ReadOneAsync(ScanLane lane, int page, int index, int slot, CancellationToken cancel)
    {
        var block = (long)page * DiskShape.BlocksPerPage + index;
        var buffer = lane.Buffer(slot)[..shape.LengthOf(block)];
        await device.ReadAsync(block * shape.BlockBytes, buffer, cancel);
        return buffer;
    }

    ValueTask<bool> EnterAsync(ScanLane lane, int index, Memory<byte> content, bool hasParent, CancellationToken cancel)
    {
        ref var now = ref DiskTree.Entries(lane.Now)[index];
        var before = hasParent ? DiskTree.Entries(lane.Before)[index] : default;
        if (!content.Span.ContainsAnyExcept((byte)0))
        {
            lane.ZeroBlocks++;
            if (!before.Address.IsZero) lane.ChangedBlocks++;
            now = default;
            return default;
        }

        ref var ticks = ref lane.Packs.Ticks;
        var start = StageTicks.Now();
        var fingerprint = lane.Hash.FingerprintOf(content.Span);
        var marked = StageTicks.Now();
        ticks.Fingerprint += marked - start;
        ticks.FingerprintBytes += content.Length;
        if (compare == CompareBy.Fingerprint && !before.Address.IsZero && before.Fingerprint == fingerprint)
        {
            now = before;
            return default;
        }

        var address = lane.Hash.Of(BlobKind.Block, content.Span);
        ticks.Address += StageTicks.Now() - marked;
        ticks.AddressBytes += content.Length;
        now = new PageEntry(address, fingerprint);
        if (address == before.Address) return default;
        lane.ChangedBlocks++;
        return lane.Packs.StoreAsync(address, BlobKind.Block, content, cancel);
    }
}
