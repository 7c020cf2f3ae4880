using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Backs one volume up from its snapshot: incremental onto the last backup of Kedge's own chain where that is what Cinder would build on,
/// full otherwise. Cinder does not let a parent be named: it takes the newest available backup that is older than the snapshot.
/// </summary>
/// <param name="Parent">The last backup of the chain of the point before; null: a full one.</param>
/// <param name="WhyFull">Where there is no parent: why, for people; null for the first backup of a volume.</param>
public sealed record BackupVolume(
    string Site, string Workload, SourceId Volume, string VolumeName, int SizeGib, string? Parent, string? WhyFull) : RecoveryStep
{
    /// <summary>On a backup: why it is a full one. A run that was cut off finds it there.</summary>
    const string WhyKey = "kedge_why";

    /// <summary>Cinder's bound on a value of metadata.</summary>
    const int LongestWhy = 255;

    public override string Title => Parent is null
        ? $"Back up {VolumeName} ({SizeGib} GiB) in full"
        : $"Back up what changed on {VolumeName} ({SizeGib} GiB)";

    public override IEnumerable<string> Needs => [ProtectStepIds.Snapshot];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    /// <summary>Measured on an idle cloud: about 60 MiB/s in full, a quarter of it for an incremental that changed little.</summary>
    public override TimeSpan Expected => TimeSpan.FromSeconds(3 + (SizeGib * (Parent is null ? 15.0 : 4.0)));

    public override TimeSpan Deadline => TimeSpan.FromHours(1) + TimeSpan.FromMinutes(5.0 * SizeGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var all = await ListAsync(cinder, cancel);
        var ours = all.Where(backup => Mark.Of(run).IsOn(backup.Metadata)).ToList();

        if (ours.FirstOrDefault(backup => backup.Status == BackupStatus.Available) is { } done)
            return await FinishAsync(cinder, ours, done, cancel);
        if (ours.Any(backup => backup.Status is not (BackupStatus.Error or BackupStatus.ErrorDeleting)))
            return new StepOutcome.NotYet("the backup to become available", LookAgainIn);
        if (ours.Find(backup => !backup.IsIncremental) is { } failed)
            return await GiveUpAsync(cinder, ours, failed, cancel);

        var snapshot = SnapshotOf(run);
        var why = ours is [var incremental, ..]
            ? $"the incremental backup failed ({incremental.FailReason ?? "the cloud does not say why"})"
            : WhyNotOnto(all.Except(ours), snapshot);
        await cinder.CreateBackupAsync(NewBackup(run, snapshot, Parent is null || why is not null, why), cancel);
        return new StepOutcome.NotYet("the backup to become available", LookAgainIn);
    }

    TimeSpan LookAgainIn => TimeSpan.FromSeconds(Math.Clamp(SizeGib / 10.0, 1, 15));

    async Task<List<Backup>> ListAsync(BlockStorageClient cinder, CancellationToken cancel)
    {
        var all = new List<Backup>();
        await foreach (var backup in cinder.ListBackupsAsync(new BlockStorageFilter { VolumeId = new VolumeId(Volume.Value) }, cancel))
        {
            if (backup.Status != BackupStatus.Deleted)
                all.Add(backup);
        }
        return all;
    }

    VolumeSnapshot SnapshotOf(StepRun run) => run.ResultOf(ProtectStepIds.Snapshot, ProtectionJson.Default.SnapshotsTaken)
        .Volumes.First(snapshot => snapshot.Volume == Volume);

    /// <summary>Why an incremental backup would not stand on our chain; null: it would.</summary>
    string? WhyNotOnto(IEnumerable<Backup> others, VolumeSnapshot snapshot)
    {
        if (Parent is null)
            return WhyFull;
        var backups = others.ToList();
        var parent = backups.Find(backup => backup.Id.Value == Parent);
        if (parent is null)
            return $"the backup before it, {Parent}, is gone";
        if (parent.Status != BackupStatus.Available)
            return $"the backup before it, {Parent}, is in state {parent.Status}";
        var newest = backups
            .Where(backup => backup.Status == BackupStatus.Available && Moment(backup) < snapshot.At)
            .MaxBy(Moment);
        return newest?.Id == parent.Id ? null : $"Cinder would build on {newest?.Id.Value ?? "another backup"}, which is not of this chain";
    }

    static DateTimeOffset Moment(Backup backup) => backup.DataTimestamp ?? backup.CreatedAt ?? DateTimeOffset.MinValue;

    NewBackup NewBackup(StepRun run, VolumeSnapshot snapshot, bool isFull, string? why)
    {
        var metadata = Mark.Of(run).Metadata;
        return new NewBackup
        {
            VolumeId = new VolumeId(Volume.Value),
            SnapshotId = new SnapshotId(snapshot.Snapshot),
            Name = $"kedge-{Workload}-{VolumeName}",
            Description = $"Taken by kedge for workload {Workload}.",
            IsIncremental = !isFull,
            Metadata = why is null ? metadata : metadata.Add(WhyKey, why.Length > LongestWhy ? why[..LongestWhy] : why),
        };
    }

    /// <summary>An incremental that failed has been kept until now, as the note that a full one was tried.</summary>
    async Task<StepOutcome> FinishAsync(BlockStorageClient cinder, List<Backup> ours, Backup done, CancellationToken cancel)
    {
        var failed = ours.Where(backup => backup.Status == BackupStatus.Error).ToList();
        foreach (var backup in failed)
            await cinder.DeleteBackupAsync(backup.Id, cancel);
        if (failed.Count > 0 || ours.Any(backup => backup.Status == BackupStatus.Deleting))
            return new StepOutcome.NotYet("the failed backup to be gone", TimeSpan.FromSeconds(1));

        var remark = done.Metadata.TryGetValue(WhyKey, out var why) ? $"{VolumeName}: a full backup, because {why}." : null;
        return ProtectionJson.Done(
            remark ?? $"{(done.IsIncremental ? "Incremental" : "Full")} backup {done.Id}.",
            new BackedUp(done.Id.Value, remark),
            ProtectionJson.Default.BackedUp);
    }

    /// <summary>What failed is deleted first, so that the run, resumed, starts over.</summary>
    async Task<StepOutcome> GiveUpAsync(BlockStorageClient cinder, List<Backup> ours, Backup failed, CancellationToken cancel)
    {
        foreach (var backup in ours.Where(backup => backup.Status == BackupStatus.Error))
            await cinder.DeleteBackupAsync(backup.Id, cancel);
        return new StepOutcome.Stop(
            $"The full backup {failed.Id} of volume {VolumeName} ({Volume}) failed: {failed.FailReason ?? "the cloud does not say why"}.",
            "Look into cinder-backup's log (is its store full, or not mounted?), mend it, and resume the run.");
    }
}
