using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>Volumes and everything that is made of them.</summary>
sealed class Cinder
{
    public const string Zone = "nova";

    public Cinder(CloudState cloud)
    {
        Cloud = cloud;
        foreach (var name in cloud.Settings.VolumeTypes)
            Types.Add(new VolumeType { Id = cloud.Ids.Uuid(), Name = name });
        DefaultType = Types.First();
        var consistent = new GroupType { Id = cloud.Ids.Uuid(), Name = "consistent" };
        consistent.Specs["consistent_group_snapshot_enabled"] = "<is> True";
        GroupTypes.Add(consistent);
        Quotas = new Quotas(Defaults(cloud.Settings));
    }

    public CloudState Cloud { get; }
    public VolumeType DefaultType { get; }
    public Quotas Quotas { get; }
    public Table<VolumeType> Types { get; } = new(t => t.Id);
    public Table<Volume> Volumes { get; } = new(v => v.Id);
    public Table<Snapshot> Snapshots { get; } = new(s => s.Id);
    public Table<Backup> Backups { get; } = new(b => b.Id);
    public Table<GroupType> GroupTypes { get; } = new(t => t.Id);
    public Table<VolumeGroup> Groups { get; } = new(g => g.Id);
    public Table<GroupSnapshot> GroupSnapshots { get; } = new(g => g.Id);
    public Table<VolumeAttachment> Attachments { get; } = new(a => a.Id);

    public string Host => $"{Cloud.Settings.Name}-volume@lvm#lvm";

    public string BackupHost => $"{Cloud.Settings.Name}-volume";

    public VolumeType FindType(string nameOrId) =>
        Types.Find(nameOrId) ?? Types.FirstOrDefault(t => t.Name == nameOrId)
        ?? throw ApiFault.NotFound($"Volume type with name {nameOrId} could not be found.");

    /// <summary>Keeps a volume for a server that is still being built, or for a host that will read or write it.</summary>
    public VolumeAttachment Reserve(Volume volume, string? serverId)
    {
        var attachment = new VolumeAttachment { Id = Cloud.Ids.Uuid(), Volume = volume, ServerId = serverId, Status = "reserved" };
        volume.Attachments.Add(attachment);
        Attachments.Add(attachment);
        if (volume.Status == "available")
            Change(volume, "reserved");
        return attachment;
    }

    public void Complete(VolumeAttachment attachment, string? device, string? host)
    {
        attachment.Status = "attached";
        attachment.AttachedAt ??= Cloud.Now;
        attachment.Device = device;
        attachment.Host = host;
        Change(attachment.Volume, "in-use");
    }

    public void Detach(VolumeAttachment attachment)
    {
        attachment.Volume.Attachments.Remove(attachment);
        Attachments.Remove(attachment);
        if (attachment.Volume.Attachments.Count == 0 && attachment.Volume.Status is ("in-use" or "detaching" or "attaching" or "reserved"))
            Change(attachment.Volume, "available");
    }

    public void Change(Volume volume, string status)
    {
        volume.Status = status;
        volume.UpdatedAt = Cloud.Now;
    }

    /// <summary>Deletes after the usual while; the caller has checked that it may.</summary>
    public void Delete(Volume volume)
    {
        Change(volume, "deleting");
        Cloud.In(Cloud.Latencies.VolumeAction, () => Volumes.Remove(volume));
    }

    public Snapshot TakeSnapshot(Volume volume, string? name, string? groupSnapshotId = null)
    {
        var snapshot = new Snapshot
        {
            Id = Cloud.Ids.Uuid(),
            ProjectId = volume.ProjectId,
            UserId = volume.UserId,
            VolumeId = volume.Id,
            CreatedAt = Cloud.Now,
            UpdatedAt = Cloud.Now,
            Name = name,
            SizeGibibytes = volume.SizeGibibytes,
            Content = volume.Content.Copy(),
            Type = volume.Type,
            GroupSnapshotId = groupSnapshotId,
            IsBootable = volume.IsBootable,
            ImageMetadata = new(volume.ImageMetadata, StringComparer.Ordinal),
        };
        Snapshots.Add(snapshot);
        Cloud.In(Cloud.Latencies.Snapshot, () => snapshot.Status = snapshot.Status == "creating" ? "available" : snapshot.Status);
        return snapshot;
    }

    public static SparseBytes EmptyDisk(int gibibytes) => new(gibibytes * Volume.BytesPerGibibyte);

    static Dictionary<string, int> Defaults(SandboxSettings settings)
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["volumes"] = settings.Quotas.Volumes,
            ["snapshots"] = settings.Quotas.Snapshots,
            ["gigabytes"] = settings.Quotas.Gigabytes,
            ["backups"] = settings.Quotas.Backups,
            ["backup_gigabytes"] = settings.Quotas.BackupGigabytes,
            ["per_volume_gigabytes"] = -1,
            ["groups"] = 100,
        };
        foreach (var type in settings.VolumeTypes)
            limits[$"volumes_{type}"] = limits[$"gigabytes_{type}"] = limits[$"snapshots_{type}"] = -1;
        return limits;
    }
}
