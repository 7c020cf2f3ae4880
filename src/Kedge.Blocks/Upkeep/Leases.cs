using System.Buffers;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Upkeep;

/// <summary>Who is at work: sessions of writers, the lock of a prune.</summary>
static class Leases
{
    static readonly TimeSpan PruneLifetime = TimeSpan.FromMinutes(60);

    /// <summary>Sessions that have not expired; those that have are broken, which their writers will notice.</summary>
    public static async ValueTask<HashSet<ObjectId>> BreakExpiredAsync(IStore store, KeyRing ring, DateTimeOffset now, CancellationToken cancel)
    {
        var names = new Dictionary<ObjectId, List<string>>();
        var alive = new HashSet<ObjectId>();
        await foreach (var found in store.ListAsync(Names.Sessions, cancel))
        {
            var id = SessionIn(found.Name);
            if (!names.TryGetValue(id, out var files)) names.Add(id, files = []);
            files.Add(found.Name);
            if (await ExpiryAsync(store, ring, ObjectKind.Session, found.Name, cancel) is { } expiry && expiry > now) alive.Add(id);
        }
        foreach (var (id, files) in names)
        {
            if (alive.Contains(id)) continue;
            foreach (var file in files) await store.DeleteAsync(file, cancel);
        }
        return alive;
    }

    /// <summary>Sessions that stand, expired or not.</summary>
    public static async ValueTask<HashSet<ObjectId>> ListSessionsAsync(IStore store, CancellationToken cancel)
    {
        var sessions = new HashSet<ObjectId>();
        await foreach (var found in store.ListAsync(Names.Sessions, cancel)) sessions.Add(SessionIn(found.Name));
        return sessions;
    }

    /// <summary>The name of the lock, or null when another prune is at work.</summary>
    public static async ValueTask<string?> TryLockPruneAsync(IStore store, KeyRing ring, DateTimeOffset now, CancellationToken cancel)
    {
        var plain = new ArrayBufferWriter<byte>();
        plain.U63(now.ToUnixTimeMilliseconds());
        plain.U63((now + PruneLifetime).ToUnixTimeMilliseconds());
        var id = ObjectId.New();
        var mine = Names.PruneLocks + id;
        await store.PutAsync(mine, SealedObject.Close(ring, ObjectKind.Lock, id, mine, plain.WrittenSpan), cancel);
        await foreach (var found in store.ListAsync(Names.PruneLocks, cancel))
        {
            if (found.Name == mine) continue;
            if (await ExpiryAsync(store, ring, ObjectKind.Lock, found.Name, cancel) is { } expiry && expiry > now)
            {
                // Two that began at once both give way, and the next try of either gets it: better than one too many.
                await store.DeleteAsync(mine, cancel);
                return null;
            }
            await store.DeleteAsync(found.Name, cancel);
        }
        return mine;
    }

    /// <summary>Takes away every session and lock, whoever holds them; answers how many.</summary>
    public static async ValueTask<int> UnlockAsync(IStore store, CancellationToken cancel)
    {
        var names = new List<string>();
        await foreach (var found in store.ListAsync(Names.Sessions, cancel)) names.Add(found.Name);
        await foreach (var found in store.ListAsync(Names.Locks, cancel)) names.Add(found.Name);
        foreach (var name in names) await store.DeleteAsync(name, cancel);
        return names.Count;
    }

    /// <summary>Null when it is gone, or damaged: a lease that cannot be read protects nobody, and its writer will find out.</summary>
    static async ValueTask<DateTimeOffset?> ExpiryAsync(IStore store, KeyRing ring, ObjectKind kind, string name, CancellationToken cancel)
    {
        try
        {
            return await store.FindWholeAsync(name, cancel) is { } bytes ? ParseExpiry(SealedObject.Open(ring, kind, name, bytes), name) : null;
        }
        catch (RepositoryException e) when (e.Fault == RepositoryFault.Damaged)
        {
            return null;
        }
    }

    static DateTimeOffset ParseExpiry(byte[] plain, string name)
    {
        var reader = new WireReader(plain, name);
        _ = reader.U63();
        return Points.PointFile.TimeOf(reader.U63(), name);
    }

    static ObjectId SessionIn(string name) => Names.IdIn(name[..name.LastIndexOf('/')]);
}
