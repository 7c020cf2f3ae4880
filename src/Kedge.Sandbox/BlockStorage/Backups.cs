using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/backups: list, show, update, delete, and the admin's actions.</summary>
static class Backups
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        var seen = call.Cloud.Cinder.Backups.NewestFirst()
            .Where(b => call.Lists(b.ProjectId) && VolumeView.Fits(call, () => View(call, b)));
        return VolumeView.List(call, "backups", call.Path.TrimStart('/'), seen, b => b.Id, b => isDetailed ? View(call, b)
            : Brief(call, b));
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["backup"] = View(call, Get(call, call["id"])) });

    public static SandboxResponse Update(Call call)
    {
        var backup = Get(call, call["id"]);
        if (call.Version < 9)
            throw ApiFault.NotFound("The resource could not be found.");
        var body = call.Body("backup");
        if (body.ContainsKey("name"))
            backup.Name = body.Text("name");
        if (body.ContainsKey("description"))
            backup.Description = body.Text("description");
        if (body.ContainsKey("metadata") && call.Version >= 43)
            backup.Metadata = new(body.Map("metadata"), StringComparer.Ordinal);
        backup.UpdatedAt = call.Now;
        return SandboxResponse.Json(200, new JsonObject { ["backup"] = Brief(call, backup) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var backup = Get(call, call["id"]);
        if (backup.Status is not ("available" or "error"))
            throw ApiFault.Bad("Invalid backup: Backup status must be available or error");
        if (HasDependents(call.Cloud.Cinder, backup))
            throw ApiFault.Bad("Invalid backup: Incremental backups exist for this backup.");
        Delete(call.Cloud.Cinder, backup);
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse Act(Call call)
    {
        var backup = Get(call, call["id"]);
        var body = call.Body();
        if (body.ContainsKey("os-force_delete"))
            Delete(call.Cloud.Cinder, backup);
        else if (body.Object("os-reset_status")?.Text("status") is { } status)
            backup.Status = status;
        else
            throw ApiFault.Bad($"There is no such action: {body.FirstOrDefault().Key}");
        return SandboxResponse.Empty(202);
    }

    public static Backup Get(Call call, string id) => call.Cloud.Cinder.Backups.Find(id) is { } backup && call.Owns(backup.ProjectId)
        ? backup
        : throw ApiFault.NotFound($"Backup {id} could not be found.");

    public static JsonObject Brief(Call call, Backup backup) => new()
    {
        ["id"] = backup.Id,
        ["name"] = backup.Name,
        ["links"] = VolumeView.Links(call, "backups", backup.Id),
    };

    public static JsonObject View(Call call, Backup backup)
    {
        var view = Brief(call, backup);
        view["description"] = backup.Description;
        view["status"] = backup.Status;
        view["fail_reason"] = backup.FailReason;
        view["size"] = backup.SizeGibibytes;
        view["object_count"] = backup.ObjectCount;
        view["availability_zone"] = Cinder.Zone;
        view["container"] = backup.Container;
        view["created_at"] = Stamp.Bare(backup.CreatedAt);
        view["updated_at"] = Stamp.Bare(backup.UpdatedAt);
        view["data_timestamp"] = Stamp.Bare(backup.DataTimestamp);
        view["volume_id"] = backup.VolumeId;
        view["snapshot_id"] = backup.SnapshotId;
        view["is_incremental"] = backup.ParentId is not null;
        view["has_dependent_backups"] = HasDependents(call.Cloud.Cinder, backup);
        if (call.Version >= 18 && call.IsAdmin)
            view["os-backup-project-attr:project_id"] = backup.ProjectId;
        if (call.Version >= 43)
            view["metadata"] = backup.Metadata.ToJson();
        if (call.Version >= 56)
            view["user_id"] = backup.UserId;
        if (call.Version >= 64)
            view["encryption_key_id"] = backup.EncryptionKeyId;
        return view;
    }

    static bool HasDependents(Cinder cinder, Backup backup) => cinder.Backups.Any(b => b.ParentId == backup.Id);

    static void Delete(Cinder cinder, Backup backup)
    {
        backup.Status = "deleting";
        cinder.Cloud.In(cinder.Cloud.Latencies.VolumeAction, () =>
        {
            cinder.Backups.Remove(backup);
            cinder.Cloud.Backups.Remove(backup.Id);
        });
    }
}
