using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Packs;

/// <summary>Puts many listings as few indexes, each as soon as it is full: the memory of an upkeep does not grow with the repository.</summary>
sealed class IndexBatch(IStore store, KeyRing ring)
{
    readonly List<PackListing> part = [];
    int entries;

    public async ValueTask AddAsync(PackListing listing, CancellationToken cancel)
    {
        if (part.Count > 0 && entries + listing.Entries.Count > IndexFile.MaxEntries) await FinishAsync(cancel);
        part.Add(listing);
        entries += listing.Entries.Count;
    }

    /// <summary>Puts what is left. Only now may the indexes that said it before go.</summary>
    public async ValueTask FinishAsync(CancellationToken cancel)
    {
        if (part.Count > 0) await IndexFile.PutAsync(store, ring, part, cancel);
        part.Clear();
        entries = 0;
    }
}
