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

        // By page, so that what is sampled does not hang on which lane came first.
        var random = fraction < 1 ? new Random(HashCode.Combine(seed, page)) : null;
        var extent = 0;
        for (var i = 0; i < shape.BlocksIn(page); i++)
        {
            if (random is not null && random.NextDouble() >= fraction) continue;
            var block = (long)page * DiskShape.BlocksPerPage + i;
            while (extent < lane.Content.Count && lane.Content[extent].EndBytes <= block * shape.BlockBytes) extent++;
            var hasContent = extent < lane.Content.Count && lane.Content[extent].OffsetBytes < (block + 1) * shape.BlockBytes;
            var found = hasContent ? await AddressAsync(lane, block, cancel) : default;
            Interlocked.Increment(ref compared);
            if (found != DiskTree.Entries(lane.Page)[i].Address) Add(block);
        }
    }

    async ValueTask<Address> AddressAsync(RestoreLane lane, long block, CancellationToken cancel)
    {
        var content = lane.Block[..shape.LengthOf(block)];
        await device.ReadAsync(block * shape.BlockBytes, content, cancel);
        return content.Span.ContainsAnyExcept((byte)0) ? lane.Reader.Hash.Of(BlobKind.Block, content.Span) : default;
    }

    void Add(long block)
    {
        lock (wrong)
        {
            if (wrong.Count < MaxWrong) wrong.Add(block);
        }
    }
}
