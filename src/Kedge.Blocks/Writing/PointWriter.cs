using System.Collections.Immutable;
using System.Text;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Packs;
using Kedge.Blocks.Points;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Writing;

/// <summary>
/// Writes one point: its disks one after the other, then <see cref="CommitAsync"/>. A writer that dies leaves blobs which the next one finds (format, section 8).
/// </summary>
public sealed class PointWriter : IAsyncDisposable
{
    const int MaxLanes = 8;
    const int MaxDisks = 1024;
    const int CommitTries = 100;

    readonly IStore store;
    readonly Session session;
    readonly TimeProvider time;
    readonly string series;
    readonly int blockBytes;
    readonly NodeLane nodes;
    readonly List<ScanLane> lanes = [];
    readonly ImmutableArray<DiskRecord>.Builder disks = ImmutableArray.CreateBuilder<DiskRecord>();
    bool isEnded;

    PointWriter(IStore store, Session session, TimeProvider time, string series, int blockBytes)
    {
        this.blockBytes = blockBytes;
        this.store = store;
        this.session = session;
        this.time = time;
        this.series = series;
        nodes = new NodeLane(session);
    }

    /// <summary>The block size is for disks that have no parent; the others keep theirs.</summary>
    internal static async Task<PointWriter> BeginAsync(IStore store, Keys.KeyRing ring, TimeProvider time, string series, int blockBytes, CancellationToken cancel) =>
        new(store, await Session.BeginAsync(store, ring, time, cancel), time, Names.Checked(series), blockBytes);

    /// <summary>Reads a disk into the repository. Once it returns, all but the last packs are durable; the point counts when it is committed.</summary>
    public async Task<DiskOutcome> AddDiskAsync(string name, IDevice device, DiskOptions options, CancellationToken cancel)
    {
        CheckName(name);
        var parent = await FindParentAsync(name, options, cancel);
        var shape = new DiskShape(device.SizeBytes, parent?.Disk.BlockBytes ?? blockBytes);
        if (!DiskShape.IsLegal(shape.SizeBytes, shape.BlockBytes)) throw new RepositoryException(RepositoryFault.Refused, $"The disk {name} has {device.SizeBytes} bytes in blocks of {shape.BlockBytes}: not a shape that the repository knows.");

        var changes = parent is not null && parent.Disk.SizeBytes == shape.SizeBytes && options.Changes?.SizeBytes == shape.SizeBytes ? options.Changes : null;
        List<long> lies = [];
        if (changes is not null) lies = await SpotCheck.FindLiesAsync(parent!, changes, device, options, Lanes(1)[0], cancel);
        var verdict = changes is null ? MapVerdict.NotUsed : lies.Count == 0 ? MapVerdict.Held : MapVerdict.Lied;

        var used = Lanes(changes is not null && lies.Count == 0 ? 1 : Math.Min(Environment.ProcessorCount, Math.Max(1, shape.Pages)));
        var before = new Totals(used);
        var scan = new DiskScan(session, shape, device, parent, lies.Count == 0 ? changes : null, options.Compare, nodes);
        await scan.RunAsync(used, cancel);

        var rolls = await nodes.StoreRollsAsync(shape, scan.Pages, cancel);
        var disk = new DiskRecord(name, shape.SizeBytes, shape.BlockBytes, DiskRecord.RootOf(session.Ring, shape, rolls), ImmutableArray.Create(rolls));
        disks.Add(disk);
        return before.OutcomeOf(used, disk) with { Map = verdict, WrongInMap = lies, IsMapCheckedWholly = changes is not null && options.IsMapCheckedWholly };
    }

    /// <summary>Makes the point durable and its place in the chain final. Only what this answers counts.</summary>
    /// <exception cref="RepositoryException"><see cref="RepositoryFault.SessionBroken"/> when a prune took this writer for dead.</exception>
    public async Task<Point> CommitAsync(ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        if (payload.Length > Point.MaxPayloadBytes) throw new RepositoryException(RepositoryFault.Refused, $"The payload has {payload.Length} bytes; a point takes {Point.MaxPayloadBytes}.");
        foreach (var lane in lanes) await lane.Packs.FinishAsync(cancel);
        await nodes.FinishAsync(cancel);
        await session.PutLastIndexAsync(cancel);
        await session.EnsureAliveAsync(cancel);

        var chain = new Chain(store, session.Ring, series);
        var point = await PutPointAsync(chain, payload, cancel);
        try
        {
            await session.EnsureAliveAsync(cancel);
        }
        catch (RepositoryException e) when (e.Fault == RepositoryFault.SessionBroken)
        {
            await chain.ForgetAsync(point, cancel);
            throw;
        }
        await session.EndAsync(cancel);
        isEnded = true;
        return point;
    }

    /// <summary>Ends the session; without a commit, what was stored stays for the next writer, or for prune.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) await lane.Packs.SettleAsync();
        await nodes.SettleAsync();
        foreach (var lane in lanes) lane.Dispose();
        nodes.Dispose();
        try
        {
            if (!isEnded) await session.EndAsync(CancellationToken.None);
        }
        catch (RepositoryException e) when (e.Fault == RepositoryFault.Unavailable)
        {
            // The lease runs out by itself; why the store is away, whoever disposes us knows already.
        }
        session.Dispose();
    }

    async Task<Point> PutPointAsync(Chain chain, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        for (var tries = 0; tries < CommitTries; tries++)
        {
            var last = await chain.LastAsync(cancel);
            var point = new Point(series, last.Sequence + 1, time.GetUtcNow(), last.Seal, default, disks.ToImmutable(), payload);
            var name = Names.Point(series, point.Sequence);
            var bytes = PointFile.Close(session.Ring, name, session.Id, point);
            if (await store.PutAsync(name, bytes, cancel)) return point with { Seal = Address.From(bytes.AsSpan(bytes.Length - Address.Length)) };
        }
        throw new RepositoryException(RepositoryFault.Unavailable, $"{CommitTries} times another writer took the next place in the series {series}. Too many write to it.");
    }

    /// <summary>The parent's tree, when its point still stands: what it refers to cannot be swept then.</summary>
    async Task<DiskTree?> FindParentAsync(string name, DiskOptions options, CancellationToken cancel)
    {
        if (options.Parent?.FindDisk(name) is not { } disk) return null;
        var standing = await new Chain(store, session.Ring, options.Parent.Series).FindAsync(options.Parent.Sequence, cancel);
        if (standing?.Seal != options.Parent.Seal) return null;
        return await DiskTree.OpenAsync(session.Ring, Lanes(1)[0].Reader, disk, cancel);
    }

    List<ScanLane> Lanes(int count)
    {
        count = Math.Min(count, MaxLanes);
        while (lanes.Count < count) lanes.Add(new ScanLane(session));
        return lanes[..count];
    }

    void CheckName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) is < 1 or > 255) throw new RepositoryException(RepositoryFault.Refused, "The name of a disk has 1 to 255 bytes.");
        if (disks.Count >= MaxDisks) throw new RepositoryException(RepositoryFault.Refused, $"A point takes {MaxDisks} disks.");
        foreach (var disk in disks)
        {
            if (disk.Name == name) throw new RepositoryException(RepositoryFault.Refused, $"The point has a disk '{name}' already.");
        }
    }

    /// <summary>The lanes' counters before a disk; they run on from disk to disk.</summary>
    readonly struct Totals(List<ScanLane> lanes)
    {
        readonly long blobs = lanes.Sum(l => l.Packs.StoredBlobs);
        readonly long bytes = lanes.Sum(l => l.Packs.StoredBytes);

        public DiskOutcome OutcomeOf(List<ScanLane> after, DiskRecord disk)
        {
            var ticks = default(StageTicks);
            foreach (var lane in after)
            {
                ticks.Add(lane.Packs.Ticks);
                lane.Packs.Ticks = default;
            }
            return new DiskOutcome
            {
                Disk = disk,
                ReadBlocks = after.Sum(l => l.ReadBlocks),
                ChangedBlocks = after.Sum(l => l.ChangedBlocks),
                ZeroBlocks = after.Sum(l => l.ZeroBlocks),
                NewBlocks = after.Sum(l => l.Packs.StoredBlobs) - blobs,
                NewBytes = after.Sum(l => l.Packs.StoredBytes) - bytes,
                Ticks = ticks,
            };
        }
    }
}
