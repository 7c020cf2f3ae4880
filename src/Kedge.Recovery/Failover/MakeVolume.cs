using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// The volume that a restored one becomes: a clone of the standby as it was at the point, where its snapshot is there; else an empty one, to be
/// filled. Its mark stands in metadata that is not the captured one's, until it is finished.
/// </summary>
/// <param name="VolumeType">Null: the cloud's default.</param>
/// <param name="AvailabilityZone">Null: the cloud's default.</param>
public sealed record MakeVolume(string Site, VolumeBlueprint Volume, VolumeCopy Copy, string? VolumeType, string? AvailabilityZone) : RecoveryStep
{
    string Named => AsCaptured.Named(Volume);

    public override string Title => Copy.Blocks?.Standby is null ? $"Make volume {Named}, {Volume.SizeGib} GiB" : $"Clone the standby of volume {Named}, {Volume.SizeGib} GiB";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    /// <summary>Some back ends copy the bytes to make a volume of a snapshot.</summary>
    public override TimeSpan Deadline => TimeSpan.FromMinutes(30) + TimeSpan.FromMinutes(1.0 * Volume.SizeGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var mark = Mark.Of(run);
        if (await MarkedVolumes.FindAsync(cinder, mark, cancel) is not { } volume)
        {
            await cinder.CreateVolumeAsync(Described(mark, await FindStandbyAsync(cinder, cancel)), cancel);
            return new StepOutcome.NotYet($"volume {Named}", TimeSpan.FromSeconds(1));
        }
        return volume.Status switch
        {
            _ when Volume.IsEncrypted && !volume.IsEncrypted && volume.Status is VolumeStatus.Available => new StepOutcome.Stop(
                $"Volume {Named} was encrypted at the source, and {volume.Id} at {Site} is not: its type {VolumeType ?? "(the default)"} does not encrypt. Nothing was written to it.",
                "Choose an encrypted type in the mapping, abandon this run, clean up after it and fail over again."),
            VolumeStatus.Available or VolumeStatus.InUse or VolumeStatus.Attaching or VolumeStatus.Reserved => Done(volume, run.StepMark),
            VolumeStatus.Error or VolumeStatus.ErrorDeleting => new StepOutcome.Stop(
                $"Volume {Named} ({volume.Id}) ended as {volume.Status} at {Site}.", $"See the log of cinder-volume there. Delete the volume {volume.Id}, then resume the run: another is made."),
            _ => new StepOutcome.NotYet($"volume {Named} ({volume.Id}), which is {volume.Status}", TimeSpan.FromSeconds(1)),
        };
    }

    /// <summary>Null where none waits, or it is gone: then the repository has all that is needed.</summary>
    async Task<SnapshotId?> FindStandbyAsync(BlockStorageClient cinder, CancellationToken cancel) =>
        Copy.Blocks?.Standby is { } standby && await cinder.FindSnapshotAsync(new SnapshotId(standby.Snapshot), cancel) is { Status: SnapshotStatus.Available } snapshot
            ? snapshot.Id
            : null;

    NewVolume Described(Mark mark, SnapshotId? standby) => new()
    {
        Name = Named,
        SizeGib = Volume.SizeGib,
        VolumeType = standby is null ? VolumeType : null,
        AvailabilityZone = AvailabilityZone,
        SnapshotId = standby,
        Metadata = mark.Metadata,
    };

    static StepOutcome.Done Done(Volume volume, string stepMark)
    {
        var made = new VolumeMade(volume.Id.Value, volume.SnapshotId is not null, stepMark);
        return new(made.IsWarm ? $"Volume {volume.Id}, a clone of the standby." : $"Volume {volume.Id}, empty.", JsonSerializer.SerializeToElement(made, FillingJson.Default.VolumeMade));
    }
}

/// <param name="Id">At the target; named as in <see cref="Made"/>, so that what is made twice is found.</param>
/// <param name="IsWarm">It is a clone of the standby; false: it is empty.</param>
/// <param name="StepMark">The step part of its mark.</param>
sealed record VolumeMade(string Id, bool IsWarm, string StepMark);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VolumeMade))]
[JsonSerializable(typeof(VolumeFilled))]
sealed partial class FillingJson : JsonSerializerContext;
