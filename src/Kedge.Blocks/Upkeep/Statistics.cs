using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>What a repository holds.</summary>
/// <param name="Points">Points.</param>
/// <param name="DiskBytes">Sizes of all disks of all points.</param>
/// <param name="Blobs">Blobs in the indexes.</param>
/// <param name="Packs">Packs.</param>
/// <param name="StoredBytes">Bytes of all objects.</param>
public sealed record RepositoryStats(long Points, long DiskBytes, long Blobs, long Packs, long StoredBytes);

static class Statistics
{
    public static async Task<RepositoryStats> GatherAsync(IStore store, KeyRing ring, CancellationToken cancel)
    {
        long points = 0, diskBytes = 0, packs = 0, bytes = 0;
        await foreach (var found in store.ListAsync("", cancel))
        {
            bytes += found.LengthBytes;
            if (found.Name.StartsWith(Names.Packs, StringComparison.Ordinal)) packs++;
            if (!found.Name.StartsWith(Names.Points, StringComparison.Ordinal) || await store.FindWholeAsync(found.Name, cancel) is not { } file) continue;
            points++;
            foreach (var disk in DisksOf(ring, found.Name, file)) diskBytes += disk.SizeBytes;
        }
        using var catalog = await Catalog.LoadAsync(store, ring, new HashSet<ObjectId>(), AvoidedPacks.NotAtAll, cancel);
        return new RepositoryStats(points, diskBytes, catalog.Blobs, packs, bytes);
    }

    static System.Collections.Immutable.ImmutableArray<Disks.DiskRecord> DisksOf(KeyRing ring, string name, byte[] file) =>
        Points.PointFile.Open(ring, Marking.SeriesIn(name), name, file).Disks;
}
