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
    const int TogetherBytes = 1 << 20;
    readonly Address[] pages = new Address[shape.Pages];
    readonly bool isSameSize = parent?.Disk.SizeBytes == shape.SizeBytes;
    readonly int ahead = Math.Max(1, device.ReadsAhead);
    int taken;

    public Address[] Pages => pages;

    public async Task RunAsync(IReadOnlyList<ScanLane> lanes, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Where one read is under way at a time it takes several blocks: past the page cache, a call costs more than its bytes.
        var together = ahead == 1 ? Math.Max(TogetherBytes, shape.BlockBytes) : shape.BlockBytes;
        foreach (var lane in lanes) lane.Prepare(ahead, together);
        if (lanes.Count == 1)
        {
            await WorkAsync(lanes[0], stop);
            return;
        }
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
                pages[page] = await PageAsync(lane, page, stop);
            }
            isDone = true;
        }
        finally
        {
            // What one lane met, the others need not wait for.
            if (!isDone) await stop.CancelAsync();
        }
    }

    async ValueTask<Address> PageAsync(ScanLane lane, int page, CancellationTokenSource stop)
    {
        var cancel = stop.Token;
        var hasParent = HasParent(page);
        var at = page * shape.PageBytes;
        var length = Math.Min(shape.PageBytes, shape.SizeBytes - at);
        if (hasParent && changes is not null && !changes.Touches(at, length)) return parent![page];

        lane.Content.Clear();
        await device.FindContentAsync(new Extent(at, length), lane.Content, cancel);
        if (hasParent) await parent!.ReadPageAsync(lane.Reader, page, lane.Before, cancel);
        var wanted = Choose(lane, page, hasParent);
        await ReadAsync(lane, page, wanted, hasParent, stop);

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

    /// <summary>Reads the wanted blocks, as many reads under way as the device wants, and enters each.</summary>
    async ValueTask ReadAsync(ScanLane lane, int page, int wanted, bool hasParent, CancellationTokenSource stop)
    {
        var cancel = stop.Token;
        var reads = lane.Reads;
        try
        {
            for (int asked = 0, turn = 0; asked < wanted || reads.Count > 0;)
            {
                var start = StageTicks.Now();
                for (; asked < wanted && reads.Count < ahead; turn++)
                {
                    var read = Ask(lane, page, asked, wanted, lane.Buffer(turn % ahead), cancel);
                    reads.Enqueue(read);
                    asked += read.Blocks;
                }
                await reads.Peek().Reading;
                var (_, content, first, blocks) = reads.Dequeue();
                lane.Packs.Ticks.Read += StageTicks.Now() - start;
                lane.Packs.Ticks.ReadBytes += content.Length;
                for (var i = 0; i < blocks; i++)
                {
                    var at = i * shape.BlockBytes;
                    await EnterAsync(lane, lane.Wanted[first + i], content[at..Math.Min(content.Length, at + shape.BlockBytes)], hasParent, cancel);
                }
            }
        }
        finally
        {
            // One failed. Those that are still under way must not write into a buffer that holds something else by then.
            if (reads.Count > 0) await stop.CancelAsync();
            while (reads.TryDequeue(out var late)) await late.Reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        lane.ReadBlocks += wanted;
    }

    /// <summary>Begins to read the next of the wanted blocks, with the neighbours that the buffer has room for.</summary>
    ScanRead Ask(ScanLane lane, int page, int next, int wanted, Memory<byte> buffer, CancellationToken cancel)
    {
        var last = next;
        while (last + 1 < wanted && lane.Wanted[last + 1] == lane.Wanted[last] + 1 && (last + 2 - next) * shape.BlockBytes <= buffer.Length) last++;
        var at = ((long)page * DiskShape.BlocksPerPage + lane.Wanted[next]) * shape.BlockBytes;
        var content = buffer[..(int)Math.Min((last + 1 - next) * shape.BlockBytes, shape.SizeBytes - at)];
        return new ScanRead(device.ReadAsync(at, content, cancel).AsTask(), content, next, last + 1 - next);
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
