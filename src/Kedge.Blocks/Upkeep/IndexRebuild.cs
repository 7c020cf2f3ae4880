using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>Writes the indexes anew from the packs' own footers: for lost or damaged ones, and for packs of writers that died.</summary>
static class IndexRebuild
{
    /// <summary>Answers how many packs were entered; those whose footers are damaged stay out, with a problem each.</summary>
    public static async Task<(int Packs, IReadOnlyList<string> Problems)> RunAsync(IStore store, KeyRing ring, CancellationToken cancel)
    {
        var old = new List<string>();
        await foreach (var found in store.ListAsync(Names.Indexes, cancel)) old.Add(found.Name);

        var problems = new List<string>();
        var part = new List<PackListing>();
        int packs = 0, entries = 0;
        await foreach (var found in store.ListAsync(Names.Packs, cancel))
        {
            try
            {
                var listing = new PackListing(Names.IdIn(found.Name), await PackFooter.ReadAsync(store, ring, found, cancel));
                part.Add(listing);
                packs++;
                entries += listing.Entries.Count;
            }
            catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
            {
                problems.Add(e.Message);
            }
            if (entries < IndexFile.MaxEntries / 2) continue;
            await IndexFile.PutAsync(store, ring, part, cancel);
            part.Clear();
            entries = 0;
        }
        if (part.Count > 0) await IndexFile.PutAsync(store, ring, part, cancel);
        // An index that a writer put meanwhile was not listed above, and stays.
        foreach (var name in old) await store.DeleteAsync(name, cancel);
        return (packs, problems);
    }
}
