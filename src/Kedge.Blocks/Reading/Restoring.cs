using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Reading;

/// <summary>
/// Writes a disk of a point to a device. Each block is proven twice before it is written: by the tag of what was stored, and by its fingerprint in the
/// page. A block that fails is not written; the others are, and the restore ends with an exception that names it.
/// </summary>
sealed class Restoring(DiskTree tree, DiskTree? standing, IDevice target, RestoreOptions options)
{
    const int MaxNamed = 10;
    readonly DiskShape shape = tree.Disk.Shape;
    readonly List<string> failures = [];
    readonly HashSet<long>? only = options.OnlyBlocks is null ? null : [.. options.OnlyBlocks];
    long failed;
    long writtenBlocks;
    long writtenBytes;
    long fetchedBytes;

    public async Task<RestoreOutcome> RunAsync(IReadOnlyList<RestoreLane> lanes, CancellationToken cancel)
    {
        await PageWork.RunAsync(shape, lanes, PageAsync, cancel);
        await target.FlushAsync(cancel);
        if (failed > 0) throw new RepositoryException(RepositoryFault.Damaged, $"{failed} blocks of the disk {tree.Disk.Name} could not be restored and were left as they were; the others were written. {string.Join(" ", failures)}");
        return new RestoreOutcome(writtenBlocks, writtenBytes, fetchedBytes);
    }

    async ValueTask PageAsync(RestoreLane lane, int page, CancellationToken cancel)
    {
        var first = (long)page * DiskShape.BlocksPerPage;
        if (standing is not null && standing[page] == tree[page]) return;
        if (options.Target == TargetState.Blank && tree[page].IsZero) return;
        try
        {
            await tree.ReadPageAsync(lane.Reader, page, lane.Page, cancel);
            if (standing is not null) await standing.ReadPageAsync(lane.Reader, page, lane.Standing, cancel);
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            Fail(first, shape.BlocksIn(page), e.Message);
            return;
        }
        Choose(lane, page);
        if (options.Target == TargetState.PartlyWritten) await LeaveOutWhatStandsAsync(lane, page, cancel);
        await WriteZerosAsync(lane, first, cancel);
        for (var i = 0; i < lane.Wanted.Count;) i = await WriteRunAsync(lane, first, i, cancel);
    }

    /// <summary>Splits the page into zeros and blocks to fetch, leaving out what stands there already.</summary>
    void Choose(RestoreLane lane, int page)
    {
        var entries = DiskTree.Entries(lane.Page);
        var stands = DiskTree.Entries(lane.Standing);
        lane.Wanted.Clear();
        lane.Zeros.Clear();
        for (var i = 0; i < shape.BlocksIn(page); i++)
        {
            var block = (long)page * DiskShape.BlocksPerPage + i;
            if (only is not null && !only.Contains(block)) continue;
            if (standing is not null && stands[i].Address == entries[i].Address) continue;
            var address = entries[i].Address;
            if (address.IsZero)
            {
                if (options.Target != TargetState.Blank || only is not null) lane.Zeros.Add(i);
            }
            else if (lane.Reader.Catalog.TryFind(address, out var place) && place.Kind == BlobKind.Block && place.RawLength == shape.LengthOf(block))
            {
                lane.Wanted.Add((i, place));
            }
            else
            {
                Fail(block, 1, $"the block {address} is in no index");
            }
        }
    }

    /// <summary>A restore was cut off here: what it got done is not fetched again.</summary>
    async ValueTask LeaveOutWhatStandsAsync(RestoreLane lane, int page, CancellationToken cancel)
    {
        var first = (long)page * DiskShape.BlocksPerPage;
        var at = page * shape.PageBytes;
        lane.Content.Clear();
        await target.FindContentAsync(new Extent(at, Math.Min(shape.PageBytes, shape.SizeBytes - at)), lane.Content, cancel);
        lane.Zeros.RemoveAll(i => !HasContent(lane.Content, first + i));
        var kept = 0;
        for (var i = 0; i < lane.Wanted.Count; i++)
        {
            var (index, place) = lane.Wanted[i];
            if (HasContent(lane.Content, first + index) && await StandsAsync(lane, first + index, DiskTree.Entries(lane.Page)[index].Address, cancel)) continue;
            lane.Wanted[kept++] = (index, place);
        }
        lane.Wanted.RemoveRange(kept, lane.Wanted.Count - kept);
    }

    bool HasContent(List<Extent> content, long block)
    {
        var at = block * shape.BlockBytes;
        foreach (var extent in content)
        {
            if (extent.OffsetBytes < at + shape.BlockBytes && extent.EndBytes > at) return true;
        }
        return false;
    }

    async ValueTask<bool> StandsAsync(RestoreLane lane, long block, Address expected, CancellationToken cancel)
    {
        var content = lane.Blocks[..shape.LengthOf(block)];
        await target.ReadAsync(block * shape.BlockBytes, content, cancel);
        return lane.Reader.Hash.Of(BlobKind.Block, content.Span) == expected;
    }

    async ValueTask WriteZerosAsync(RestoreLane lane, long first, CancellationToken cancel)
    {
        for (var i = 0; i < lane.Zeros.Count;)
        {
            var end = i + 1;
            while (end < lane.Zeros.Count && lane.Zeros[end] == lane.Zeros[end - 1] + 1) end++;
            var at = (first + lane.Zeros[i]) * shape.BlockBytes;
            var until = Math.Min(shape.SizeBytes, (first + lane.Zeros[end - 1] + 1) * shape.BlockBytes);
            await target.ZeroAsync(at, until - at, cancel);
            Interlocked.Add(ref writtenBlocks, end - i);
            i = end;
        }
    }

    /// <summary>Fetches neighbours in one range, and writes them one by one. Answers where the next run begins.</summary>
    async ValueTask<int> WriteRunAsync(RestoreLane lane, long first, int start, CancellationToken cancel)
    {
        var from = lane.Wanted[start].Place;
        var length = (int)from.StoredLength;
        var end = start + 1;
        while (end < lane.Wanted.Count && lane.Wanted[end].Place is var next && next.Pack == from.Pack && next.Offset == from.Offset + length && length + next.StoredLength <= BlobReader.MaxRangeBytes)
        {
            length += (int)next.StoredLength;
            end++;
        }

        ReadOnlyMemory<byte> range;
        try
        {
            range = await lane.Reader.FetchAsync(from.Pack, from.Offset, length, cancel);
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            if (end - start == 1) Fail(first + lane.Wanted[start].Index, 1, e.Message);
            else for (var i = start; i < end; i++) await WriteAloneAsync(lane, first, i, cancel);
            return end;
        }
        Interlocked.Add(ref fetchedBytes, length);
        for (var i = start; i < end; i++)
        {
            var (index, place) = lane.Wanted[i];
            await WriteAsync(lane, first + index, index, place, range.Slice((int)(place.Offset - from.Offset), (int)place.StoredLength), cancel);
        }
        return end;
    }

    /// <summary>A range that is cut off may still hold its first blobs whole.</summary>
    async ValueTask WriteAloneAsync(RestoreLane lane, long first, int i, CancellationToken cancel)
    {
        var (index, place) = lane.Wanted[i];
        try
        {
            var stored = await lane.Reader.FetchAsync(place.Pack, place.Offset, (int)place.StoredLength, cancel);
            await WriteAsync(lane, first + index, index, place, stored, cancel);
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            Fail(first + index, 1, e.Message);
        }
    }

    async ValueTask WriteAsync(RestoreLane lane, long block, int index, BlobPlace place, ReadOnlyMemory<byte> stored, CancellationToken cancel)
    {
        var content = lane.Blocks[..(int)place.RawLength];
        try
        {
            await lane.Reader.OpenAsync(place, stored, content, cancel);
            if (lane.Reader.Hash.FingerprintOf(content.Span) != DiskTree.Entries(lane.Page)[index].Fingerprint)
                throw RepositoryException.Damaged($"The block at {block * shape.BlockBytes}", "its content does not fit its page");
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            Fail(block, 1, e.Message);
            return;
        }
        await target.WriteAsync(block * shape.BlockBytes, content, cancel);
        Interlocked.Increment(ref writtenBlocks);
        Interlocked.Add(ref writtenBytes, content.Length);
    }

    void Fail(long block, int count, string reason)
    {
        lock (failures)
        {
            failed += count;
            if (failures.Count < MaxNamed) failures.Add($"At {block * shape.BlockBytes}: {reason}");
        }
    }
}

/// <summary>What one worker of a restore or a comparison owns.</summary>
sealed class RestoreLane(BlobReader reader, int blockBytes) : IDisposable
{
    const int TogetherBytes = 1 << 20;

    public BlobReader Reader { get; } = reader;

    public byte[] Page { get; } = DiskTree.NewPage();

    public byte[] Standing { get; } = DiskTree.NewPage();

    /// <summary>Room for one block or several small ones.</summary>
    public Memory<byte> Blocks { get; } = AlignedBuffer.New(Math.Max(TogetherBytes, blockBytes));

    public List<(int Index, BlobPlace Place)> Wanted { get; } = [];

    public List<int> Zeros { get; } = [];

    public List<int> Chosen { get; } = [];

    public List<Extent> Content { get; } = [];

    public void Dispose() => Reader.Dispose();
}
