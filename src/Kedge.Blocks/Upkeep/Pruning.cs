using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Upkeep;

/// <summary>What a prune did.</summary>
/// <param name="IsBusyElsewhere">Another prune is at work; nothing was done.</param>
/// <param name="CondemnedPacks">Packs found to be garbage by this pass.</param>
/// <param name="CopiedPacks">Of these, packs whose live blobs were copied before.</param>
/// <param name="DeletedPacks">Packs that are gone.</param>
/// <param name="FreedBytes">Their bytes.</param>
/// <param name="WaitingFor">Sessions that a later pass has to wait for before it can delete.</param>
public sealed record PruneOutcome(bool IsBusyElsewhere, int CondemnedPacks, int CopiedPacks, int DeletedPacks, long FreedBytes, int WaitingFor);

/// <summary>Mark and sweep beside running writers (format, section 9; the argument for its safety stands there).</summary>
sealed class Pruning(IStore store, KeyRing ring, TimeProvider time)
{
    /// <summary>More index files than this are written together.</summary>
    const int MaxIndexes = 64;

    int copied;
    int deleted;
    long freed;

    public async Task<PruneOutcome> RunAsync(CancellationToken cancel)
    {
        if (await Leases.TryLockPruneAsync(store, ring, time.GetUtcNow(), cancel) is not { } mine) return new PruneOutcome(true, 0, 0, 0, 0, 0);
        try
        {
            await Leases.BreakExpiredAsync(store, ring, time.GetUtcNow(), cancel);
            var condemned = await CondemnAsync(cancel);
            var waiting = await SweepAsync(cancel);
            await MergeIndexesAsync(cancel);
            if (store is DirectoryStore directory) directory.RemoveLeftovers(time.GetUtcNow());
            return new PruneOutcome(false, condemned, copied, deleted, freed, waiting);
        }
        finally
        {
            await store.DeleteAsync(mine, CancellationToken.None);
        }
    }

    async Task<int> CondemnAsync(CancellationToken cancel)
    {
        var packs = await ListPacksAsync(cancel);
        var already = await CondemnedPacks.ListAsync(store, ring, cancel);
        using var catalog = await MarkedAsync(already, cancel);
        var live = catalog.LiveBytes();

        var garbage = new List<ObjectId>();
        var sparse = new List<ObjectId>();
        foreach (var (id, length) in packs)
        {
            if (already.Contains(id)) continue;
            var number = catalog.NumberOf(id);
            var liveBytes = number < live.Length ? live[number] : 0;
            if (liveBytes == 0) garbage.Add(id);
            else if (liveBytes < length / 2) sparse.Add(id);
        }
        await CopyLiveAsync(catalog, sparse, cancel);
        garbage.AddRange(sparse);
        copied = sparse.Count;
        if (garbage.Count > 0) await CondemnedPacks.CondemnAsync(store, ring, garbage, cancel);
        return garbage.Count;
    }

    /// <summary>The live blobs of packs that are mostly dead, into new ones. The catalog's marks say what lives.</summary>
    async Task CopyLiveAsync(Catalog catalog, List<ObjectId> sparse, CancellationToken cancel)
    {
        if (sparse.Count == 0) return;
        using var session = await Session.BeginAsync(store, ring, time, cancel);
        // What the session knows must not keep it from storing a second copy: it starts from an empty catalog.
        using var fresh = new CopySession(session);
        using var reader = new BlobReader(store, ring, catalog);
        var content = new byte[BlobEntry.MaxRaw];
        foreach (var id in sparse)
        {
            var entries = await PackFooter.ReadAsync(store, ring, await store.FindAsync(Names.Pack(id), cancel) ?? throw Gone(id), cancel);
            foreach (var entry in entries)
            {
                if (!catalog.IsMarked(entry.Address) || !catalog.TryFind(entry.Address, out var place) || catalog.PackOf(place.Pack) != id) continue;
                var length = await reader.ReadAsync(entry.Address, entry.Kind, content, cancel);
                await fresh.StoreAsync(entry.Address, entry.Kind, content.AsMemory(0, length), cancel);
            }
            await session.KeepAsync(cancel);
        }
        await fresh.FinishAsync(cancel);
        await session.EndAsync(cancel);
    }

    /// <summary>Deletes what no writer can refer to any more; answers how many sessions hold up the rest.</summary>
    async Task<int> SweepAsync(CancellationToken cancel)
    {
        var waiting = new HashSet<ObjectId>();
        var ready = new List<CondemnedRecord>();
        foreach (var record in await CondemnedPacks.ListRecordsAsync(store, ring, cancel))
        {
            // Sessions are listed after the record stands; those that come later read it.
            var standing = await Leases.ListSessionsAsync(store, cancel);
            var named = record.Sessions;
            if (named is null)
            {
                await CondemnedPacks.NameSessionsAsync(store, ring, record.Id, standing, cancel);
                named = standing;
            }
            var left = named.Where(standing.Contains).ToList();
            waiting.UnionWith(left);
            if (left.Count == 0) ready.Add(record);
        }
        if (ready.Count > 0) await DeleteAsync(ready, cancel);
        return waiting.Count;
    }

    async Task DeleteAsync(List<CondemnedRecord> ready, CancellationToken cancel)
    {
        var condemned = await CondemnedPacks.ListAsync(store, ring, cancel);
        using var catalog = await MarkedAsync(condemned, cancel);
        var live = catalog.LiveBytes();
        var doomed = new HashSet<ObjectId>();
        foreach (var record in ready)
        {
            foreach (var pack in record.Packs)
            {
                var number = catalog.NumberOf(pack);
                if (number >= live.Length || live[number] == 0) doomed.Add(pack);
            }
        }
        await RewriteIndexesAsync(doomed, cancel);
        foreach (var pack in doomed)
        {
            var name = Names.Pack(pack);
            if (await store.FindAsync(name, cancel) is { } found)
            {
                deleted++;
                freed += found.LengthBytes;
            }
            await store.DeleteAsync(name, cancel);
        }
        foreach (var record in ready) await CondemnedPacks.RemoveAsync(store, record.Id, cancel);
    }

    async Task RewriteIndexesAsync(HashSet<ObjectId> doomed, CancellationToken cancel)
    {
        var old = new List<string>();
        var kept = new IndexBatch(store, ring);
        await foreach (var found in store.ListAsync(Names.Indexes, cancel))
        {
            if (await IndexFile.FindAsync(store, ring, found.Name, cancel) is not { } listings || !listings.Exists(l => doomed.Contains(l.Pack))) continue;
            old.Add(found.Name);
            foreach (var listing in listings.Where(l => !doomed.Contains(l.Pack))) await kept.AddAsync(listing, cancel);
        }
        await kept.FinishAsync(cancel);
        foreach (var name in old) await store.DeleteAsync(name, cancel);
    }

    async Task MergeIndexesAsync(CancellationToken cancel)
    {
        var old = new List<string>();
        await foreach (var found in store.ListAsync(Names.Indexes, cancel))
        {
            // Full ones stay as they are.
            if (found.LengthBytes < IndexFile.MaxEntries / 2 * BlobEntry.Length) old.Add(found.Name);
        }
        if (old.Count <= MaxIndexes) return;
        var merged = new HashSet<ObjectId>();
        var batch = new IndexBatch(store, ring);
        foreach (var name in old)
        {
            foreach (var listing in await IndexFile.FindAsync(store, ring, name, cancel) ?? [])
            {
                if (merged.Add(listing.Pack)) await batch.AddAsync(listing, cancel);
            }
        }
        await batch.FinishAsync(cancel);
        foreach (var name in old) await store.DeleteAsync(name, cancel);
    }

    /// <summary>A catalog in which all that points reach is marked; condemned packs count only where nothing else has the blob.</summary>
    async Task<Catalog> MarkedAsync(HashSet<ObjectId> condemned, CancellationToken cancel)
    {
        var catalog = await Catalog.LoadAsync(store, ring, condemned, AvoidedPacks.Last, cancel);
        if (catalog.Problems.Count > 0)
        {
            catalog.Dispose();
            throw new RepositoryException(RepositoryFault.Damaged, $"Nothing is pruned while an index is damaged: {catalog.Problems[0]}");
        }
        await new Marking(store, ring, catalog).MarkAllAsync(cancel);
        return catalog;
    }

    async Task<List<(ObjectId Id, long Length)>> ListPacksAsync(CancellationToken cancel)
    {
        var packs = new List<(ObjectId Id, long Length)>();
        await foreach (var found in store.ListAsync(Names.Packs, cancel)) packs.Add((Names.IdIn(found.Name), found.LengthBytes));
        return packs;
    }

    static RepositoryException Gone(ObjectId pack) => new(RepositoryFault.Missing, $"{Names.Pack(pack)} went away while it was pruned.");
}
