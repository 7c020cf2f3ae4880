using System.Buffers;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Writing;

/// <summary>One writer at work: its lease, what it has put, and what it may rely on (format, section 8).</summary>
sealed class Session : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(5);

    /// <summary>After so many packs an index is put: what a killed transfer has to send again at most, in packs.</summary>
    const int PacksPerIndex = 4;

    readonly IStore store;
    readonly TimeProvider time;
    readonly SemaphoreSlim renewing = new(1, 1);
    readonly Lock gate = new();
    List<PackListing> pending = [];
    long renewedAt;
    int renewal;

    Session(IStore store, KeyRing ring, TimeProvider time)
    {
        this.store = store;
        this.time = time;
        Ring = ring;
        Id = ObjectId.New();
    }

    public ObjectId Id { get; }

    public KeyRing Ring { get; }

    public IStore Store => store;

    public Catalog Catalog { get; private set; } = null!;

    public static async Task<Session> BeginAsync(IStore store, KeyRing ring, TimeProvider time, CancellationToken cancel)
    {
        var session = new Session(store, ring, time);
        await session.PutLeaseAsync(0, cancel);
        // In this order: whoever condemned packs before our lease stood has told so by now; whoever does it later sees the lease.
        var condemned = await Upkeep.CondemnedPacks.ListAsync(store, ring, cancel);
        session.Catalog = await Catalog.LoadAsync(store, ring, condemned, AvoidedPacks.NotAtAll, cancel);
        return session;
    }

    /// <summary>From now on everything counts as new.</summary>
    public void ForgetCatalog()
    {
        Catalog.Dispose();
        Catalog = new Catalog();
    }

    /// <summary>Renews the lease when it is time; cheap when it is not.</summary>
    public async ValueTask KeepAsync(CancellationToken cancel)
    {
        if (time.GetElapsedTime(Volatile.Read(ref renewedAt)) < RenewAfter) return;
        await renewing.WaitAsync(cancel);
        try
        {
            if (time.GetElapsedTime(renewedAt) < RenewAfter) return;
            await EnsureAliveAsync(cancel);
            await PutLeaseAsync(renewal + 1, cancel);
            await store.DeleteAsync(Names.Session(Id, renewal - 1), cancel);
        }
        finally
        {
            renewing.Release();
        }
    }

    public async Task PutPackAsync(PackListing listing, ReadOnlyMemory<byte> pack, CancellationToken cancel)
    {
        await KeepAsync(cancel);
        if (!await store.PutAsync(Names.Pack(listing.Pack), pack, cancel))
            throw new RepositoryException(RepositoryFault.Unavailable, $"{Names.Pack(listing.Pack)} is taken, though its name was drawn at random just now. The store is not to be trusted.");
        List<PackListing>? ready = null;
        lock (gate)
        {
            pending.Add(listing);
            if (pending.Count >= PacksPerIndex) (ready, pending) = (pending, []);
        }
        if (ready is not null) await IndexFile.PutAsync(store, Ring, ready, cancel);
    }

    public async Task PutLastIndexAsync(CancellationToken cancel)
    {
        List<PackListing> ready;
        lock (gate) (ready, pending) = (pending, []);
        if (ready.Count > 0) await IndexFile.PutAsync(store, Ring, ready, cancel);
    }

    /// <summary>Throws when a prune has taken this session for dead.</summary>
    public async ValueTask EnsureAliveAsync(CancellationToken cancel)
    {
        await foreach (var _ in store.ListAsync($"{Names.Sessions}{Id}/", cancel)) return;
        throw new RepositoryException(RepositoryFault.SessionBroken, $"The session {Id} was silent for longer than {Lifetime.TotalMinutes} min and was taken for dead; nothing of it is acknowledged. Write the point again: what was stored is found again.");
    }

    public async ValueTask EndAsync(CancellationToken cancel)
    {
        for (var n = Math.Max(0, renewal - 1); n <= renewal; n++) await store.DeleteAsync(Names.Session(Id, n), cancel);
    }

    public void Dispose()
    {
        renewing.Dispose();
        Catalog?.Dispose();
    }

    async ValueTask PutLeaseAsync(int n, CancellationToken cancel)
    {
        var plain = new ArrayBufferWriter<byte>();
        plain.U63(time.GetUtcNow().ToUnixTimeMilliseconds());
        plain.U63((time.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
        var name = Names.Session(Id, n);
        renewedAt = time.GetTimestamp();
        await store.PutAsync(name, SealedObject.Close(Ring, ObjectKind.Session, Id, name, plain.WrittenSpan), cancel);
        renewal = n;
    }
}
