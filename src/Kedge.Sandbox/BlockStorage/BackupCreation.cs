using System.Globalization;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>POST /backups, full and incremental, from a volume or one of its snapshots.</summary>
static class BackupCreation
{
    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("backup");
        var volume = Volumes.Get(call, body.RequiredText("volume_id"));
        var snapshot = body.Reference("snapshot_id") is { } snapshotId ? Snapshots.Get(call, snapshotId) : null;
        Check(call, volume, snapshot, body.Flag("force") ?? false);
        if (body.Reference("container") is not null && !call.Cloud.Settings.Policies.BackupContainersAllowed)
            throw ApiFault.Bad("Invalid input received: Creating a backup in a container of one's own is not allowed here.");
        VolumeQuotas.ReserveBackup(call, volume.SizeGibibytes);
        var parent = body.Flag("incremental") == true ? Parent(call, volume, snapshot) : null;

        var backup = Make(call, body, volume, snapshot, parent);
        call.Cloud.Cinder.Backups.Add(backup);
        Begin(call.Cloud.Cinder, backup, volume, snapshot, parent);
        return SandboxResponse.Json(202, new JsonObject { ["backup"] = Backups.Brief(call, backup) });
    }

    static void Check(Call call, Volume volume, Snapshot? snapshot, bool isForced)
    {
        if (volume.Type.Encryption is not null && call.Cloud.Settings.CinderMicroversion < 64)
            throw ApiFault.Bad("Invalid volume: Backup of encrypted volumes is not supported.");
        if (snapshot is not null && snapshot.VolumeId != volume.Id)
            throw ApiFault.Bad($"Invalid snapshot: Snapshot {snapshot.Id} is not of volume {volume.Id}.");
        if (snapshot is not null && snapshot.Status != "available")
            throw ApiFault.Bad(
                $"Invalid snapshot: Snapshot to be backed up must be available, but the current status is \"{snapshot.Status}\".");
        if (snapshot is null && volume.Status is not ("available" or "in-use"))
            throw ApiFault.Bad(
                $"Invalid volume: Volume to be backed up must be available or in-use, but the current status is \"{volume.Status}\".");
        if (snapshot is null && volume.Status == "in-use" && !isForced)
            throw ApiFault.Bad("Invalid volume: Backing up an in-use volume must use the force flag.");
    }

    /// <summary>
    /// As Cinder chooses: the one with the newest data, or with the newest that is older than the snapshot. If that one is in error, no
    /// incremental backup is possible any more (LP#1974092): older ones are not tried.
    /// </summary>
    static Backup Parent(Call call, Volume volume, Snapshot? snapshot)
    {
        var newest = call.Cloud.Cinder.Backups
            .Where(b => b.VolumeId == volume.Id && b.ProjectId == call.ProjectId)
            .MaxBy(b => snapshot is null || b.DataTimestamp < snapshot.CreatedAt ? b.DataTimestamp : DateTimeOffset.MinValue)
            ?? throw ApiFault.Bad("Invalid backup: No backups available to do an incremental backup.");
        return newest.Status == "available"
            ? newest
            : throw ApiFault.Bad("Invalid backup: The parent backup must be available for incremental backup.");
    }

    static Backup Make(Call call, JsonObject body, Volume volume, Snapshot? snapshot, Backup? parent)
    {
        var id = call.Cloud.Ids.Uuid();
        return new Backup
        {
            Id = id,
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            Name = body.Text("name"),
            Description = body.Text("description"),
            VolumeId = volume.Id,
            SnapshotId = snapshot?.Id,
            ParentId = parent?.Id,
            SizeGibibytes = volume.SizeGibibytes,
            Container = body.Reference("container") ?? $"{id[..2]}/{id[2..4]}/{id}",
            Driver = call.Cloud.Settings.BackupDriver,
            EncryptionKeyId = volume.EncryptionKeyId,
            DataTimestamp = snapshot?.CreatedAt ?? call.Now,
            ServiceMetadata = $"volume_{volume.Id}_{call.Now.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}_backup_{id}",
            Metadata = new(body.Map("metadata"), StringComparer.Ordinal),
            Content = (snapshot?.Content ?? volume.Content).Copy(),
        };
    }

    static void Begin(Cinder cinder, Backup backup, Volume volume, Snapshot? snapshot, Backup? parent)
    {
        var failure = cinder.Cloud.Faults.OnBackupReady?.Invoke(backup.Name ?? "");
        var before = volume.Status;
        if (snapshot is null)
            cinder.Change(volume, "backing-up");
        else
            snapshot.Status = "backing-up";
        cinder.Cloud.In(cinder.Cloud.Latencies.Backup, () =>
        {
            if (snapshot is null)
                cinder.Change(volume, volume.Attachments.Count > 0 ? "in-use" : before == "in-use" ? "available" : before);
            else if (snapshot.Status == "backing-up")
                snapshot.Status = "available";
            Finish(cinder, backup, volume, parent, failure);
        });
    }

    static void Finish(Cinder cinder, Backup backup, Volume volume, Backup? parent, string? failure)
    {
        var before = parent is null ? null : parent.Content ?? BackupChain.Read(cinder, parent, backup.SizeGibibytes);
        if (parent is not null && before is null)
            failure ??= $"Backup {parent.Id} of the chain could not be read.";
        backup.UpdatedAt = cinder.Cloud.Now;
        backup.FailReason = failure;
        backup.Status = failure is null ? "available" : "error";
        if (failure is not null)
            return;
        var chunks = BackupChain.Difference(before ?? new SparseBytes(backup.Content!.LengthBytes), backup.Content!);
        var encryptedType = volume.Type.Encryption is null ? null : volume.Type.Id;
        cinder.Cloud.Backups.Put(new(backup.Id, backup.ParentId, backup.Content!.LengthBytes, encryptedType, chunks)
        {
            Name = volume.Name ?? "",
            Description = volume.Description ?? "",
            Metadata = new Dictionary<string, string>(volume.Metadata),
            ImageMetadata = new Dictionary<string, string>(volume.ImageMetadata),
        });
        backup.ObjectCount = Math.Max(1, chunks.Count);
    }
}
