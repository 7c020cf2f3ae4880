using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>Cinder's limits, per project and per type, and their use.</summary>
static class VolumeQuotas
{
    /// <summary>Refuses (413) what would go over a limit.</summary>
    /// <param name="call">For its cloud.</param>
    /// <param name="projectId">Whose limits.</param>
    /// <param name="type">Has limits of its own.</param>
    /// <param name="counted">volumes or snapshots; null when only the size grows.</param>
    /// <param name="gibibytes">How much more.</param>
    public static void Reserve(Call call, string projectId, VolumeType type, string? counted, int gibibytes)
    {
        foreach (var suffix in (string[])["", "_" + type.Name])
        {
            if (counted is not null)
                Check(call, projectId, counted + suffix, 1);
            Check(call, projectId, "gigabytes" + suffix, gibibytes);
        }
    }

    public static void ReserveBackup(Call call, int gibibytes)
    {
        Check(call, call.ProjectId, "backups", 1);
        Check(call, call.ProjectId, "backup_gigabytes", gibibytes);
    }

    public static SandboxResponse Show(Call call)
    {
        var project = call["project"];
        if (!call.Owns(project))
            throw ApiFault.Forbidden("volume_extension:quotas:show");
        var set = new JsonObject { ["id"] = project };
        foreach (var name in call.Cloud.Cinder.Quotas.Names)
        {
            var limit = call.Cloud.Cinder.Quotas.Limit(project, name);
            set[name] = call.Query.Flag("usage")
                ? new JsonObject { ["limit"] = limit, ["in_use"] = Used(call.Cloud.Cinder, project, name), ["reserved"] = 0,
                    ["allocated"] = 0 }
                : limit;
        }
        return SandboxResponse.Json(200, new JsonObject { ["quota_set"] = set });
    }

    public static SandboxResponse Update(Call call)
    {
        foreach (var (name, _) in call.Body("quota_set"))
            if (call.Body("quota_set").Number(name) is { } limit)
                call.Cloud.Cinder.Quotas.Set(call["project"], name, limit);
        return Show(call);
    }

    public static SandboxResponse Reset(Call call)
    {
        call.Cloud.Cinder.Quotas.Reset(call["project"]);
        return SandboxResponse.Empty(200);
    }

    public static SandboxResponse Limits(Call call)
    {
        var cinder = call.Cloud.Cinder;
        int Limit(string name) => cinder.Quotas.Limit(call.ProjectId, name);
        int Use(string name) => Used(cinder, call.ProjectId, name);
        var absolute = new JsonObject
        {
            ["maxTotalVolumes"] = Limit("volumes"),
            ["maxTotalSnapshots"] = Limit("snapshots"),
            ["maxTotalVolumeGigabytes"] = Limit("gigabytes"),
            ["maxTotalBackups"] = Limit("backups"),
            ["maxTotalBackupGigabytes"] = Limit("backup_gigabytes"),
            ["totalVolumesUsed"] = Use("volumes"),
            ["totalSnapshotsUsed"] = Use("snapshots"),
            ["totalGigabytesUsed"] = Use("gigabytes"),
            ["totalBackupsUsed"] = Use("backups"),
            ["totalBackupGigabytesUsed"] = Use("backup_gigabytes"),
        };
        return SandboxResponse.Json(200,
            new JsonObject { ["limits"] = new JsonObject { ["rate"] = new JsonArray(), ["absolute"] = absolute } });
    }

    static void Check(Call call, string projectId, string name, int more)
    {
        var quotas = call.Cloud.Cinder.Quotas;
        var limit = quotas.Limit(projectId, name);
        if (limit < 0)
            return;
        var used = Used(call.Cloud.Cinder, projectId, name);
        if (quotas.Allows(projectId, name, used, more))
            return;
        var message = name switch
        {
            _ when name.StartsWith("volumes", StringComparison.Ordinal) =>
                $"VolumeLimitExceeded: Maximum number of volumes allowed ({limit}) exceeded for quota '{name}'.",
            _ when name.StartsWith("snapshots", StringComparison.Ordinal) =>
                $"SnapshotLimitExceeded: Maximum number of snapshots allowed ({limit}) exceeded",
            "backups" => $"BackupLimitExceeded: Maximum number of backups allowed ({limit}) exceeded",
            "backup_gigabytes" => $"VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. "
                + $"Requested {more}G, quota is {limit}G and {used}G has been consumed.",
            _ => $"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed {name} quota. "
                + $"Requested {more}G, quota is {limit}G and {used}G has been consumed.",
        };
        throw new ApiFault(413, message) { RetryAfter = TimeSpan.Zero };
    }

    static int Used(Cinder cinder, string projectId, string name)
    {
        var parts = name.Split('_', 2);
        bool OfType(VolumeType type) => parts.Length == 1 || type.Name == parts[1];
        return (name, parts[0]) switch
        {
            ("backup_gigabytes", _) => cinder.Backups.Where(b => b.ProjectId == projectId).Sum(b => b.SizeGibibytes),
            ("per_volume_gigabytes", _) => 0,
            (_, "volumes") => cinder.Volumes.Count(v => v.ProjectId == projectId && OfType(v.Type)),
            (_, "snapshots") => cinder.Snapshots.Count(s => s.ProjectId == projectId && OfType(s.Type)),
            (_, "gigabytes") => cinder.Volumes.Where(v => v.ProjectId == projectId && OfType(v.Type)).Sum(v => v.SizeGibibytes)
                + cinder.Snapshots.Where(s => s.ProjectId == projectId && OfType(s.Type)).Sum(s => s.SizeGibibytes),
            (_, "backups") => cinder.Backups.Count(b => b.ProjectId == projectId),
            _ => 0,
        };
    }
}
