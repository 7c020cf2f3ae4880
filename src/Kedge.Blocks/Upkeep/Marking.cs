using System.Runtime.InteropServices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Points;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>Walks all points and marks every blob that they reach.</summary>
sealed class Marking(IStore store, KeyRing ring, Catalog catalog)
{
    readonly byte[] page = DiskTree.NewPage();
    byte[] roll = [];

    public long Points { get; private set; }

    /// <summary>Marks; throws at the first thing that cannot be read or is in no index, as a prune must.</summary>
    public async Task MarkAllAsync(CancellationToken cancel)
    {
        using var reader = new BlobReader(store, ring, catalog);
        await foreach (var found in store.ListAsync(Names.Points, cancel))
        {
            // Forgotten while we look: then it does not count.
            if (await store.FindWholeAsync(found.Name, cancel) is not { } bytes) continue;
            var point = PointFile.Open(ring, SeriesIn(found.Name), found.Name, bytes);
            Points++;
            foreach (var disk in point.Disks) await MarkDiskAsync(reader, point, disk, null, cancel);
        }
    }

    /// <summary>Marks what a disk reaches. With a report, what is missing or damaged goes there, and the walk goes on.</summary>
    public async Task MarkDiskAsync(BlobReader reader, Point point, DiskRecord disk, Action<string>? report, CancellationToken cancel)
    {
        var shape = disk.Shape;
        if (disk.Rolls.Length > 0 && roll.Length < shape.PagesIn(0) * Address.Length) roll = new byte[shape.PagesIn(0) * Address.Length];
        for (var r = 0; r < disk.Rolls.Length; r++)
        {
            if (!await IsNewNodeAsync(reader, disk.Rolls[r], roll.AsMemory(0, shape.PagesIn(r) * Address.Length), Where(point, disk, $"roll {r}"), report, cancel)) continue;
            for (var p = 0; p < shape.PagesIn(r); p++)
            {
                var number = r * DiskShape.PagesPerRoll + p;
                var node = MemoryMarshal.Cast<byte, Address>(roll)[p];
                var entries = page.AsMemory(0, shape.BlocksIn(number) * PageEntry.Length);
                if (await IsNewNodeAsync(reader, node, entries, Where(point, disk, $"page {number}"), report, cancel)) MarkBlocks(point, disk, number, report);
            }
        }
    }

    void MarkBlocks(Point point, DiskRecord disk, int number, Action<string>? report)
    {
        var entries = DiskTree.Entries(page);
        for (var i = 0; i < disk.Shape.BlocksIn(number); i++)
        {
            if (entries[i].Address.IsZero || catalog.Mark(entries[i].Address) is not null) continue;
            var at = ((long)number * DiskShape.BlocksPerPage + i) * disk.BlockBytes;
            Complain(report, $"{Where(point, disk, $"block at {at}")} is in no index: {entries[i].Address}. Run: repository check --rebuild-index");
        }
    }

    /// <summary>Reads the node when it was not marked before: what is under a marked one is marked already.</summary>
    async ValueTask<bool> IsNewNodeAsync(BlobReader reader, Address address, Memory<byte> into, string where, Action<string>? report, CancellationToken cancel)
    {
        if (address.IsZero) return false;
        var marked = catalog.Mark(address);
        if (marked == false) return false;
        if (marked is null)
        {
            Complain(report, $"{where} is in no index: {address}. Run: repository check --rebuild-index");
            return false;
        }
        try
        {
            if (await reader.ReadAsync(address, BlobKind.Node, into, cancel) == into.Length) return true;
            throw RepositoryException.Damaged(where, "it has a wrong length");
        }
        catch (RepositoryException e) when (report is not null && e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            report!($"{where}: {e.Message}");
            return false;
        }
    }

    static void Complain(Action<string>? report, string problem)
    {
        if (report is null) throw new RepositoryException(RepositoryFault.Missing, problem);
        report(problem);
    }

    static string Where(Point point, DiskRecord disk, string what) => $"Point {point.Series}/{point.Sequence}, disk {disk.Name}, {what}";

    public static string SeriesIn(string name)
    {
        var start = name.IndexOf('/', StringComparison.Ordinal) + 1;
        return name[start..name.LastIndexOf('/')];
    }
}
