using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kedge.Blocks;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Writing;
using Kedge.Contracts.Moving;
using Kedge.Mover.Boards;
using Kedge.Mover.Devices;
using Kedge.Mover.Settings;
using Kedge.Mover.Stores;

namespace Kedge.Mover.Transfers;

/// <summary>Executes orders over <see cref="Repository"/>. Each may be executed again by another mover, at any point of this one: nothing here is kept between them but what the repository and the device hold.</summary>
sealed class MoveEngine(MoverSettings settings, TimeProvider time) : IDisposable
{
    readonly Bandwidth bandwidth = new(settings.Bandwidth, time);
    readonly DeviceOpening devices = new(settings, time);
    readonly RepositoryStores stores = new(settings, time);

    /// <summary>Does it, and answers what came of it. Failures are exceptions, see <see cref="MoveFailures"/>.</summary>
    public async Task<MoveResult> RunAsync(MoveLease lease, LeaseHold hold, MoveMeter meter)
    {
        var order = lease.Order;
        var repository = await OpenRepositoryAsync(order.Repository, hold, meter);
        return order.Work switch
        {
            MoveWork.Read read => await ReadAsync(order, read, repository, hold, meter),
            MoveWork.Write write => await WriteAsync(order, write, lease.WasBegun, repository, hold, meter),
            MoveWork.Verify verify => await VerifyAsync(order, verify, repository, hold, meter),
            MoveWork.Repair repair => await RepairAsync(order, repair, repository, hold, meter),
            MoveWork.Forget forget => await ForgetAsync(forget, repository, hold, meter),
            _ => throw MoveException.Refused($"This mover does not know work of the kind {order.Work.GetType().Name}.", "Bring the mover up to date."),
        };
    }

    public void Dispose() => stores.Dispose();

    async Task<MoveResult> ReadAsync(MoveOrder order, MoveWork.Read read, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        var cancel = hold.Token;
        if (await FindOwnAsync(order, read, repository, cancel) is { } there)
            return Result(there, there.Disk(read.Disk), meter);

        await using var device = new LeasedDevice(await devices.OpenAsync(order.Device, DeviceUse.Read, cancel), hold, meter);
        meter.Begin("reading", device.SizeBytes);
        var parent = read.Parent is { } sequence ? await repository.FindPointAsync(read.Series, sequence, cancel) : null;
        var isMapAsked = read.Changes is not ChangeSource.Compared && read.Parent is not null;
        var changes = isMapAsked && parent?.FindDisk(read.Disk) is not null ? await devices.FindChangesAsync(order.Device, read.Changes, device.SizeBytes, cancel) : null;

        await using var writer = await repository.BeginPointAsync(read.Series, cancel);
        var options = new DiskOptions { Parent = parent, Changes = changes, SpotChecks = read.SpotChecks, SpotCheckSeed = RandomNumberGenerator.GetInt32(int.MaxValue) };
        var outcome = await writer.AddDiskAsync(read.Disk, device, options, cancel);
        hold.Demand();
        // Again, as late as can be: a mover that was cut off may have put it while this one read.
        if (await FindOwnAsync(order, read, repository, cancel) is { } meanwhile)
            return Result(meanwhile, meanwhile.Disk(read.Disk), meter);
        var point = await writer.CommitAsync(PayloadOf(order), cancel);
        return Result(point, outcome.Disk, meter) with
        {
            ChangedBytes = Math.Min(outcome.ChangedBlocks * outcome.Disk.BlockBytes, outcome.Disk.SizeBytes),
            StoredBytes = outcome.NewBytes,
            Map = outcome.Map switch
            {
                MapVerdict.Held => MapUse.Held,
                MapVerdict.Lied => MapUse.Lied,
                _ => isMapAsked ? MapUse.NotToBeHad : MapUse.NotAsked,
            },
            WrongInMap = Ranges(outcome.WrongInMap, outcome.Disk),
        };
    }

    async Task<MoveResult> WriteAsync(MoveOrder order, MoveWork.Write write, bool wasBegun, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        var (point, disk) = await GetDiskAsync(repository, write.Source, hold.Token);
        var options = await RestoreOptionsAsync(write, disk, wasBegun, repository, hold.Token);
        await FillAsync(order, disk, options, repository, hold, meter);
        var result = Result(point, disk, meter);
        return write.ReadBackFraction <= 0 ? result : await ReadBackAsync(order, result, disk, write.ReadBackFraction, repository, hold, meter);
    }

    async Task<MoveResult> VerifyAsync(MoveOrder order, MoveWork.Verify verify, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        var (point, disk) = await GetDiskAsync(repository, verify.Expected, hold.Token);
        return await ReadBackAsync(order, Result(point, disk, meter), disk, verify.Fraction, repository, hold, meter);
    }

    async Task<MoveResult> RepairAsync(MoveOrder order, MoveWork.Repair repair, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        var (point, disk) = await GetDiskAsync(repository, repair.Source, hold.Token);
        await FillAsync(order, disk, new RestoreOptions { Target = TargetState.PartlyWritten }, repository, hold, meter);
        var repaired = meter.WrittenBytes + meter.ZeroedBytes;
        return await ReadBackAsync(order, Result(point, disk, meter), disk, 1, repository, hold, meter) with { RepairedBytes = repaired };
    }

    /// <summary>One that is gone already is fine: the order may have been done before.</summary>
    static async Task<MoveResult> ForgetAsync(MoveWork.Forget forget, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        var point = await repository.FindPointAsync(forget.Point.Series, forget.Point.Sequence, hold.Token);
        if (point is not null)
        {
            if (point.FindDisk(forget.Point.Disk)?.Root.ToString() != forget.Point.Root)
                throw MoveException.Refused($"The point {point.Series}/{point.Sequence} is not the one that is to be forgotten: it holds no disk {forget.Point.Disk} with the root {forget.Point.Root}.", "See which point that is: kedge repository points");
            hold.Demand();
            await repository.ForgetAsync(point, hold.Token);
        }
        return Counted(new MoveResult(forget.Point, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, null, [], 0, MapUse.NotAsked, []), meter);
    }

    /// <summary>A point that was put just before its mover died, or whose answer was lost, is this order's own.</summary>
    static async Task<Point?> FindOwnAsync(MoveOrder order, MoveWork.Read read, Repository repository, CancellationToken cancel) =>
        await repository.FindLatestAsync(read.Series, cancel) is { } latest && latest.Payload.Span.SequenceEqual(PayloadOf(order)) ? latest : null;

    async Task FillAsync(MoveOrder order, DiskRecord disk, RestoreOptions options, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        await using var target = new LeasedDevice(await devices.OpenAsync(order.Device, DeviceUse.Write, hold.Token), hold, meter);
        meter.Begin("writing", disk.SizeBytes);
        await repository.RestoreAsync(disk, target, options, hold.Token);
        hold.Demand();
    }

    /// <summary>Opened anew, so that it comes from the medium where the device can tell that from its cache.</summary>
    async Task<MoveResult> ReadBackAsync(MoveOrder order, MoveResult result, DiskRecord disk, double fraction, Repository repository, LeaseHold hold, MoveMeter meter)
    {
        await using var device = new LeasedDevice(await devices.OpenAsync(order.Device, DeviceUse.Read, hold.Token), hold, meter);
        meter.Begin("reading back", disk.SizeBytes);
        var found = await repository.VerifyAsync(disk, device, fraction, RandomNumberGenerator.GetInt32(int.MaxValue), hold.Token);
        hold.Demand();
        return Counted(result, meter) with { VerifiedFraction = found.Fraction, Mismatches = Ranges(found.WrongBlocks, disk) };
    }

    /// <summary>Where another try was at it, what that one got done is looked for; an older point that is gone from the repository makes it so as well.</summary>
    static async Task<RestoreOptions> RestoreOptionsAsync(MoveWork.Write write, DiskRecord written, bool wasBegun, Repository repository, CancellationToken cancel)
    {
        if (write.Target is not TargetContent.Holds(var standing))
        {
            return new RestoreOptions { Target = wasBegun ? TargetState.PartlyWritten : write.Target is TargetContent.Blank ? TargetState.Blank : TargetState.Unknown };
        }
        var disk = (await repository.FindPointAsync(standing.Series, standing.Sequence, cancel))?.FindDisk(standing.Disk);
        // Of another size than what is written, as after the volume has grown: pages cannot be compared, so the device itself is.
        return disk is not null && disk.Root.ToString() == standing.Root && disk.SizeBytes == written.SizeBytes
            ? new RestoreOptions { Target = wasBegun ? TargetState.PartlyWritten : TargetState.Unknown, Standing = disk }
            : new RestoreOptions { Target = TargetState.PartlyWritten };
    }

    static async Task<(Point Point, DiskRecord Disk)> GetDiskAsync(Repository repository, DiskInPoint wanted, CancellationToken cancel)
    {
        var point = await repository.FindPointAsync(wanted.Series, wanted.Sequence, cancel)
            ?? throw MoveException.Refused($"The repository has no point {wanted.Series}/{wanted.Sequence}.", "Take another point; kedge point list shows those there are.");
        var disk = point.Disk(wanted.Disk);
        return disk.Root.ToString() == wanted.Root
            ? (point, disk)
            : throw MoveException.Refused(
                $"The disk {wanted.Disk} of point {wanted.Series}/{wanted.Sequence} has the root {disk.Root}, and not {wanted.Root}, which was ordered.",
                "The repository is another one, or was set back in time: check it with the heads that the points' manifests name.");
    }

    async Task<Repository> OpenRepositoryAsync(string name, LeaseHold hold, MoveMeter meter)
    {
        if (!settings.Repositories.TryGetValue(name, out var found))
            throw MoveException.Refused($"This mover knows no repository '{name}'.", "Name it under 'repositories' in the mover's settings.");
        var store = new MeteredStore(stores.Of(name, found), bandwidth, hold, meter);
        // The key is read for each order, so that one that was rotated needs no restart.
        return await Repository.OpenAsync(store, await found.Secret.ReadAsync("/", hold.Token), time, hold.Token);
    }

    static byte[] PayloadOf(MoveOrder order) => Encoding.UTF8.GetBytes($"kedge move {order.Id}");

    static MoveResult Result(Point point, DiskRecord disk, MoveMeter meter) => Counted(
        new MoveResult(new DiskInPoint(point.Series, point.Sequence, disk.Name, disk.Root.ToString()), disk.SizeBytes, disk.BlockBytes, 0, 0, 0, 0, 0, TimeSpan.Zero, null, [], 0, MapUse.NotAsked, []), meter);

    static MoveResult Counted(MoveResult result, MoveMeter meter) =>
        result with { ReadBytes = meter.ReadBytes, WrittenBytes = meter.WrittenBytes, SentBytes = meter.SentBytes, Took = meter.Elapsed };

    /// <summary>Blocks as ranges, neighbours joined; more than a thousand end in one that reaches to the last.</summary>
    internal static ImmutableArray<ByteRange> Ranges(IReadOnlyList<long> blocks, DiskRecord disk)
    {
        const int most = 1000;
        var ranges = ImmutableArray.CreateBuilder<ByteRange>();
        foreach (var block in blocks)
        {
            var at = block * disk.BlockBytes;
            var end = Math.Min(at + disk.BlockBytes, disk.SizeBytes);
            if (ranges.Count > 0 && (ranges.Count == most || ranges[^1].OffsetBytes + ranges[^1].LengthBytes == at)) ranges[^1] = ranges[^1] with { LengthBytes = end - ranges[^1].OffsetBytes };
            else ranges.Add(new ByteRange(at, end - at));
        }
        return ranges.ToImmutable();
    }
}
