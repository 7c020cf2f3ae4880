using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Makes the snapshot of a volume readable for the movers of the source: in place, where they may read the storage's snapshots; else as a
/// temporary volume, made of the snapshot and connected to them.
/// </summary>
/// <param name="IsEncrypted">Its bytes are in clear only with the key that Cinder names.</param>
/// <param name="Pool">The pool in which snapshots are read in place; null: a temporary volume is made.</param>
public sealed record ExposeSnapshot(string Site, string Workload, SourceId Volume, string VolumeName, int SizeGib, bool IsEncrypted, string? Pool) : RecoveryStep
{
    public override string Title => Pool is null ? $"Connect a copy of {VolumeName}'s snapshot to the movers of {Site}" : $"Find {VolumeName}'s snapshot in the storage of {Site}";

    public override IEnumerable<string> Needs => [ProtectStepIds.Snapshot];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(5);

    /// <summary>Some back ends copy the bytes to make a volume of a snapshot.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30) + TimeSpan.FromMinutes(1.0 * SizeGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        if (Move.Without(sites, Site) is { } stop)
            return stop;
        var site = sites[Site];
        var snapshot = run.ResultOf(ProtectStepIds.Snapshot, ProtectionJson.Default.SnapshotsTaken).Volumes.First(taken => taken.Volume == Volume);
        if (Pool is not null)
        {
            var rbd = new MoveDevice.Rbd(site.Movers!.Ceph, Pool, $"volume-{Volume}", RbdSnapshot(snapshot.Snapshot));
            if (!IsEncrypted)
                return Done($"Snapshot {snapshot.Snapshot} is read in place.", run, rbd);
            var key = HostAttachment.KeyOf(await site.Tenant.BlockStorage.GetVolumeAsync(new VolumeId(Volume.Value), cancel));
            return Done($"Snapshot {snapshot.Snapshot} is read in place, in clear.", run, new MoveDevice.Luks(rbd, key));
        }

        var cinder = site.Tenant.BlockStorage;
        if (await MarkedVolumes.FindAsync(cinder, Mark.Of(run), cancel) is not { } copy)
        {
            await cinder.CreateVolumeAsync(Described(run, snapshot), cancel);
            return new StepOutcome.NotYet($"a copy of {VolumeName}'s snapshot", TimeSpan.FromSeconds(1));
        }
        var (device, instead) = await HostAttachment.EnsureAsync(site, copy.Id, VolumeName, cancel);
        return device is null ? instead! : Done($"Snapshot {snapshot.Snapshot} is readable as volume {copy.Id}.", run, device);
    }

    /// <summary>Cinder's RBD driver's own name for a snapshot.</summary>
    public static string RbdSnapshot(string snapshot) => $"snapshot-{snapshot}";

    NewVolume Described(StepRun run, VolumeSnapshot snapshot) => new()
    {
        Name = $"kedge-{Workload}-{VolumeName}",
        Description = $"A snapshot that kedge reads for workload {Workload}. It goes by itself.",
        SizeGib = SizeGib,
        SnapshotId = new SnapshotId(snapshot.Snapshot),
        Metadata = Mark.Of(run).Metadata,
    };

    static StepOutcome.Done Done(string note, StepRun run, MoveDevice device) =>
        ProtectionJson.Done(note, new Exposed(run.StepMark, device), ProtectionJson.Default.Exposed);
}

/// <summary>Where movers find a disk.</summary>
/// <param name="StepMark">The step part of the mark on the temporary volume, where there is one.</param>
/// <param name="Device">Holds no secret: it stands in the journal.</param>
sealed record Exposed(string StepMark, MoveDevice Device);
