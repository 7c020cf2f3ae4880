using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>Takes away the temporary volume that a snapshot was read through, found by its mark: also one of which an answer was lost.</summary>
public sealed record RemoveExposed(string Site, SourceId Volume, string VolumeName) : RecoveryStep
{
    public override string Title => $"Remove the copy of {VolumeName}'s snapshot";

    public override IEnumerable<string> Needs => [ProtectStepIds.Exposed(Volume)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var mark = new Mark(run.Run.Value, run.ResultOf(ProtectStepIds.Exposed(Volume), ProtectionJson.Default.Exposed).StepMark);
        var left = 0;
        await foreach (var copy in cinder.ListVolumesAsync(new BlockStorageFilter { Metadata = mark.Metadata }, cancel))
        {
            left++;
            if (copy.Status is VolumeStatus.ErrorDeleting)
                return new StepOutcome.Stop($"The temporary volume {copy.Id} at {Site} could not be deleted by the cloud.", "Let an admin look into it, delete it, and resume the run.");
            if (copy.Status is not VolumeStatus.Deleting && await HostAttachment.ReleaseAsync(cinder, copy.Id, cancel))
                await cinder.DeleteVolumeAsync(copy.Id, cancel);
        }
        return left == 0 ? new StepOutcome.Done("Nothing of it is left.") : new StepOutcome.NotYet("the temporary volume to be gone", TimeSpan.FromSeconds(1));
    }
}
