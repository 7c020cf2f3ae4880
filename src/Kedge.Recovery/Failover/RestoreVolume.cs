using System.Globalization;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A volume from the last backup of its chain (3.47), with the mapped type. The restore writes the metadata that the volume had at the source
/// over what it was created with, and so would lose the mark: it stands in the description, too, until all else is set.
/// </summary>
/// <param name="Volume">As captured.</param>
/// <param name="Copy">Its data in the point.</param>
/// <param name="VolumeType">Null: the cloud's default.</param>
/// <param name="AvailabilityZone">Null: the cloud's default.</param>
public sealed record RestoreVolume(string Site, VolumeBlueprint Volume, VolumeCopy Copy, string? VolumeType, string? AvailabilityZone) : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    string Named => string.IsNullOrEmpty(Volume.Name) ? Volume.Id.Value : Volume.Name;

    public override string Title => string.Create(CultureInfo.InvariantCulture, $"Restore volume {Named}, {Volume.SizeGib} GiB");

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(10 + (5 * Volume.SizeGib));

    /// <summary>
    /// A restore that is slower than 2 MiB a second is not worth waiting for unasked. The hours are for Cinder's own queue, in which a small
    /// volume may stand behind all the large ones of the same failover.
    /// </summary>
    public override TimeSpan Deadline => TimeSpan.FromHours(4) + TimeSpan.FromMinutes(9 * Volume.SizeGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var mark = Mark.Of(run);
        if (await FindAsync(cinder, mark, cancel) is not { } volume)
        {
            await cinder.CreateVolumeAsync(Described(mark), cancel);
            return new StepOutcome.NotYet($"volume {Named} to be restored", Look);
        }
        return volume.Status switch
        {
            VolumeStatus.Available => await FinishAsync(cinder, volume, mark, cancel),
            VolumeStatus.InUse or VolumeStatus.Reserved or VolumeStatus.Attaching => new Made(volume.Id.Value).Done($"volume {Named} is {volume.Id}, in use already"),
            VolumeStatus.Error or VolumeStatus.ErrorRestoring or VolumeStatus.ErrorDeleting => new StepOutcome.Stop(
                $"Volume {Named} ({volume.Id}) ended as {volume.Status} at {Site} while backup {Copy.Chain[^1].BackupId} was restored into it.",
                $"See the logs of cinder-volume and cinder-backup there. Delete the volume {volume.Id}, then resume the run: it is restored anew."),
            _ => new StepOutcome.NotYet($"volume {Named} ({volume.Id}), which is {volume.Status}", Look),
        };
    }

    static async Task<Volume?> FindAsync(BlockStorageClient cinder, Mark mark, CancellationToken cancel)
    {
        Volume? oldest = null;
        await foreach (var volume in cinder.ListVolumesAsync(BlockStorageFilter.None, cancel))
        {
            var isMarked = mark.IsOn(volume.Metadata) || volume.Description == mark.Tag;
            if (isMarked && volume.Status is not VolumeStatus.Deleting && (oldest is null || (volume.CreatedAt, volume.Id.Value).CompareTo((oldest.CreatedAt, oldest.Id.Value)) < 0))
                oldest = volume;
        }
        return oldest;
    }

    NewVolume Described(Mark mark) => new()
    {
        // Never empty: the restore would then give it name and description of the source, and the mark would be gone.
        Name = string.IsNullOrEmpty(Volume.Name) ? mark.Tag : Volume.Name,
        Description = mark.Tag,
        SizeGib = Volume.SizeGib,
        VolumeType = VolumeType,
        AvailabilityZone = AvailabilityZone,
        Metadata = Volume.Metadata.AddRange(mark.Metadata),
        BackupId = new BackupId(Copy.Chain[^1].BackupId),
    };

    async Task<StepOutcome> FinishAsync(BlockStorageClient cinder, Volume volume, Mark mark, CancellationToken cancel)
    {
        await AsCaptured.SetAsync(cinder, volume, Volume, mark, cancel);
        return new Made(volume.Id.Value) { NotAsCaptured = AsCaptured.Differences(Volume) }.Done($"volume {Named} is {volume.Id}, with the data of {Copy.DataAt:u}");
    }
}
