using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>export_record and import_record: a backup's row in the database as base64 of JSON.</summary>
static class BackupRecords
{
    static readonly string[] required = ["display_name", "display_description", "container", "size", "service_metadata", "object_count",
        "id"];

    public static SandboxResponse Export(Call call)
    {
        var backup = Backups.Get(call, call["id"]);
        if (backup.Status != "available")
            throw ApiFault.Bad($"Invalid backup: Backup status must be available and not {backup.Status}.");
        return SandboxResponse.Json(200, new JsonObject
        {
            ["backup-record"] = new JsonObject { ["backup_service"] = backup.Driver, ["backup_url"] = Encode(call, backup) },
        });
    }

    public static SandboxResponse Import(Call call)
    {
        var record = call.Body("backup-record");
        var service = record.RequiredText("backup_service");
        var row = Decode(record.RequiredText("backup_url"));
        var size = row.Number("size") ?? 0;
        VolumeQuotas.ReserveBackup(call, size);
        var id = row.RequiredText("id");
        if (call.Cloud.Cinder.Backups.Find(id) is { } existing)
            throw AlreadyExists(call, existing);

        var backup = new Backup
        {
            Id = id,
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            CreatedAt = row.Reference("created_at") is { } made ? Stamp.Parse(made) : call.Now,
            UpdatedAt = call.Now,
        };
        call.Cloud.Cinder.Backups.Add(backup);
        call.Cloud.In(call.Cloud.Latencies.Backup, () => Finish(call.Cloud.Cinder, backup, row, service));
        return SandboxResponse.Json(201, new JsonObject { ["backup"] = Backups.Brief(call, backup) });
    }

    /// <summary>The refusal; a cloud with LP#1965847 has then already destroyed what it refuses to overwrite.</summary>
    static ApiFault AlreadyExists(Call call, Backup existing)
    {
        if (call.Cloud.Settings.Policies.LegacyDestructiveImport)
            call.Cloud.Cinder.Backups.Remove(existing);
        return ApiFault.Bad("Invalid backup: Backup already exists in database.");
    }

    /// <summary>Whether the bytes are there nobody looks; that shows when they are wanted.</summary>
    static void Finish(Cinder cinder, Backup backup, JsonObject row, string service)
    {
        backup.Name = row.Text("display_name");
        backup.Description = row.Text("display_description");
        backup.SizeGibibytes = row.Number("size") ?? 0;
        backup.ObjectCount = row.Number("object_count") ?? 0;
        backup.Container = row.Text("container");
        backup.ServiceMetadata = row.Text("service_metadata");
        backup.VolumeId = row.Reference("volume_id") ?? Backup.NoVolumeId;
        backup.ParentId = row.Reference("parent_id");
        backup.SnapshotId = row.Reference("snapshot_id");
        backup.EncryptionKeyId = row.Reference("encryption_key_id");
        backup.DataTimestamp = row.Reference("data_timestamp") is { } at ? Stamp.Parse(at) : cinder.Cloud.Now;
        backup.Metadata = new(row.Map("metadata"), StringComparer.Ordinal);
        backup.Driver = service;
        backup.UpdatedAt = cinder.Cloud.Now;
        var missing = required.Where(key => !row.ContainsKey(key)).ToList();
        backup.FailReason = service != cinder.Cloud.Settings.BackupDriver
            ? $"Import record failed, cannot find backup service to perform the import. Request service {service}."
            : missing.Count > 0
                ? $"Driver successfully decoded imported backup data, but there are missing fields ({string.Join(", ", missing)})."
                : null;
        backup.Status = backup.FailReason is null ? "available" : "error";
    }

    static string Encode(Call call, Backup backup)
    {
        var row = new JsonObject
        {
            ["driver_info"] = new JsonObject(),
            ["id"] = backup.Id,
            ["user_id"] = backup.UserId,
            ["project_id"] = backup.ProjectId,
            ["volume_id"] = backup.VolumeId,
            ["host"] = call.Cloud.Cinder.BackupHost,
            ["availability_zone"] = Cinder.Zone,
            ["container"] = backup.Container,
            ["parent_id"] = backup.ParentId,
            ["status"] = backup.Status,
            ["fail_reason"] = backup.FailReason,
            ["size"] = backup.SizeGibibytes,
            ["display_name"] = backup.Name,
            ["display_description"] = backup.Description,
            ["service_metadata"] = backup.ServiceMetadata,
            ["service"] = backup.Driver,
            ["object_count"] = backup.ObjectCount,
            ["temp_volume_id"] = null,
            ["temp_snapshot_id"] = null,
            ["num_dependent_backups"] = call.Cloud.Cinder.Backups.Count(b => b.ParentId == backup.Id),
            ["snapshot_id"] = backup.SnapshotId,
            ["data_timestamp"] = Stamp.Seconds(backup.DataTimestamp),
            ["restore_volume_id"] = null,
            ["encryption_key_id"] = backup.EncryptionKeyId,
            ["metadata"] = backup.Metadata.ToJson(),
            ["created_at"] = Stamp.Seconds(backup.CreatedAt),
            ["updated_at"] = Stamp.Seconds(backup.UpdatedAt),
            ["deleted_at"] = null,
            ["deleted"] = false,
        };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(row.ToJsonString()));
    }

    static JsonObject Decode(string url)
    {
        try
        {
            return JsonNode.Parse(Convert.FromBase64String(url)) as JsonObject ?? throw new FormatException("It is not an object.");
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException)
        {
            throw ApiFault.Bad("Invalid input received: Can't parse backup record.");
        }
    }
}
