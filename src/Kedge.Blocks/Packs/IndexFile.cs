using System.Buffers;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Packs;

/// <summary>The entries of one pack.</summary>
sealed record PackListing(ObjectId Pack, IReadOnlyList<BlobEntry> Entries);

/// <summary>Writes and reads <c>indexes/</c> (format, section 5).</summary>
static class IndexFile
{
    /// <summary>Entries in one index at most, so that an index is read whole: 11 MiB.</summary>
    public const int MaxEntries = 262_144;

    public static async ValueTask<string> PutAsync(IStore store, KeyRing ring, IReadOnlyList<PackListing> packs, CancellationToken cancel)
    {
        var plain = new ArrayBufferWriter<byte>();
        foreach (var pack in packs)
        {
            plain.Id(pack.Pack);
            plain.U32((uint)pack.Entries.Count);
            var lines = plain.GetSpan(Math.Max(1, pack.Entries.Count * BlobEntry.Length));
            for (var i = 0; i < pack.Entries.Count; i++) pack.Entries[i].CopyTo(lines[(i * BlobEntry.Length)..]);
            plain.Advance(pack.Entries.Count * BlobEntry.Length);
        }
        var id = ObjectId.New();
        var name = Names.Index(id);
        if (!await store.PutAsync(name, SealedObject.Close(ring, ObjectKind.Index, id, name, plain.WrittenSpan), cancel))
            throw new RepositoryException(RepositoryFault.Unavailable, $"{name} is taken, though its name was drawn at random just now. The store is not to be trusted.");
        return name;
    }

    public static async ValueTask<List<PackListing>?> FindAsync(IStore store, KeyRing ring, string name, CancellationToken cancel)
    {
        // Between listing and reading, a prune may have written this index anew under another name.
        var bytes = await store.FindWholeAsync(name, cancel);
        return bytes is null ? null : Parse(SealedObject.Open(ring, ObjectKind.Index, name, bytes), name);
    }

    static List<PackListing> Parse(byte[] plain, string name)
    {
        var packs = new List<PackListing>();
        var reader = new WireReader(plain, name);
        while (!reader.IsAtEnd)
        {
            var id = reader.Id();
            var count = reader.U32();
            var lines = reader.Bytes((long)count * BlobEntry.Length);
            var entries = new List<BlobEntry>((int)count);
            for (var i = 0; i < lines.Length; i += BlobEntry.Length) entries.Add(BlobEntry.Parse(lines.Slice(i, BlobEntry.Length), name));
            packs.Add(new PackListing(id, entries));
        }
        return packs;
    }
}
