using System.Collections.Immutable;
using System.Globalization;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Images;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Takes a snapshot of every disk of a workload, all asked for at once, so that they show moments as close together as the APIs allow. The
/// images of root disks are asked for in the same burst; their bytes may come later.
/// </summary>
/// <param name="Site">The source.</param>
/// <param name="Group">The volume group that all the volumes are in and that takes consistent snapshots; null: one by one.</param>
/// <param name="RootDisks">Servers booted from an image: their root disk is no volume.</param>
public sealed record SnapshotWorkload(
    string Site, string Workload, ImmutableArray<SourceId> Volumes, ImmutableArray<RootDiskServer> RootDisks, SourceId? Group) : RecoveryStep
{
    /// <summary>
    /// Farther apart than this, the snapshots of two bursts (a crash lay between them) are no point of one moment any more: they are all taken again.
    /// </summary>
    public static readonly TimeSpan LargestSpread = TimeSpan.FromSeconds(60);

    /// <summary>A driver that really takes a group at one instant has stamps closer than this; RBD's takes one after the other and says nothing.</summary>
    public static readonly TimeSpan OneInstant = TimeSpan.FromSeconds(1);

    public override string Title => $"Take a snapshot of {Volumes.Length} volumes and {RootDisks.Length} root disks of {Workload}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(5);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cloud = sites[Site].Tenant;
        var found = await Disks.FindAsync(cloud, Mark.Of(run), Group is not null, RootDisks.Length > 0, cancel);
        if (found.Any(disk => disk.State == DiskState.Going))
            return new StepOutcome.NotYet("earlier snapshots of this run to be gone", TimeSpan.FromSeconds(1));
        if (found.FirstOrDefault(disk => disk.State == DiskState.Failed) is { } failed)
        {
            await Disks.DeleteAsync(cloud, found, cancel);
            return new StepOutcome.Stop(
                $"The snapshot {failed.Id} of {failed.Of} failed; all snapshots of this run are being deleted.",
                "Find out in Cinder's (for a server: Nova's) log why, then resume the run: it takes all of them again.");
        }

        var missing = Missing(found);
        if (missing.Count > 0)
            return await TakeAsync(cloud, run, found, missing, cancel);
        if (IsTooFarApart(found))
        {
            await Disks.DeleteAsync(cloud, found, cancel);
            return new StepOutcome.NotYet("snapshots that lay too far apart to be gone", TimeSpan.FromSeconds(1));
        }
        return found.Any(disk => disk.State == DiskState.Coming)
            ? new StepOutcome.NotYet("the snapshots to become available", TimeSpan.FromSeconds(1))
            : Done(run, found);
    }

    List<SourceId> Missing(ImmutableArray<Disk> found)
    {
        var there = found.Select(disk => disk.Of).ToHashSet();
        return [.. Volumes.Concat(RootDisks.Select(server => server.Server)).Where(wanted => !there.Contains(wanted))];
    }

    /// <summary>Within one burst nothing could be better the next time: that spread is recorded, not repaired.</summary>
    static bool IsTooFarApart(ImmutableArray<Disk> found) =>
        found.Select(disk => disk.Attempt).Distinct().Count() > 1 && SpreadOf(found) > LargestSpread;

    async Task<StepOutcome> TakeAsync(Cloud cloud, StepRun run, ImmutableArray<Disk> found, List<SourceId> missing, CancellationToken cancel)
    {
        if (found.Length > 0 && run.Clock.GetUtcNow() - found.Min(disk => disk.At) > LargestSpread)
        {
            await Disks.DeleteAsync(cloud, found, cancel);
            return new StepOutcome.NotYet("snapshots that would lie too far apart to be gone", TimeSpan.FromSeconds(1));
        }
        var attempt = run.Clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fffffff'Z'", CultureInfo.InvariantCulture);
        var marked = Mark.Of(run).Metadata.Add(Disks.AttemptKey, attempt);
        var volumes = Volumes.Where(missing.Contains).ToList();
        var calls = RootDisks.Where(server => missing.Contains(server.Server)).Select(server => (Task)ImageAsync(cloud, server, marked, cancel)).ToList();
        if (Group is { } group && volumes.Count > 0)
        {
            // Made, but its members not listed yet: a second one would be a second moment.
            if ((await Disks.FindGroupSnapshotsAsync(cloud, Mark.Of(run), cancel)).IsEmpty)
                calls.Add(cloud.BlockStorage.CreateGroupSnapshotAsync(new GroupId(group.Value), Mark.Of(run).Tag, cancel));
        }
        else
        {
            calls.AddRange(volumes.Select(volume => SnapshotAsync(cloud, volume, marked, cancel)));
        }
        await Task.WhenAll(calls);
        return new StepOutcome.NotYet("the snapshots to become available", TimeSpan.FromSeconds(1));
    }

    Task<Snapshot> SnapshotAsync(Cloud cloud, SourceId volume, ImmutableSortedDictionary<string, string> marked, CancellationToken cancel) =>
        cloud.BlockStorage.CreateSnapshotAsync(
            new NewSnapshot { VolumeId = new VolumeId(volume.Value), Name = $"kedge-{Workload}", Metadata = marked }, cancel);

    Task<ImageId> ImageAsync(Cloud cloud, RootDiskServer server, ImmutableSortedDictionary<string, string> marked, CancellationToken cancel) =>
        cloud.Compute.CreateServerImageAsync(
            new ServerId(server.Server.Value), $"kedge-{Workload}-{server.Name}", marked.Add(Disks.ServerKey, server.Server.Value), cancel);

    StepOutcome.Done Done(StepRun run, ImmutableArray<Disk> found)
    {
        // An answer that was lost may have made a second one of a disk: the older counts, both are deleted in the end.
        var disks = found.GroupBy(disk => disk.Of).Select(same => same.First()).ToImmutableArray();
        var spread = SpreadOf(disks);
        var consistency = ConsistencyOf(disks, out var remark);
        var taken = new SnapshotsTaken
        {
            StepMark = run.StepMark,
            Volumes = [.. disks.Where(disk => !disk.IsRoot).Select(disk => new VolumeSnapshot(disk.Of, disk.Id, disk.At))],
            RootDisks = [.. disks.Where(disk => disk.IsRoot).Select(disk => new RootSnapshot(disk.Of, disk.Id, disk.At))],
            GroupSnapshot = disks.FirstOrDefault(disk => disk.GroupSnapshot is not null)?.GroupSnapshot,
            Skew = spread,
            Consistency = consistency,
            Remarks = remark is null ? [] : [remark],
        };
        return ProtectionJson.Done(
            $"{disks.Length} snapshots, {Seconds(spread)} from the first to the last.", taken, ProtectionJson.Default.SnapshotsTaken);
    }

    PointConsistency ConsistencyOf(ImmutableArray<Disk> disks, out string? remark)
    {
        remark = null;
        if (disks.Length <= 1)
            return PointConsistency.Single;
        if (Group is null)
            return PointConsistency.PerVolume;
        var spread = SpreadOf([.. disks.Where(disk => !disk.IsRoot)]);
        if (spread > OneInstant)
            remark = $"The cloud accepted a consistent snapshot of group {Group}, but its members lie {Seconds(spread)} apart: its storage takes them one after the other.";
        else if (disks.Any(disk => disk.IsRoot))
            remark = "The volumes are of one instant; root disks of image-booted servers are not in the group and lie apart.";
        return remark is null ? PointConsistency.Group : PointConsistency.PerVolume;
    }

    static TimeSpan SpreadOf(ImmutableArray<Disk> disks) => disks.IsEmpty ? TimeSpan.Zero : disks.Max(disk => disk.At) - disks.Min(disk => disk.At);

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}

/// <summary>A server whose root disk is not a volume.</summary>
/// <param name="Name">For names that people read.</param>
public sealed record RootDiskServer(SourceId Server, string Name);
