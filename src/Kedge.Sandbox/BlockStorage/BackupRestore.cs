using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>POST /backups/{id}/restore, and filling a new volume from a backup.</summary>
static class BackupRestore
{
    public static SandboxResponse Restore(Call call)
    {
        var backup = Backups.Get(call, call["id"]);
        var body = call.Body("restore");
        if (backup.Status != "available")
            throw ApiFault.Bad("Invalid backup: Backup status must be available");
        var volume = body.Reference("volume_id") is { } id ? Existing(call, id, backup) : NewVolume(call, backup, body.Text("name"));
        call.Cloud.Cinder.Change(volume, "restoring-backup");
        Begin(call.Cloud.Cinder, backup, volume, false);
        return SandboxResponse.Json(202, new JsonObject
        {
            ["restore"] = new JsonObject { ["backup_id"] = backup.Id, ["volume_id"] = volume.Id, ["volume_name"] = volume.Name },
        });
    }

    /// <summary>
    /// Fills a volume after the usual while. What is missing in the chain shows only then, and as <c>error_restoring</c> even for a volume that
    /// is just being created: Cinder compares the wrong status there.
    /// </summary>
    public static void Begin(Cinder cinder, Backup backup, Volume volume, bool isDoomed)
    {
        backup.Status = "restoring";
        cinder.Cloud.In(cinder.Cloud.Latencies.VolumeFill, () =>
        {
            backup.Status = "available";
            var content = FitsEncryption(cinder, backup, volume) ? BackupChain.Read(cinder, backup, volume.SizeGibibytes) : null;
            if (content is null || isDoomed)
            {
                cinder.Change(volume, isDoomed ? "error" : "error_restoring");
                return;
            }
            volume.Content = content;
            RestoreFields(cinder.Cloud.Backups.Find(backup.Id)!, volume);
            if (backup.VolumeId != volume.Id)
                volume.Metadata["src_backup_id"] = backup.Id;
            cinder.Change(volume, "available");
        });
    }

    static Volume Existing(Call call, string id, Backup backup)
    {
        var volume = Volumes.Get(call, id);
        if (volume.Status != "available")
            throw ApiFault.Bad("Invalid volume: Volume to be restored to must be available");
        if (volume.SizeGibibytes < backup.SizeGibibytes)
            throw ApiFault.Bad(
                $"Invalid volume: volume size {volume.SizeGibibytes} is too small to restore backup of size {backup.SizeGibibytes}.");
        return volume;
    }

    static Volume NewVolume(Call call, Backup backup, string? name)
    {
        var cinder = call.Cloud.Cinder;
        VolumeQuotas.Reserve(call, call.ProjectId, cinder.DefaultType, "volumes", backup.SizeGibibytes);
        var volume = new Volume
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            Type = cinder.DefaultType,
            Content = Cinder.EmptyDisk(backup.SizeGibibytes),
            SizeGibibytes = backup.SizeGibibytes,
            Name = name ?? $"restore_backup_{backup.Id}",
        };
        cinder.Volumes.Add(volume);
        return volume;
    }

    /// <summary>
    /// What the backup says of its volume takes the place of what the new one was given: a mark in its metadata is gone afterwards.
    /// </summary>
    static void RestoreFields(BackupObject stored, Volume volume)
    {
        if (stored.Name.Length > 0 && (volume.Name ?? "").StartsWith("restore_backup_", StringComparison.Ordinal))
            (volume.Name, volume.Description) = (stored.Name, stored.Description);
        if (stored.Metadata.Count > 0)
            volume.Metadata = new(stored.Metadata.ToDictionary(), StringComparer.Ordinal);
        if (stored.ImageMetadata.Count == 0)
            return;
        volume.ImageMetadata.Clear();
        foreach (var (key, value) in stored.ImageMetadata)
            volume.ImageMetadata[key] = value;
        volume.IsBootable = true;
    }

    /// <summary>An encrypted backup demands a volume of the very type that it came from; there is no such type in another cloud.</summary>
    static bool FitsEncryption(Cinder cinder, Backup backup, Volume volume) =>
        cinder.Cloud.Backups.Find(backup.Id)?.EncryptedTypeId is not { } typeId || typeId == volume.Type.Id;
}
