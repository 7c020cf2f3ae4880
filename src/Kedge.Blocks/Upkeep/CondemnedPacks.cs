using System.Buffers;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>One record of <c>condemned/</c>: packs found to be garbage, and the sessions that may not know it (null: a prune died before it said).</summary>
sealed record CondemnedRecord(ObjectId Id, IReadOnlySet<ObjectId> Packs, IReadOnlySet<ObjectId>? Sessions);

/// <summary>Reads and writes <c>condemned/</c> (format, section 9).</summary>
static class CondemnedPacks
{
    const string PacksPart = "packs";
    const string SessionsPart = "sessions";

    /// <summary>All packs that no new session may refer to.</summary>
    public static async ValueTask<HashSet<ObjectId>> ListAsync(IStore store, KeyRing ring, CancellationToken cancel)
    {
        var all = new HashSet<ObjectId>();
        await foreach (var found in store.ListAsync(Names.Condemned, cancel))
        {
            if (Names.LastPart(found.Name) == PacksPart && await FindIdsAsync(store, ring, found.Name, cancel) is { } packs) all.UnionWith(packs);
        }
        return all;
    }

    public static async ValueTask<List<CondemnedRecord>> ListRecordsAsync(IStore store, KeyRing ring, CancellationToken cancel)
    {
        var records = new List<CondemnedRecord>();
        await foreach (var found in store.ListAsync(Names.Condemned, cancel))
        {
            if (Names.LastPart(found.Name) != PacksPart) continue;
            var id = Names.IdIn(found.Name[..^(PacksPart.Length + 1)]);
            if (await FindIdsAsync(store, ring, found.Name, cancel) is not { } packs) continue;
            records.Add(new CondemnedRecord(id, packs, await FindIdsAsync(store, ring, NameOf(id, SessionsPart), cancel)));
        }
        return records;
    }

    public static async ValueTask<ObjectId> CondemnAsync(IStore store, KeyRing ring, IReadOnlyCollection<ObjectId> packs, CancellationToken cancel)
    {
        var id = ObjectId.New();
        await PutIdsAsync(store, ring, id, PacksPart, packs, cancel);
        return id;
    }

    public static ValueTask NameSessionsAsync(IStore store, KeyRing ring, ObjectId record, IReadOnlyCollection<ObjectId> sessions, CancellationToken cancel) =>
        PutIdsAsync(store, ring, record, SessionsPart, sessions, cancel);

    public static async ValueTask RemoveAsync(IStore store, ObjectId record, CancellationToken cancel)
    {
        // In this order: a record that lost its sessions is named anew, sessions that lost their record would stay for ever.
        await store.DeleteAsync(NameOf(record, SessionsPart), cancel);
        await store.DeleteAsync(NameOf(record, PacksPart), cancel);
    }

    static async ValueTask<HashSet<ObjectId>?> FindIdsAsync(IStore store, KeyRing ring, string name, CancellationToken cancel)
    {
        if (await store.FindWholeAsync(name, cancel) is not { } bytes) return null;
        var plain = SealedObject.Open(ring, ObjectKind.Condemned, name, bytes);
        var reader = new WireReader(plain, name);
        var ids = new HashSet<ObjectId>();
        while (!reader.IsAtEnd) ids.Add(reader.Id());
        return ids;
    }

    static async ValueTask PutIdsAsync(IStore store, KeyRing ring, ObjectId record, string part, IReadOnlyCollection<ObjectId> ids, CancellationToken cancel)
    {
        var plain = new ArrayBufferWriter<byte>();
        foreach (var id in ids) plain.Id(id);
        var name = NameOf(record, part);
        await store.PutAsync(name, SealedObject.Close(ring, ObjectKind.Condemned, ObjectId.New(), name, plain.WrittenSpan), cancel);
    }

    static string NameOf(ObjectId record, string part) => $"{Names.Condemned}{record}/{part}";
}
