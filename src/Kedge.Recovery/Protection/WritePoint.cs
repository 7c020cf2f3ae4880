using System.Collections.Immutable;
using System.Globalization;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>Puts the manifest, last of all: from then on the point exists.</summary>
/// <param name="Repository">The directory.</param>
/// <param name="Blueprint">Its name there.</param>
/// <param name="Previous">The point whose chains the new backups continue; null: none.</param>
public sealed record WritePoint(
    string Repository,
    string Workload,
    string From,
    string To,
    string Blueprint,
    DateTimeOffset BlueprintAt,
    ImmutableArray<PointVolume> Volumes,
    ImmutableArray<SourceId> Images,
    ImmutableArray<SourceId> RootDisks,
    string? Previous) : RecoveryStep
{
    public override string Title => $"Write the recovery point of {Workload}";

    public override IEnumerable<string> Lanes => [];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var repository = await PointRepository.OpenAsync(Repository, run.Clock, cancel);
        var previous = Previous is null ? null : await repository.FindAsync(Workload, Previous, cancel);
        var taken = run.FindResult(ProtectStepIds.Snapshot) is null
            ? new SnapshotsTaken { StepMark = "" }
            : run.ResultOf(ProtectStepIds.Snapshot, ProtectionJson.Default.SnapshotsTaken);
        var copies = Volumes.Select(volume => CopyOf(run, taken, volume, previous)).ToList();
        if (copies.Exists(copy => copy is null))
            return new StepOutcome.Stop(
                $"Point {Previous}, whose chains the new backups continue, was removed from the repository while this run was under way.",
                "Abandon this run and protect again: that makes full backups.");

        var moments = taken.Volumes.Select(snapshot => snapshot.At).Concat(taken.RootDisks.Select(root => root.At)).DefaultIfEmpty(BlueprintAt);
        var dataAt = moments.Min();
        var point = await repository.PutAsync(
            new RecoveryPoint
            {
                Schema = copies.Exists(copy => copy!.Blocks is not null) ? RecoveryPoint.CurrentSchema : 1,
                Id = $"{dataAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{run.Run.Value[^8..]}",
                Workload = Workload,
                SourceSite = From,
                TargetSite = To,
                Run = run.Run.Value,
                Blueprint = Blueprint,
                BlueprintAt = BlueprintAt,
                DataAt = dataAt,
                Skew = taken.Skew,
                Consistency = taken.Consistency,
                Volumes = [.. copies.OfType<VolumeCopy>()],
                Images = [.. Images.Select(ProtectStepIds.Image).Concat(RootDisks.Select(ProtectStepIds.RootDisk))
                    .Select(step => run.ResultOf(step, ProtectionJson.Default.ImageCopied).Copy)],
                Remarks = [.. taken.Remarks.Concat(RemarksOf(run))],
            },
            cancel);
        return ProtectionJson.Done(
            $"Point {point.Id} is there.", new PointWritten(point.Id, point.DataAt, point.Skew), ProtectionJson.Default.PointWritten);
    }

    /// <summary>Null where a part of the chain is told by the point before only, and that is gone.</summary>
    static VolumeCopy? CopyOf(StepRun run, SnapshotsTaken taken, PointVolume volume, RecoveryPoint? previous)
    {
        if (volume.Method is ReplicationMethod.Blocks)
            return BlocksOf(run, taken, volume);
        var exported = run.ResultOf(ProtectStepIds.Export(volume.Volume), ProtectionJson.Default.ChainExported);
        var known = ImmutableArray<BackupLink>.Empty;
        if (exported.KnownUpTo is { } last)
        {
            var before = previous?.Volumes.FirstOrDefault(copy => copy.Volume == volume.Volume)?.Chain ?? [];
            var at = before.Select(link => link.BackupId).ToList().IndexOf(last);
            if (at < 0)
                return null;
            known = before[..(at + 1)];
        }
        return new VolumeCopy
        {
            Volume = volume.Volume,
            SizeGib = volume.SizeGib,
            DataAt = taken.Volumes.First(snapshot => snapshot.Volume == volume.Volume).At,
            Chain = [.. known, .. exported.Links],
        };
    }

    static VolumeCopy BlocksOf(StepRun run, SnapshotsTaken taken, PointVolume volume)
    {
        var snapshot = taken.Volumes.First(one => one.Volume == volume.Volume);
        return new VolumeCopy
        {
            Volume = volume.Volume,
            SizeGib = volume.SizeGib,
            DataAt = snapshot.At,
            Blocks = run.ResultOf(ProtectStepIds.Read(volume.Volume), ProtectionJson.Default.DiskRead).Copy with
            {
                SourceSnapshot = volume.KeepsSnapshot ? snapshot.Snapshot : null,
                Standby = run.FindResult(ProtectStepIds.StandbySnapshot(volume.Volume)) is null
                    ? null
                    : run.ResultOf(ProtectStepIds.StandbySnapshot(volume.Volume), ProtectionJson.Default.StandbySnapshot),
            },
        };
    }

    IEnumerable<string> RemarksOf(StepRun run) => Volumes.SelectMany(volume => volume.Method is ReplicationMethod.Blocks
        ? [run.ResultOf(ProtectStepIds.Read(volume.Volume), ProtectionJson.Default.DiskRead).Remark]
        : new[]
    {
        run.ResultOf(ProtectStepIds.Backup(volume.Volume), ProtectionJson.Default.BackedUp).Remark,
        run.ResultOf(ProtectStepIds.Export(volume.Volume), ProtectionJson.Default.ChainExported).Remark,
    }).OfType<string>();
}

/// <param name="KeepsSnapshot">The snapshot at the source stays until the next point is there: the storage tells what changed since.</param>
public sealed record PointVolume(SourceId Volume, int SizeGib, ReplicationMethod Method = ReplicationMethod.Backup, bool KeepsSnapshot = false);
