using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Packs;

/// <summary>All indexes of a repository as one table. Loaded once per operation; safe for several lanes.</summary>
sealed class Catalog : IDisposable
{
    readonly Lock gate = new();
    readonly AddressTable table = new();
    readonly List<ObjectId> packs = [];
    readonly Dictionary<ObjectId, int> numbers = [];

    /// <summary>Indexes that did not open, with the reason: their blobs are unknown here.</summary>
    public List<string> Problems { get; } = [];

    public long Blobs => table.Count;

    public int PackCount => packs.Count;

    /// <summary>Loads what <c>indexes/</c> says. Packs that are to be avoided are not entered, or (with <paramref name="avoidedLast"/>) only where nothing else has the blob.</summary>
    public static async ValueTask<Catalog> LoadAsync(IStore store, KeyRing ring, IReadOnlySet<ObjectId> avoided, AvoidedPacks treat, CancellationToken cancel)
    {
        var catalog = new Catalog();
        var later = new List<PackListing>();
        await foreach (var found in store.ListAsync(Names.Indexes, cancel))
        {
            try
            {
                if (await IndexFile.FindAsync(store, ring, found.Name, cancel) is not { } listings) continue;
                foreach (var listing in listings)
                {
                    if (!avoided.Contains(listing.Pack)) catalog.Add(listing);
                    else if (treat == AvoidedPacks.Last) later.Add(listing);
                }
            }
            catch (RepositoryException e) when (e.Fault == RepositoryFault.Damaged)
            {
                catalog.Problems.Add(e.Message);
            }
        }
        foreach (var listing in later) catalog.Add(listing);
        return catalog;
    }

    public void Add(PackListing listing)
    {
        var number = NumberOf(listing.Pack);
        lock (gate)
        {
            uint offset = ObjectHeader.Length;
            foreach (var entry in listing.Entries)
            {
                table.TryAdd(entry.Address, new BlobPlace(number, offset, entry.StoredLength, entry.RawLength, entry.Kind, entry.Encoding));
                offset += entry.StoredLength;
            }
        }
    }

    public int NumberOf(ObjectId pack)
    {
        lock (gate)
        {
            if (numbers.TryGetValue(pack, out var number)) return number;
            numbers.Add(pack, packs.Count);
            packs.Add(pack);
            return packs.Count - 1;
        }
    }

    public bool Knows(ObjectId pack)
    {
        lock (gate) return numbers.ContainsKey(pack);
    }

    public ObjectId PackOf(int number)
    {
        lock (gate) return packs[number];
    }

    public bool TryFind(in Address address, out BlobPlace place)
    {
        lock (gate) return table.TryFind(address, out place);
    }

    /// <summary>Enters a blob that is being stored; false when somebody else has it already.</summary>
    public bool TryAdd(in Address address, in BlobPlace place)
    {
        lock (gate) return table.TryAdd(address, place);
    }

    public bool? Mark(in Address address)
    {
        lock (gate) return table.Mark(address);
    }

    public bool IsMarked(in Address address)
    {
        lock (gate) return table.IsMarked(address);
    }

    /// <summary>Live bytes of each pack, by its number.</summary>
    public long[] LiveBytes()
    {
        var live = new long[packs.Count];
        lock (gate) table.AddMarkedBytes(live);
        return live;
    }

    public void Dispose() => table.Dispose();
}

enum AvoidedPacks
{
    NotAtAll,
    Last,
}
