using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>Keeps what the standby holds as this point's: a failover from it is a clone away, whatever the standby becomes afterwards.</summary>
public sealed record SnapshotStandby(string Site, string Workload, SourceId Volume, string VolumeName) : RecoveryStep
{
    public override string Title => $"Take a snapshot of the standby of {VolumeName}";

    public override IEnumerable<string> Needs => [ProtectStepIds.Standby(Volume), ProtectStepIds.BroughtForward(Volume)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(2);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var mark = Mark.Of(run);
        var standby = run.ResultOf(ProtectStepIds.Standby(Volume), ProtectionJson.Default.StandbyFound).Volume;
        if (await MarkedVolumes.FindSnapshotAsync(cinder, mark, cancel) is not { } snapshot)
        {
            await cinder.CreateSnapshotAsync(
                new NewSnapshot { VolumeId = new VolumeId(standby), Name = $"kedge-{Workload}-{VolumeName}", Metadata = mark.Metadata.Add(EnsureStandby.VolumeKey, Volume.Value) }, cancel);
            return new StepOutcome.NotYet($"the snapshot of {VolumeName}'s standby", TimeSpan.FromSeconds(1));
        }
        var readBack = run.ResultOf(ProtectStepIds.BroughtForward(Volume), ProtectionJson.Default.StandbyForward).ReadBack;
        return snapshot.Status switch
        {
            SnapshotStatus.Available => ProtectionJson.Done(
                $"Snapshot {snapshot.Id} of standby {standby}.", new StandbySnapshot(standby, snapshot.Id.Value, readBack), ProtectionJson.Default.StandbySnapshot),
            SnapshotStatus.Error or SnapshotStatus.ErrorDeleting => new StepOutcome.Stop(
                $"The snapshot {snapshot.Id} of the standby {standby} of {VolumeName} at {Site} is {snapshot.Status}.", "See the log of cinder-volume there. Delete the snapshot, then resume the run."),
            _ => new StepOutcome.NotYet($"the snapshot of {VolumeName}'s standby", TimeSpan.FromSeconds(1)),
        };
    }
}
