using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Writing;

/// <summary>Reads some of what a change map calls unchanged, and compares it with the parent by address.</summary>
static class SpotCheck
{
    const int MaxNamed = 16;

    /// <summary>The blocks in which the map is wrong; empty when it held.</summary>
    public static async Task<List<long>> FindLiesAsync(DiskTree parent, ChangeMap changes, IDevice device, DiskOptions options, ScanLane lane, CancellationToken cancel)
    {
        var shape = parent.Disk.Shape;
        lane.Prepare(1, shape.BlockBytes);
        var wrong = new List<long>();
        foreach (var block in Chosen(shape, changes, options))
        {
            var content = lane.Buffer(0)[..shape.LengthOf(block)];
            await device.ReadAsync(block * shape.BlockBytes, content, cancel);
            var isZero = !content.Span.ContainsAnyExcept((byte)0);
            var page = (int)(block / DiskShape.BlocksPerPage);
            await parent.ReadPageAsync(lane.Reader, page, lane.Before, cancel);
            var expected = DiskTree.Entries(lane.Before)[(int)(block % DiskShape.BlocksPerPage)].Address;
            var found = isZero ? default : lane.Hash.Of(BlobKind.Block, content.Span);
            if (found != expected && wrong.Count < MaxNamed) wrong.Add(block);
        }
        return wrong;
    }

    static IEnumerable<long> Chosen(DiskShape shape, ChangeMap changes, DiskOptions options)
    {
        if (options.IsMapCheckedWholly || options.SpotChecks >= shape.Blocks)
        {
            for (long block = 0; block < shape.Blocks; block++)
            {
                if (!changes.Touches(block * shape.BlockBytes, shape.BlockBytes)) yield return block;
            }
            yield break;
        }

        // Not a secret: a back end that lies does not know which run has which seed, and lies by mistake.
        var random = new Random(options.SpotCheckSeed);
        var left = options.SpotChecks;
        for (var tries = 0; tries < options.SpotChecks * 8L && left > 0; tries++)
        {
            var block = random.NextInt64(shape.Blocks);
            if (changes.Touches(block * shape.BlockBytes, shape.BlockBytes)) continue;
            left--;
            yield return block;
        }
    }
}
