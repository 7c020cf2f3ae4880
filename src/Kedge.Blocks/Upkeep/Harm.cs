using Kedge.Blocks.Disks;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Points;

namespace Kedge.Blocks.Upkeep;

/// <summary>Says which places of a disk need a blob that is damaged.</summary>
static class Harm
{
    public static async Task FindAsync(KeyRing ring, BlobReader reader, Point point, DiskRecord disk, HashSet<Address> bad, Action<string> report, CancellationToken cancel)
    {
        try
        {
            var tree = await DiskTree.OpenAsync(ring, reader, disk, cancel);
            var page = DiskTree.NewPage();
            for (var p = 0; p < disk.Shape.Pages; p++)
            {
                if (bad.Contains(tree[p])) continue;
                await tree.ReadPageAsync(reader, p, page, cancel);
                Name(point, disk, p, DiskTree.Entries(page), bad, report);
            }
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            report($"Point {point.Series}/{point.Sequence}, disk {disk.Name}: {e.Message}");
        }
    }

    static void Name(Point point, DiskRecord disk, int page, Span<PageEntry> entries, HashSet<Address> bad, Action<string> report)
    {
        for (var i = 0; i < disk.Shape.BlocksIn(page); i++)
        {
            if (!bad.Contains(entries[i].Address)) continue;
            var at = ((long)page * DiskShape.BlocksPerPage + i) * disk.BlockBytes;
            report($"Point {point.Series}/{point.Sequence}, disk {disk.Name}: the block at {at} is damaged.");
        }
    }
}
