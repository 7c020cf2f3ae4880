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
        var batch = new IndexBatch(store, ring);
        var packs = 0;
        await foreach (var found in store.ListAsync(Names.Packs, cancel))
        {
            try
            {
                await batch.AddAsync(new PackListing(Names.IdIn(found.Name), await PackFooter.ReadAsync(store, ring, found, cancel)), cancel);
                packs++;
            }
            catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
            {
                problems.Add(e.Message);
            }
        }
        await batch.FinishAsync(cancel);
        // An index that a writer put meanwhile was not listed above, and stays.
        foreach (var name in old) await store.DeleteAsync(name, cancel);
        return (packs, problems);
    }
}
