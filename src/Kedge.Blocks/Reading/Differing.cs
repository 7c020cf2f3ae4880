using System.Runtime.CompilerServices;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Reading;

/// <summary>Finds where two disks differ from their trees alone: equal pages are skipped, no block is read.</summary>
static class Differing
{
    public static async IAsyncEnumerable<Extent> FindAsync(DiskTree one, DiskTree other, BlobReader reader, [EnumeratorCancellation] CancellationToken cancel)
    {
        var shape = one.Disk.Shape;
        if (shape != other.Disk.Shape) throw new RepositoryException(RepositoryFault.Refused, $"The disks {one.Disk.Name} and {other.Disk.Name} have different sizes: they cannot be compared block by block.");
        var left = DiskTree.NewPage();
        var right = DiskTree.NewPage();
        long start = -1, end = -1;
        for (var page = 0; page < shape.Pages; page++)
        {
            if (one[page] == other[page]) continue;
            await one.ReadPageAsync(reader, page, left, cancel);
            await other.ReadPageAsync(reader, page, right, cancel);
            for (var i = 0; i < shape.BlocksIn(page); i++)
            {
                if (DiskTree.Entries(left)[i].Address == DiskTree.Entries(right)[i].Address) continue;
                var block = (long)page * DiskShape.BlocksPerPage + i;
                if (block != end)
                {
                    if (start >= 0) yield return Range(start, end);
                    start = block;
                }
                end = block + 1;
            }
        }
        if (start >= 0) yield return Range(start, end);

        Extent Range(long from, long to) => new(from * shape.BlockBytes, Math.Min(to * shape.BlockBytes, shape.SizeBytes) - from * shape.BlockBytes);
    }
}
