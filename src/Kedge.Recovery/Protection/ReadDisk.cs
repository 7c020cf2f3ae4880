using System.Globalization;
using Kedge.Contracts.Moving;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>Has a mover of the source read a disk into the block repository: what changed since the point before is stored, and the disk has a root.</summary>
/// <param name="Disk">The volume.</param>
/// <param name="Repository">Its name in the movers' settings.</param>
/// <param name="Parent">The point in the disk's series to compare with; null: everything is new.</param>
/// <param name="ParentSnapshot">The source's snapshot that the parent was read from, where it was kept; null: the storage is not asked what changed.</param>
public sealed record ReadDisk(string Site, SourceId Disk, string DiskName, int SizeGib, string Repository, long? Parent, string? ParentSnapshot) : RecoveryStep
{
    public override string Title => Parent is null
        ? $"Read {DiskName} ({SizeGib} GiB) into the repository {Repository}"
        : $"Read what changed on {DiskName} ({SizeGib} GiB) into the repository {Repository}";

    public override IEnumerable<string> Needs => [ProtectStepIds.Exposed(Disk)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.Movers(Site)];

    /// <summary>At about 200 MiB/s; a change map makes it a matter of seconds.</summary>
    public override TimeSpan Expected => TimeSpan.FromSeconds(2 + (ParentSnapshot is null ? 5.0 * SizeGib : 0));

    public override TimeSpan Deadline => TimeSpan.FromHours(4) + TimeSpan.FromMinutes(9.0 * SizeGib);

    /// <summary>Each disk has a series of its own, whose names are 1 to 64 of a-z, 0-9 and -.</summary>
    public static string SeriesOf(SourceId disk) =>
        "volume-" + new string([.. disk.Value.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '-').Take(57)]);

    public override Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel) => Task.FromResult(Read(sites, run));

    StepOutcome Read(SiteSet sites, StepRun run)
    {
        if (Move.Without(sites, Site) is { } stop)
            return stop;
        var exposed = run.ResultOf(ProtectStepIds.Exposed(Disk), ProtectionJson.Default.Exposed);
        ChangeSource changes = ParentSnapshot is null || exposed.Device is not MoveDevice.Rbd { Snapshot: not null }
            ? new ChangeSource.Compared()
            : new ChangeSource.RbdDiff(ExposeSnapshot.RbdSnapshot(ParentSnapshot));
        var read = new MoveWork.Read(SeriesOf(Disk), DiskName, Parent, changes);
        var (result, instead) = Move.Order(sites, run, Site, exposed.Device, Repository, read, "read");
        if (result is null)
            return instead!;
        var copy = new BlocksCopy
        {
            Repository = Repository,
            Series = result.Disk.Series,
            Sequence = result.Disk.Sequence,
            Disk = result.Disk.Disk,
            Root = result.Disk.Root,
            SizeBytes = result.SizeBytes,
            BlockBytes = result.BlockBytes,
            ChangedBytes = result.ChangedBytes,
            StoredBytes = result.StoredBytes,
        };
        return ProtectionJson.Done(Said(result), new DiskRead(copy, RemarkOf(result)), ProtectionJson.Default.DiskRead);
    }

    static string Said(MoveResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Mib(result.ReadBytes)} MiB read, {Mib(result.ChangedBytes)} MiB changed, {Mib(result.StoredBytes)} MiB stored, {Mib(result.SentBytes)} MiB sent.");

    static string Mib(long bytes) => (bytes / 1048576.0).ToString("0.00", CultureInfo.InvariantCulture);

    string? RemarkOf(MoveResult result) => result.Map is MapUse.Lied
        ? $"{DiskName}: {PointRemarks.MapLied}, at {string.Join(", ", result.WrongInMap.Take(3).Select(range => range.OffsetBytes))}; everything was read and compared instead. Do not trust its change tracking until that is explained."
        : null;
}

/// <summary>What <see cref="ReadDisk"/> leaves to the steps after it.</summary>
/// <param name="Remark">What a person should know; null: nothing.</param>
sealed record DiskRead(BlocksCopy Copy, string? Remark);
