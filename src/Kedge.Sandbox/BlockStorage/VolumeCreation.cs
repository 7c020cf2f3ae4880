using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>POST /volumes: empty, or from a snapshot, a volume, an image or a backup.</summary>
static class VolumeCreation
{
    /// <param name="Content">Taken now; null when a backup fills it later.</param>
    /// <param name="SizeGibibytes">What it needs at least.</param>
    /// <param name="Type">The source's type.</param>
    sealed record Source(SparseBytes? Content, int SizeGibibytes, VolumeType? Type = null)
    {
        public Snapshot? Snapshot { get; init; }
        public Volume? Volume { get; init; }
        public Image? Image { get; init; }
        public Backup? Backup { get; init; }
    }

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("volume");
        var source = SourceOf(call, body);
        var size = body.Number("size") ?? (source is { Image: null, SizeGibibytes: > 0 } ? source.SizeGibibytes : 0);
        if (size < 1)
            throw ApiFault.Bad($"Invalid input received: Volume size '{size}' must be an integer and greater than 0");
        if (size < source.SizeGibibytes)
            throw ApiFault.Bad(
                $"Invalid input received: Volume size '{size}'GB cannot be smaller than the size of its source, {source.SizeGibibytes}GB.");
        var zone = body.Reference("availability_zone") ?? Cinder.Zone;
        if (zone != Cinder.Zone)
            throw ApiFault.Bad($"Invalid input received: Availability zone '{zone}' is invalid.");
        var type = body.Reference("volume_type") is { } asked ? call.Cloud.Cinder.FindType(asked)
            : source.Type ?? call.Cloud.Cinder.DefaultType;
        VolumeQuotas.Reserve(call, call.ProjectId, type, "volumes", size);

        var volume = Make(call, body, source, size, type);
        Begin(call.Cloud.Cinder, volume, source.Backup, source.Content is null ? call.Cloud.Latencies.VolumeCreate
            : call.Cloud.Latencies.VolumeFill);
        return SandboxResponse.Json(202, new JsonObject { ["volume"] = VolumeView.Detail(call, volume) });
    }

    static Source SourceOf(Call call, JsonObject body)
    {
        var cinder = call.Cloud.Cinder;
        if (body.Reference("snapshot_id") is { } snapshotId)
        {
            var snapshot = Snapshots.Get(call, snapshotId);
            if (snapshot.Status != "available")
                throw ApiFault.Bad($"Invalid snapshot: Originating snapshot status must be one of 'available' values");
            return new(snapshot.Content.Copy(), snapshot.SizeGibibytes, snapshot.Type) { Snapshot = snapshot };
        }
        if (body.Reference("source_volid") is { } volumeId)
        {
            var volume = Volumes.Get(call, volumeId);
            if (volume.Status is not ("available" or "in-use"))
                throw ApiFault.Bad("Invalid volume: Originating volume status must be one of 'available', 'in-use' values");
            return new(volume.Content.Copy(), volume.SizeGibibytes, volume.Type) { Volume = volume };
        }
        if (body.Reference("imageRef") is { } imageId)
            return FromImage(call, imageId);
        if (body.Reference("backup_id") is { } backupId)
        {
            if (call.Version < 47)
                throw ApiFault.Bad(
                    "Invalid input for field/attribute volume. Additional properties are not allowed ('backup_id' was unexpected)");
            var backup = Backups.Get(call, backupId);
            if (backup.Status != "available")
                throw ApiFault.Bad("Invalid backup: Originating backup status must be one of 'available' values");
            return new(null, backup.SizeGibibytes) { Backup = backup };
        }
        if (body.Reference("group_id") is { } groupId && cinder.Groups.Find(groupId) is null)
            throw ApiFault.NotFound($"Group {groupId} could not be found.");
        return new(null, 0);
    }

    static Source FromImage(Call call, string imageId)
    {
        var image = call.Cloud.Glance.Images.Find(imageId);
        if (image is null || !Images.MaySee(call, image))
            throw ApiFault.Bad("Invalid image identifier or unable to access requested image.");
        if (image is not { Status: "active", Content: { } content })
            throw ApiFault.Bad($"Invalid input received: Image {imageId} is not active.");
        var needed = (int)((content.LengthBytes + Volume.BytesPerGibibyte - 1) / Volume.BytesPerGibibyte);
        return new(content, Math.Max(needed, image.MinDiskGibibytes)) { Image = image };
    }

    static Volume Make(Call call, JsonObject body, Source source, int size, VolumeType type)
    {
        var cinder = call.Cloud.Cinder;
        var bytes = size * Volume.BytesPerGibibyte;
        var volume = new Volume
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            Type = type,
            Content = source.Content?.Copy(bytes) ?? new SparseBytes(bytes),
            Name = body.Text("name"),
            Description = body.Text("description"),
            SizeGibibytes = size,
            SnapshotId = source.Snapshot?.Id,
            SourceVolumeId = source.Volume?.Id,
            IsBootable = source.Image is not null || source.Snapshot?.IsBootable == true || source.Volume?.IsBootable == true,
            EncryptionKeyId = type.Encryption is null ? null : call.Cloud.Ids.Uuid(),
            GroupId = body.Reference("group_id"),
            Metadata = new(body.Map("metadata"), StringComparer.Ordinal),
        };
        foreach (var (key, value) in source.Snapshot?.ImageMetadata ?? source.Volume?.ImageMetadata ?? OfImage(source.Image))
            volume.ImageMetadata[key] = value;
        cinder.Volumes.Add(volume);
        return volume;
    }

    /// <summary>What Cinder keeps of an image, beside its properties.</summary>
    static SortedDictionary<string, string> OfImage(Image? image)
    {
        if (image is null)
            return [];
        return new(image.Properties, StringComparer.Ordinal)
        {
            ["image_id"] = image.Id,
            ["image_name"] = image.Name ?? "",
            ["container_format"] = image.ContainerFormat ?? "",
            ["disk_format"] = image.DiskFormat ?? "",
            ["min_disk"] = image.MinDiskGibibytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["min_ram"] = image.MinRamMebibytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["checksum"] = image.Md5 ?? "",
            ["size"] = (image.Content?.LengthBytes ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    static void Begin(Cinder cinder, Volume volume, Backup? backup, TimeSpan after)
    {
        var isDoomed = cinder.Cloud.Faults.OnVolumeReady?.Invoke(volume.Name ?? "") ?? false;
        if (backup is not null)
            BackupRestore.Begin(cinder, backup, volume, isDoomed);
        else
            cinder.Cloud.In(after, () => cinder.Change(volume, isDoomed ? "error" : "available"));
    }
}
