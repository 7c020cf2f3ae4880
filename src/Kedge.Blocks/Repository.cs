using System.Runtime.CompilerServices;
using System.Text;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Upkeep;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks;

/// <summary>
/// An open repository (docs/formats/repository.md). It holds keys and nothing else between calls: every call looks at the store anew, so that several
/// processes can work on one repository. Safe for concurrent use. Failures are <see cref="RepositoryException"/>, those of devices <see cref="DeviceException"/>.
/// </summary>
public sealed class Repository
{
    const string FirstLine = "KEDGE-REPOSITORY";
    readonly IStore store;
    readonly TimeProvider time;
    KeyRing ring;

    Repository(IStore store, KeyRing ring, TimeProvider time)
    {
        this.store = store;
        this.ring = ring;
        this.time = time;
    }

    /// <summary>The repository's own id.</summary>
    public ObjectId Id => ring.Repository;

    internal KeyRing Keys => ring;

    /// <summary>Makes a repository in an empty store.</summary>
    public static async Task<Repository> CreateAsync(IStore store, Credential credential, TimeProvider time, CancellationToken cancel)
    {
        await foreach (var found in store.ListAsync("", cancel))
            throw new RepositoryException(RepositoryFault.Refused, $"The store is not empty: it holds {found.Name}. A repository is made in an empty one.");
        var id = ObjectId.New();
        var generation = KeyRing.NewGeneration();
        // The key first: a repository without one would be of no use, a key without one is garbage.
        await store.PutAsync(Names.Key(ObjectId.New()), KeyEnvelope.Wrap(generation, credential, id), cancel);
        if (!await store.PutAsync(Names.Format, Encoding.ASCII.GetBytes($"{FirstLine}\nversion: 1\nid: {id}\n"), cancel))
            throw new RepositoryException(RepositoryFault.Refused, "Somebody else has just made a repository there.");
        return new Repository(store, new KeyRing(id, generation), time);
    }

    /// <summary>Opens a repository with one of its credentials.</summary>
    public static async Task<Repository> OpenAsync(IStore store, Credential credential, TimeProvider time, CancellationToken cancel)
    {
        var id = ParseFormat(await store.FindWholeAsync(Names.Format, cancel) ?? throw new RepositoryException(RepositoryFault.Missing, "There is no repository: the object 'format' is absent."));
        await foreach (var found in store.ListAsync(Names.Keys, cancel))
        {
            if (await store.FindWholeAsync(found.Name, cancel) is { } envelope && KeyEnvelope.FindUnwrapped(envelope, credential, id) is { } generations)
                return new Repository(store, new KeyRing(id, generations), time);
        }
        throw new RepositoryException(RepositoryFault.Refused, "No key of the repository opens with this credential: it is the wrong one, or the key is damaged.");
    }

    /// <summary>Adds a credential; the ones before stay until they are removed with <see cref="RotateAsync"/>.</summary>
    public async Task AddCredentialAsync(Credential credential, CancellationToken cancel) =>
        await store.PutAsync(Names.Key(ObjectId.New()), KeyEnvelope.Wrap(ring.Generations, credential, Id), cancel);

    /// <summary>Makes this the only credential and adds a generation of keys, for what is written from now on. No data is rewritten. Every other holder needs a new envelope.</summary>
    public async Task RotateAsync(Credential credential, CancellationToken cancel)
    {
        if (ring.Newest >= KeyRing.MaxGenerations) throw new RepositoryException(RepositoryFault.Refused, $"The key ring has {KeyRing.MaxGenerations} generations, which is all that it takes. Move to a new repository.");
        var old = new List<string>();
        await foreach (var found in store.ListAsync(Names.Keys, cancel)) old.Add(found.Name);
        byte[] generations = [.. ring.Generations, .. KeyRing.NewGeneration()];
        await store.PutAsync(Names.Key(ObjectId.New()), KeyEnvelope.Wrap(generations, credential, Id), cancel);
        foreach (var name in old) await store.DeleteAsync(name, cancel);
        ring = new KeyRing(Id, generations);
    }

    /// <summary>Begins a point. Any number of writers may work at once, also on one series.</summary>
    public Task<PointWriter> BeginPointAsync(string series, CancellationToken cancel) => PointWriter.BeginAsync(store, ring, time, series, DiskShape.DefaultBlockBytes, cancel);

    /// <summary>The newest point of a series, or null.</summary>
    public ValueTask<Point?> FindLatestAsync(string series, CancellationToken cancel) => new Chain(store, ring, series).FindLatestAsync(cancel);

    /// <summary>One point, or null when there is none or it was forgotten.</summary>
    public ValueTask<Point?> FindPointAsync(string series, long sequence, CancellationToken cancel) => new Chain(store, ring, series).FindAsync(sequence, cancel);

    /// <summary>All points, by series and sequence. Throws at one that is damaged; <see cref="CheckAsync"/> names them all.</summary>
    public async IAsyncEnumerable<Point> ListPointsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var found in store.ListAsync(Names.Points, cancel))
        {
            if (await store.FindWholeAsync(found.Name, cancel) is { } bytes) yield return PointFile.Open(ring, Marking.SeriesIn(found.Name), found.Name, bytes);
        }
    }

    /// <summary>All that is wrong with the chain of a series; empty when it is sound and holds the expected head.</summary>
    public ValueTask<List<string>> VerifyChainAsync(string series, Head? expected, CancellationToken cancel) => new Chain(store, ring, series).VerifyAsync(expected, cancel);

    /// <summary>Takes a point away, leaving the proof that it was on purpose. Its data goes with a later prune.</summary>
    public ValueTask ForgetAsync(Point point, CancellationToken cancel) => new Chain(store, ring, point.Series).ForgetAsync(point, cancel);

    /// <summary>Writes a disk to a device of at least its size. Throws when any block could not be restored; the sound ones are written even then.</summary>
    public async Task<RestoreOutcome> RestoreAsync(DiskRecord disk, IDevice target, RestoreOptions options, CancellationToken cancel)
    {
        RefuseSmaller(disk, target);
        using var reading = await ReadingOf.OpenAsync(store, ring, disk, cancel);
        var standing = options.Standing is { } known ? await DiskTree.OpenAsync(ring, reading.Lanes[0].Reader, known, cancel) : null;
        if (standing is not null && standing.Disk.Shape != disk.Shape) throw new RepositoryException(RepositoryFault.Refused, $"The disk {disk.Name} has another size than what stands on the target; restore it whole.");
        return await new Restoring(reading.Tree, standing, target, options).RunAsync(reading.Lanes, cancel);
    }

    /// <summary>Reads a device back and compares it with a disk. The fraction, 0 to 1, says how much of it; the seed, which part.</summary>
    public async Task<VerifyOutcome> VerifyAsync(DiskRecord disk, IDevice device, double fraction, int seed, CancellationToken cancel)
    {
        RefuseSmaller(disk, device);
        using var reading = await ReadingOf.OpenAsync(store, ring, disk, cancel);
        return await new Verifying(reading.Tree, device, fraction, seed).RunAsync(reading.Lanes, cancel);
    }

    /// <summary>Where two disks differ, from their manifests alone; no block is read or sent.</summary>
    public async IAsyncEnumerable<Extent> DiffAsync(DiskRecord one, DiskRecord other, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var reading = await ReadingOf.OpenAsync(store, ring, one, cancel);
        var reader = reading.Lanes[0].Reader;
        var second = await DiskTree.OpenAsync(ring, reader, other, cancel);
        await foreach (var extent in Differing.FindAsync(reading.Tree, second, reader, cancel)) yield return extent;
    }

    /// <summary>Looks at everything and changes nothing. Heads that were acknowledged, kept elsewhere, show whether the store was set back in time.</summary>
    public Task<CheckOutcome> CheckAsync(CheckDepth depth, IReadOnlyList<Head> expected, CancellationToken cancel) => new Checking(store, ring).RunAsync(depth, expected, cancel);

    /// <summary>Writes the indexes anew from the packs. Answers the packs entered, and a problem for each that could not be.</summary>
    public Task<(int Packs, IReadOnlyList<string> Problems)> RebuildIndexAsync(CancellationToken cancel) => IndexRebuild.RunAsync(store, ring, cancel);

    /// <summary>Frees what no point reaches. Writers may work meanwhile; what they might still need goes with a later pass.</summary>
    public Task<PruneOutcome> PruneAsync(CancellationToken cancel) => new Pruning(store, ring, time).RunAsync(cancel);

    /// <summary>What the repository holds.</summary>
    public Task<RepositoryStats> StatsAsync(CancellationToken cancel) => Statistics.GatherAsync(store, ring, cancel);

    /// <summary>Takes away every session and lock; for an operator who knows that nobody is at work. A writer that is, after all, loses its point, not data.</summary>
    public ValueTask<int> UnlockAsync(CancellationToken cancel) => Leases.UnlockAsync(store, cancel);

    static ObjectId ParseFormat(byte[] bytes)
    {
        var lines = Encoding.ASCII.GetString(bytes).Split('\n');
        if (lines.Length != 4 || lines[0] != FirstLine || lines[3].Length != 0 || !lines[2].StartsWith("id: ", StringComparison.Ordinal) || ObjectId.FindIn(lines[2].AsSpan(4)) is not { } id)
            throw RepositoryException.Damaged(Names.Format, "it does not have its three lines");
        if (lines[1] != "version: 1") throw new RepositoryException(RepositoryFault.Refused, $"The repository has '{lines[1]}'; this Kedge knows version 1. Use a newer Kedge.");
        return id.ToString() == lines[2][4..] ? id : throw RepositoryException.Damaged(Names.Format, "its id is not in lower case");
    }

    static void RefuseSmaller(DiskRecord disk, IDevice device)
    {
        if (device.SizeBytes < disk.SizeBytes) throw new RepositoryException(RepositoryFault.Refused, $"The disk {disk.Name} has {disk.SizeBytes} bytes; the device has {device.SizeBytes}.");
    }

    /// <summary>A catalog, a tree and a lane per worker.</summary>
    sealed class ReadingOf : IDisposable
    {
        readonly Catalog catalog;

        ReadingOf(Catalog catalog, List<RestoreLane> lanes, DiskTree tree)
        {
            this.catalog = catalog;
            Lanes = lanes;
            Tree = tree;
        }

        public List<RestoreLane> Lanes { get; }

        public DiskTree Tree { get; }

        public static async Task<ReadingOf> OpenAsync(IStore store, KeyRing ring, DiskRecord disk, CancellationToken cancel)
        {
            var catalog = await Catalog.LoadAsync(store, ring, await CondemnedPacks.ListAsync(store, ring, cancel), AvoidedPacks.Last, cancel);
            var lanes = new List<RestoreLane>();
            for (var i = 0; i < PageWork.LanesFor(disk.Shape); i++) lanes.Add(new RestoreLane(new BlobReader(store, ring, catalog), disk.BlockBytes));
            return new ReadingOf(catalog, lanes, await DiskTree.OpenAsync(ring, lanes[0].Reader, disk, cancel));
        }

        public void Dispose()
        {
            foreach (var lane in Lanes) lane.Dispose();
            catalog.Dispose();
        }
    }
}
