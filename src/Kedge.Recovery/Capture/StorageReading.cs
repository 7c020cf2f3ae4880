using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Capture;

/// <summary>Finds the workload's volumes in Cinder's list of the project, and holds Nova's view of who has them against Cinder's.</summary>
static class StorageReading
{
    public static async Task<IReadOnlyList<Volume>> ReadAsync(
        IReadOnlyList<ReadServer> servers, bool isWholeProject, Cloud cloud, Unreadables unreadable, CancellationToken cancel)
    {
        var ids = servers.Select(server => server.Server.Id).ToHashSet();
        var volumes = new Dictionary<VolumeId, Volume>();
        await foreach (var volume in cloud.BlockStorage.ListVolumesAsync(BlockStorageFilter.None, cancel))
        {
            if (!isWholeProject && !volume.Attachments.Any(use => use.ServerId is { } server && ids.Contains(server)))
                continue;
            if (!volumes.TryAdd(volume.Id, volume))
                throw new CaptureException($"The list of volumes changed while it was read: volume {volume.Id} came twice. Capture again.", mayPass: true);
        }
        DemandAgreement(servers, ids, volumes);
        foreach (var volume in volumes.Values)
            DemandUsable(volume, unreadable);
        return [.. volumes.Values];
    }

    /// <summary>A volume that one of the two services does not know of would be missing from the restored server, or hang on the wrong one.</summary>
    static void DemandAgreement(IReadOnlyList<ReadServer> servers, HashSet<OpenStack.Compute.ServerId> ids, Dictionary<VolumeId, Volume> volumes)
    {
        var toNova = servers.SelectMany(server => server.Disks.Select(disk => (Server: server.Server.Id, Volume: disk.VolumeId))).ToHashSet();
        var toCinder = volumes.Values
            .SelectMany(volume => volume.Attachments.Where(use => use.ServerId is { } server && ids.Contains(server)).Select(use => (Server: use.ServerId!.Value, Volume: volume.Id)))
            .ToHashSet();
        var nova = toNova.Except(toCinder).Select(use => $"volume {use.Volume} of server {use.Server} is not so to Cinder");
        var cinder = toCinder.Except(toNova).Select(use => $"volume {use.Volume} of server {use.Server} is not so to Nova");
        var differences = nova.Concat(cinder).Order(StringComparer.Ordinal).ToList();
        if (differences.Count > 0)
        {
            throw new CaptureException(
                $"Nova and Cinder do not agree on attachments: {string.Join(", ", differences)}. A volume is being attached or detached, or belongs to another project: capture again when that has ended.",
                mayPass: true);
        }
    }

    static void DemandUsable(Volume volume, Unreadables unreadable)
    {
        if (volume.Status is VolumeStatus.Error or VolumeStatus.ErrorDeleting or VolumeStatus.ErrorManaging or VolumeStatus.ErrorRestoring)
        {
            throw new CaptureException(
                $"Volume {volume.Name} ({volume.Id}) is in state {volume.Status}: what it holds is not known. Repair or detach it, or take its server out of the workload.");
        }
        if (volume.Status is VolumeStatus.Creating or VolumeStatus.Deleting or VolumeStatus.Downloading or VolumeStatus.RestoringBackup or VolumeStatus.Managing)
            throw new CaptureException($"Volume {volume.Name} ({volume.Id}) is in state {volume.Status}: capture again when that has ended.", mayPass: true);
        foreach (var field in volume.Unreadable)
            unreadable.Add("volume", volume.Id.Value, FieldNames.OfVolume(field.Field), field.Reason);
        unreadable.NotCarried("volume", volume.Id.Value, "encryptionKeyId", volume.EncryptionKeyId is not null, "the key lies in that cloud's key manager; the target makes its own");
    }

    public static VolumeBlueprint BlueprintOf(Volume volume)
    {
        var (imageMetadata, _) = PortableProperties.Split(volume.ImageMetadata);
        return new VolumeBlueprint
        {
            Id = new SourceId(volume.Id.Value),
            Name = OwnMarks.DescriptionWithout(volume.Name),
            Description = OwnMarks.DescriptionWithout(volume.Description),
            SizeGib = volume.SizeGib,
            VolumeType = volume.VolumeType,
            VolumeTypeId = volume.VolumeTypeId is { } type ? new SourceId(type.Value) : null,
            AvailabilityZone = volume.AvailabilityZone,
            IsBootable = volume.IsBootable,
            IsEncrypted = volume.IsEncrypted,
            IsMultiattach = volume.IsMultiattach,
            IsReadOnly = volume.IsReadOnly,
            Group = volume.GroupId is { } group ? new SourceId(group.Value) : null,
            Metadata = OwnMarks.MetadataWithout(volume.Metadata, "readonly", "attached_mode"),
            ImageMetadata = imageMetadata,
        };
    }

    public static ImmutableArray<VolumeBlueprint> BlueprintsOf(IEnumerable<Volume> volumes) => [.. volumes.Select(BlueprintOf).OrderBy(volume => volume.Id)];
}
