using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Reading;

/// <summary>Reads a device back and compares it with a disk of a point, block by block, by keyed SHA-256.</summary>
sealed class Verifying(DiskTree tree, IDevice device, double fraction, int seed)
{
    const int MaxWrong = 100_000;
    readonly DiskShape shape = tree.Disk.Shape;
    readonly List<long> wrong = [];
    long compared;

    public async Task<VerifyOutcome> RunAsync(IReadOnlyList<RestoreLane> lanes, CancellationToken cancel)
    {
        await PageWork.RunAsync(shape, lanes, PageAsync, cancel);
        wrong.Sort();
        return new VerifyOutcome(compared, shape.Blocks, wrong);
    }

    async ValueTask PageAsync(RestoreLane lane, int page, CancellationToken cancel)
    {
        await tree.ReadPageAsync(lane.Reader, page, lane.Page, cancel);
        lane.Content.Clear();
        var at = page * shape.PageBytes;
        await device.FindContentAsync(new Extent(at, Math.Min(shape.PageBytes, shape.SizeBytes - at)), lane.Content, cancel);

        Choose(lane, page);
        for (var next = 0; next < lane.Chosen.Count;) next = await CompareAsync(lane, page, next, cancel);
    }

    /// <summary>Lists the blocks to read; what is a hole is compared at once.</summary>
    void Choose(RestoreLane lane, int page)
    {
        // By page, so that what is sampled does not hang on which lane came first.
        var random = fraction < 1 ? new Random(HashCode.Combine(seed, page)) : null;
        var extent = 0;
        lane.Chosen.Clear();
        for (var i = 0; i < shape.BlocksIn(page); i++)
        {
            if (random is not null && random.NextDouble() >= fraction) continue;
            var block = (long)page * DiskShape.BlocksPerPage + i;
            while (extent < lane.Content.Count && lane.Content[extent].EndBytes <= block * shape.BlockBytes) extent++;
            var hasContent = extent < lane.Content.Count && lane.Content[extent].OffsetBytes < (block + 1) * shape.BlockBytes;
            Interlocked.Increment(ref compared);
            if (hasContent) lane.Chosen.Add(i);
            else if (!DiskTree.Entries(lane.Page)[i].Address.IsZero) Add(block);
        }
    }

    /// <summary>Reads neighbours in one go and compares them one by one. Answers where the next ones begin.</summary>
    async ValueTask<int> CompareAsync(RestoreLane lane, int page, int start, CancellationToken cancel)
    {
        var end = start + 1;
        while (end < lane.Chosen.Count && lane.Chosen[end] == lane.Chosen[end - 1] + 1 && (end + 1 - start) * shape.BlockBytes <= lane.Blocks.Length) end++;
        var first = (long)page * DiskShape.BlocksPerPage + lane.Chosen[start];
        var at = first * shape.BlockBytes;
        var content = lane.Blocks[..(int)Math.Min((end - start) * shape.BlockBytes, shape.SizeBytes - at)];
        await device.ReadAsync(at, content, cancel);
        for (var i = 0; i < end - start; i++)
        {
            var from = i * shape.BlockBytes;
            var found = AddressOf(lane, content.Span[from..Math.Min(content.Length, from + shape.BlockBytes)]);
            if (found != DiskTree.Entries(lane.Page)[lane.Chosen[start + i]].Address) Add(first + i);
        }
        return end;
    }

    static Address AddressOf(RestoreLane lane, ReadOnlySpan<byte> block) =>
        block.ContainsAnyExcept((byte)0) ? lane.Reader.Hash.Of(BlobKind.Block, block) : default;

    void Add(long block)
    {
        lock (wrong)
        {
            if (wrong.Count < MaxWrong) wrong.Add(block);
        }
    }
}
