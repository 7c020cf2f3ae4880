using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>What is deleted of what <see cref="SnapshotWorkload"/> has taken.</summary>
public enum SnapshotsOf
{
    Volumes,
    RootDisks,
}

/// <summary>Deletes the snapshots of this run at the source, found by their mark: also those of which an answer was lost.</summary>
/// <param name="Grouped">They were taken as a group.</param>
/// <param name="Kept">Volumes whose snapshot stays until the next point: the storage tells what changed since.</param>
public sealed record DeleteSnapshots(string Site, string Workload, SnapshotsOf Of, bool Grouped, ImmutableArray<SourceId> Kept = default) : RecoveryStep
{
    public override string Title => Of == SnapshotsOf.Volumes
        ? $"Delete the snapshots of {Workload}'s volumes"
        : $"Delete the source's images of {Workload}'s root disks";

    public override IEnumerable<string> Needs => [ProtectStepIds.Snapshot];

    public override IEnumerable<string> Lanes => [Of == SnapshotsOf.Volumes ? Steps.Lanes.BlockStorage(Site) : Steps.Lanes.Images(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cloud = sites[Site].Tenant;
        var taken = run.ResultOf(ProtectStepIds.Snapshot, ProtectionJson.Default.SnapshotsTaken);
        var mark = new Mark(run.Run.Value, taken.StepMark);
        var isRoot = Of == SnapshotsOf.RootDisks;
        var kept = taken.Volumes.Where(snapshot => !Kept.IsDefault && Kept.Contains(snapshot.Volume)).Select(snapshot => snapshot.Snapshot).ToHashSet();
        var left = (await Disks.FindAsync(cloud, mark, Grouped && !isRoot, isRoot, cancel)).Where(disk => disk.IsRoot == isRoot && !kept.Contains(disk.Id)).ToList();
        if (left.Count == 0)
            return new StepOutcome.Done("Nothing of them is left.");
        if (left.FirstOrDefault(disk => disk.State == DiskState.Failed) is { } failed)
            return new StepOutcome.Stop(
                $"The snapshot {failed.Id} of {failed.Of} could not be deleted by the cloud.",
                $"Let an admin look into it (openstack volume snapshot show {failed.Id}), delete it, and resume the run.");
        await Disks.DeleteAsync(cloud, left, cancel);
        return new StepOutcome.NotYet("the snapshots to be gone", TimeSpan.FromSeconds(1));
    }
}
