using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Points;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>How much a check reads.</summary>
public enum CheckDepth
{
    /// <summary>Every object but the content of blobs: points, chains, indexes, footers, trees.</summary>
    Structure,

    /// <summary>Every byte.</summary>
    Everything,
}

/// <summary>What a check found.</summary>
/// <param name="Points">Points that opened.</param>
/// <param name="Packs">Packs that were looked at.</param>
/// <param name="Blobs">Blobs that were read and hashed (none at the depth of structure).</param>
/// <param name="UnindexedPacks">Packs that no index names: a writer is at work or died (prune takes them), or an index was lost (rebuild it).</param>
/// <param name="Problems">Each with the object and, where points are harmed, point, disk and place; at most 10,000.</param>
public sealed record CheckOutcome(long Points, long Packs, long Blobs, long UnindexedPacks, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Problems.Count == 0;
}

/// <summary>Looks at everything and changes nothing.</summary>
sealed class Checking(IStore store, KeyRing ring)
{
    const int MaxProblems = 10_000;
    readonly List<string> problems = [];
    readonly HashSet<Address> badBlobs = [];
    long points;
    long packs;
    byte[] content = [];
    long blobs;
    long unindexed;

    public async Task<CheckOutcome> RunAsync(CheckDepth depth, IReadOnlyList<Head> expected, CancellationToken cancel)
    {
        await CheckNamesAsync(cancel);
        await CheckKeysAsync(cancel);
        await CheckSmallObjectsAsync(cancel);
        using var catalog = await Catalog.LoadAsync(store, ring, new HashSet<ObjectId>(), AvoidedPacks.NotAtAll, cancel);
        problems.AddRange(catalog.Problems);
        await CheckPacksAsync(catalog, depth, cancel);
        await CheckPointsAsync(catalog, expected, cancel);
        return new CheckOutcome(points, packs, blobs, unindexed, problems);
    }

    void Report(string problem)
    {
        if (problems.Count < MaxProblems) problems.Add(problem);
    }

    async Task CheckNamesAsync(CancellationToken cancel)
    {
        string[] known = [Names.Keys, Names.Packs, Names.Indexes, Names.Points, Names.Forgotten, Names.Sessions, Names.Condemned, Names.Locks];
        await foreach (var found in store.ListAsync("", cancel))
        {
            if (found.Name != Names.Format && !known.Any(k => found.Name.StartsWith(k, StringComparison.Ordinal))) Report($"{found.Name} does not belong to a repository.");
        }
    }

    /// <summary>Envelopes of other credentials cannot be opened here; that they have the right shape can be seen.</summary>
    async Task CheckKeysAsync(CancellationToken cancel)
    {
        await foreach (var found in store.ListAsync(Names.Keys, cancel))
        {
            var bytes = await store.FindWholeAsync(found.Name, cancel);
            if (bytes is null || bytes.Length < 76 + 32 || (bytes.Length - 76) % 32 != 0 || !bytes.AsSpan(0, 8).SequenceEqual("KDGKEY01"u8)) Report($"{found.Name} is damaged: it is not a key envelope. Add a credential anew and delete it.");
        }
    }

    async Task CheckSmallObjectsAsync(CancellationToken cancel)
    {
        await TryAsync(async () => await CondemnedPacks.ListRecordsAsync(store, ring, cancel));
        (string Prefix, ObjectKind Kind)[] sealedOnes = [(Names.Sessions, ObjectKind.Session), (Names.PruneLocks, ObjectKind.Lock), (Names.Forgotten, ObjectKind.Forgotten)];
        foreach (var (prefix, kind) in sealedOnes)
        {
            await foreach (var found in store.ListAsync(prefix, cancel))
            {
                await TryAsync(async () =>
                {
                    if (await store.FindWholeAsync(found.Name, cancel) is { } bytes) SealedObject.Open(ring, kind, found.Name, bytes);
                });
            }
        }
    }

    async Task CheckPacksAsync(Catalog catalog, CheckDepth depth, CancellationToken cancel)
    {
        using var hash = new BlobHash(ring);
        var standing = new HashSet<ObjectId>();
        await foreach (var found in store.ListAsync(Names.Packs, cancel))
        {
            packs++;
            await TryAsync(async () =>
            {
                var id = Names.IdIn(found.Name);
                if (Names.Pack(id) != found.Name) throw RepositoryException.Damaged(found.Name, "it stands in a wrong place");
                standing.Add(id);
                if (!catalog.Knows(id)) unindexed++;
                var entries = await PackFooter.ReadAsync(store, ring, found, cancel);
                CompareWithIndex(catalog, id, entries);
                if (depth == CheckDepth.Everything) await CheckBlobsAsync(id, entries, hash, cancel);
            });
        }
        for (var number = 0; number < catalog.PackCount; number++)
        {
            if (!standing.Contains(catalog.PackOf(number))) Report($"{Names.Pack(catalog.PackOf(number))} is named by an index, but is not in the repository.");
        }
    }

    void CompareWithIndex(Catalog catalog, ObjectId id, List<BlobEntry> entries)
    {
        uint offset = ObjectHeader.Length;
        foreach (var entry in entries)
        {
            if (catalog.TryFind(entry.Address, out var place) && catalog.PackOf(place.Pack) == id
                && place != new BlobPlace(place.Pack, offset, entry.StoredLength, entry.RawLength, entry.Kind, entry.Encoding))
                Report($"An index and the footer of {Names.Pack(id)} disagree about {entry.Address}. Run: repository check --rebuild-index");
            offset += entry.StoredLength;
        }
    }

    async Task CheckBlobsAsync(ObjectId id, List<BlobEntry> entries, BlobHash hash, CancellationToken cancel)
    {
        // A catalog of this pack alone: the blob is read from here, wherever else it stands.
        using var own = new Catalog();
        own.Add(new PackListing(id, entries));
        using var reader = new BlobReader(store, ring, own);
        foreach (var entry in entries)
        {
            blobs++;
            if (content.Length < entry.RawLength) content = GC.AllocateUninitializedArray<byte>((int)entry.RawLength);
            try
            {
                await reader.ReadAsync(entry.Address, entry.Kind, content, cancel);
            }
            catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
            {
                badBlobs.Add(entry.Address);
                Report(e.Message);
            }
        }
    }

    async Task CheckPointsAsync(Catalog catalog, IReadOnlyList<Head> expected, CancellationToken cancel)
    {
        using var reader = new BlobReader(store, ring, catalog);
        var marking = new Marking(store, ring, catalog);
        var series = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var prefix in (string[])[Names.Points, Names.Forgotten])
        {
            await foreach (var found in store.ListAsync(prefix, cancel)) series.Add(Marking.SeriesIn(found.Name));
        }
        foreach (var head in expected) series.Add(head.Series);
        foreach (var name in series)
        {
            await TryAsync(async () =>
            {
                var chain = new Chain(store, ring, name);
                Head? head = expected.Any(h => h.Series == name) ? expected.First(h => h.Series == name) : null;
                foreach (var problem in await chain.VerifyAsync(head, cancel)) Report(problem);
                foreach (var sequence in await chain.ListAsync(cancel)) await TryAsync(async () => await CheckPointAsync(chain, sequence, marking, reader, cancel));
            });
        }
    }

    async Task CheckPointAsync(Chain chain, long sequence, Marking marking, BlobReader reader, CancellationToken cancel)
    {
        if (await chain.FindAsync(sequence, cancel) is not { } point) return;
        points++;
        foreach (var disk in point.Disks)
        {
            await marking.MarkDiskAsync(reader, point, disk, Report, cancel);
            if (badBlobs.Count > 0) await Harm.FindAsync(ring, reader, point, disk, badBlobs, Report, cancel);
        }
    }

    async Task TryAsync(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (RepositoryException e) when (e.Fault is RepositoryFault.Damaged or RepositoryFault.Missing)
        {
            if (!problems.Contains(e.Message)) Report(e.Message);
        }
    }
}
