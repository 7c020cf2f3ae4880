using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>Cinder v3. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/block-storage/v3/</c></summary>
public sealed class BlockStorageClient
{
    readonly Endpoint cinder;

    internal BlockStorageClient(Endpoint cinder) => this.cinder = cinder;

    /// <summary>The microversions that this Cinder speaks.</summary>
    /// <param name="cancel">Gives up.</param>
    public Task<SupportedVersions?> GetVersionsAsync(CancellationToken cancel) => cinder.VersionsAsync(cancel);

    /// <summary>A volume. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Volume> GetVolumeAsync(VolumeId id, CancellationToken cancel) =>
        await WithReadabilityAsync(await cinder.ReadAsync(Request.Get($"volumes/{id}").At(Cinder.Any), "volume", BlockStorageJson.Default.Volume, cancel), cancel);

    /// <summary>A volume; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Volume?> FindVolumeAsync(VolumeId id, CancellationToken cancel) =>
        await cinder.FindAsync(Request.Get($"volumes/{id}").At(Cinder.Any), "volume", BlockStorageJson.Default.Volume, cancel) is { } found ? await WithReadabilityAsync(found, cancel) : null;

    /// <summary>The volumes.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<Volume> ListVolumesAsync(BlockStorageFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var volume in cinder.ListAsync(Request.List($"volumes/detail").Where(Filter(filter)).At(Cinder.Any), "volumes", BlockStorageJson.Default.Volume, cancel))
        {
            if (Has(volume.Metadata, filter.Metadata))
                yield return await WithReadabilityAsync(volume, cancel);
        }
    }

    /// <summary>Asks for a volume; it is made in the background. A backup as its source needs 3.47, a group 3.13.</summary>
    /// <param name="volume">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Volume> CreateVolumeAsync(NewVolume volume, CancellationToken cancel)
    {
        var versions = volume switch
        {
            { BackupId: not null } => Cinder.VolumeFromBackup,
            { GroupId: not null } => Cinder.Groups,
            _ => null,
        };
        return cinder.ReadAsync(Request.Post($"volumes").At(versions).With("volume", volume, BlockStorageJson.Default.NewVolume), "volume", BlockStorageJson.Default.Volume, cancel);
    }

    /// <summary>Asks for the deletion of a volume; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteVolumeAsync(VolumeId id, CancellationToken cancel) => cinder.DeleteAsync(Request.Delete($"volumes/{id}"), cancel);

    /// <summary>Lets servers boot from a volume.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task MakeBootableAsync(VolumeId id, CancellationToken cancel) => ActAsync(id, "os-set_bootable", new JsonObject { ["bootable"] = true }, cancel);

    /// <summary>Forbids servers to boot from a volume.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task MakeUnbootableAsync(VolumeId id, CancellationToken cancel) => ActAsync(id, "os-set_bootable", new JsonObject { ["bootable"] = false }, cancel);

    /// <summary>Makes a volume read-only; it must be available.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task MakeReadOnlyAsync(VolumeId id, CancellationToken cancel) => ActAsync(id, "os-update_readonly_flag", new JsonObject { ["readonly"] = true }, cancel);

    /// <summary>Makes a volume writable; it must be available.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task MakeWritableAsync(VolumeId id, CancellationToken cancel) => ActAsync(id, "os-update_readonly_flag", new JsonObject { ["readonly"] = false }, cancel);

    /// <summary>Sets these items of a volume's image metadata and leaves others.</summary>
    /// <param name="id">Which.</param>
    /// <param name="metadata">Items to set.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetImageMetadataAsync(VolumeId id, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel) =>
        ActAsync(id, "os-set_image_metadata", new JsonObject { ["metadata"] = Json(metadata) }, cancel);

    /// <summary>Sets these items of a volume's metadata and leaves others.</summary>
    /// <param name="id">Which.</param>
    /// <param name="metadata">Items to set.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetVolumeMetadataAsync(VolumeId id, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel) =>
        cinder.SendAsync(Request.Post($"volumes/{id}/metadata").With(new JsonObject { ["metadata"] = Json(metadata) }), cancel);

    /// <summary>Takes one item of a volume's metadata away; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="key">Key of the item.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteVolumeMetadataAsync(VolumeId id, string key, CancellationToken cancel) => cinder.DeleteAsync(Request.Delete($"volumes/{id}/metadata/{key}"), cancel);

    /// <summary>Replaces name and description of a volume.</summary>
    /// <param name="id">Which.</param>
    /// <param name="name">Its name; empty for none.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task RenameVolumeAsync(VolumeId id, string name, string description, CancellationToken cancel) => cinder.SendAsync(
        Request.Put($"volumes/{id}").With(new JsonObject { ["volume"] = new JsonObject { ["name"] = name, ["description"] = description } }), cancel);

    /// <summary>Asks for a volume to grow; one in use needs 3.42.</summary>
    /// <param name="id">Which.</param>
    /// <param name="sizeGib">New size, GiB.</param>
    /// <param name="cancel">Gives up.</param>
    public Task ExtendVolumeAsync(VolumeId id, int sizeGib, CancellationToken cancel) => cinder.SendAsync(
        Request.Post($"volumes/{id}/action").At(Cinder.ExtendInUse).With(new JsonObject { ["os-extend"] = new JsonObject { ["new_size"] = sizeGib } }), cancel);

    /// <summary>Asks for a volume's content as an image; the volume must be available.</summary>
    /// <param name="id">Which.</param>
    /// <param name="imageName">Name of the image.</param>
    /// <param name="diskFormat">Such as <c>raw</c> or <c>qcow2</c>.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ImageId> UploadToImageAsync(VolumeId id, string imageName, string diskFormat, CancellationToken cancel)
    {
        var upload = new JsonObject { ["image_name"] = imageName, ["disk_format"] = diskFormat, ["container_format"] = "bare" };
        var answer = await cinder.ReadJsonAsync(Request.Post($"volumes/{id}/action").With(new JsonObject { ["os-volume_upload_image"] = upload }), cancel);
        return new(cinder.Text(answer, "os-volume_upload_image", "image_id"));
    }

    /// <summary>A snapshot. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Snapshot> GetSnapshotAsync(SnapshotId id, CancellationToken cancel) =>
        cinder.ReadAsync(Request.Get($"snapshots/{id}").At(Cinder.Any), "snapshot", BlockStorageJson.Default.Snapshot, cancel);

    /// <summary>A snapshot; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Snapshot?> FindSnapshotAsync(SnapshotId id, CancellationToken cancel) =>
        cinder.FindAsync(Request.Get($"snapshots/{id}").At(Cinder.Any), "snapshot", BlockStorageJson.Default.Snapshot, cancel);

    /// <summary>The snapshots.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Snapshot> ListSnapshotsAsync(BlockStorageFilter filter, CancellationToken cancel) => cinder
        .ListAsync(Request.List($"snapshots/detail").Where(Filter(filter)).At(Cinder.Any), "snapshots", BlockStorageJson.Default.Snapshot, cancel)
        .Where(snapshot => Has(snapshot.Metadata, filter.Metadata));

    /// <summary>Asks for a snapshot, also of a volume in use: consistent as after a crash.</summary>
    /// <param name="snapshot">What to take.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Snapshot> CreateSnapshotAsync(NewSnapshot snapshot, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToNode(snapshot, BlockStorageJson.Default.NewSnapshot)!.AsObject();
        var newest = (await cinder.VersionsAsync(cancel))?.Highest;
        if (newest is null || newest < Cinder.SnapshotInUse.Lowest)
            body["force"] = true;
        var request = Request.Post($"snapshots").At(newest >= Cinder.SnapshotInUse.Lowest ? Cinder.SnapshotInUse : null).With(new JsonObject { ["snapshot"] = body });
        return await cinder.ReadAsync(request, "snapshot", BlockStorageJson.Default.Snapshot, cancel);
    }

    /// <summary>Asks for the deletion of a snapshot; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteSnapshotAsync(SnapshotId id, CancellationToken cancel) => cinder.DeleteAsync(Request.Delete($"snapshots/{id}"), cancel);

    /// <summary>A backup. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Backup> GetBackupAsync(BackupId id, CancellationToken cancel) =>
        cinder.ReadAsync(Request.Get($"backups/{id}").At(Cinder.Any), "backup", BlockStorageJson.Default.Backup, cancel);

    /// <summary>A backup; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Backup?> FindBackupAsync(BackupId id, CancellationToken cancel) =>
        cinder.FindAsync(Request.Get($"backups/{id}").At(Cinder.Any), "backup", BlockStorageJson.Default.Backup, cancel);

    /// <summary>The backups.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Backup> ListBackupsAsync(BlockStorageFilter filter, CancellationToken cancel) => cinder
        .ListAsync(Request.List($"backups/detail").Where(Filter(filter)).At(Cinder.Any), "backups", BlockStorageJson.Default.Backup, cancel)
        .Where(backup => Has(backup.Metadata, filter.Metadata));

    /// <summary>Asks for a backup; it is made in the background. Metadata needs 3.43, an availability zone 3.51.</summary>
    /// <param name="backup">What to make.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BackupId> CreateBackupAsync(NewBackup backup, CancellationToken cancel)
    {
        var versions = backup switch
        {
            { AvailabilityZone: not null } => Cinder.BackupZone,
            { Metadata: not null } => Cinder.BackupMetadata,
            _ => null,
        };
        var answer = await cinder.ReadJsonAsync(Request.Post($"backups").At(versions).With("backup", backup, BlockStorageJson.Default.NewBackup), cancel);
        return new(cinder.Text(answer, "backup", "id"));
    }

    /// <summary>What another cloud needs to adopt a backup (administrators).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<BackupRecord> ExportBackupRecordAsync(BackupId id, CancellationToken cancel) =>
        cinder.ReadAsync(Request.Get($"backups/{id}/export_record"), "backup-record", BlockStorageJson.Default.BackupRecord, cancel);

    /// <summary>Adopts a backup that another cloud made (administrators). Look first with <see cref="FindBackupAsync"/>: older clouds destroy a record of the same id when an import is refused.</summary>
    /// <param name="record">What the other cloud exported.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BackupId> ImportBackupRecordAsync(BackupRecord record, CancellationToken cancel)
    {
        var answer = await cinder.ReadJsonAsync(Request.Post($"backups/import_record").With("backup-record", record, BlockStorageJson.Default.BackupRecord), cancel);
        return new(cinder.Text(answer, "backup", "id"));
    }

    /// <summary>Asks for the deletion of a backup; one that is gone already is no error, one that others need is <see cref="Fault.BadRequest"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteBackupAsync(BackupId id, CancellationToken cancel) => cinder.DeleteAsync(Request.Delete($"backups/{id}"), cancel);

    /// <summary>Asks for the deletion of a backup in any state, also one that is being made (administrators).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task ForceDeleteBackupAsync(BackupId id, CancellationToken cancel) =>
        cinder.DeleteAsync(Request.Post($"backups/{id}/action").With(new JsonObject { ["os-force_delete"] = new JsonObject() }), cancel);

    /// <summary>A group; null when there is none (3.13).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<VolumeGroup?> FindGroupAsync(GroupId id, CancellationToken cancel) => cinder.FindAsync(
        Request.Get($"groups/{id}").Where(new Query { ["list_volume"] = "True" }).At(Cinder.Groups), "group", BlockStorageJson.Default.VolumeGroup, cancel);

    /// <summary>The groups (3.13).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<VolumeGroup> ListGroupsAsync(CancellationToken cancel) => cinder.ListAsync(
        Request.List($"groups/detail").Where(new Query { ["list_volume"] = "True" }).At(Cinder.Groups), "groups", BlockStorageJson.Default.VolumeGroup, cancel);

    /// <summary>The types of groups (3.11).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<GroupType> ListGroupTypesAsync(CancellationToken cancel) =>
        cinder.ListAsync(Request.Get($"group_types").At(Cinder.GroupTypes), "group_types", BlockStorageJson.Default.GroupType, cancel);

    /// <summary>Asks for a group (3.13).</summary>
    /// <param name="group">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<GroupId> CreateGroupAsync(NewVolumeGroup group, CancellationToken cancel)
    {
        var answer = await cinder.ReadJsonAsync(Request.Post($"groups").At(Cinder.Groups).With("group", group, BlockStorageJson.Default.NewVolumeGroup), cancel);
        return new(cinder.Text(answer, "group", "id"));
    }

    /// <summary>Asks for volumes to become members of a group (3.13).</summary>
    /// <param name="id">Which group.</param>
    /// <param name="volumes">Which volumes.</param>
    /// <param name="cancel">Gives up.</param>
    public Task AddToGroupAsync(GroupId id, IReadOnlyList<VolumeId> volumes, CancellationToken cancel) => cinder.SendAsync(
        Request.Put($"groups/{id}").At(Cinder.Groups).With(new JsonObject { ["group"] = new JsonObject { ["add_volumes"] = string.Join(',', volumes) } }), cancel);

    /// <summary>Asks for a snapshot of all volumes of a group (3.14); of one moment when the group's type says so.</summary>
    /// <param name="group">Which group.</param>
    /// <param name="name">Name.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<GroupSnapshotId> CreateGroupSnapshotAsync(GroupId group, string name, CancellationToken cancel)
    {
        var body = new JsonObject { ["group_snapshot"] = new JsonObject { ["group_id"] = group.Value, ["name"] = name } };
        var answer = await cinder.ReadJsonAsync(Request.Post($"group_snapshots").At(Cinder.GroupSnapshots).With(body), cancel);
        return new(cinder.Text(answer, "group_snapshot", "id"));
    }

    /// <summary>A group snapshot; null when there is none (3.14).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<GroupSnapshot?> FindGroupSnapshotAsync(GroupSnapshotId id, CancellationToken cancel) =>
        cinder.FindAsync(Request.Get($"group_snapshots/{id}").At(Cinder.GroupSnapshots), "group_snapshot", BlockStorageJson.Default.GroupSnapshot, cancel);

    /// <summary>The group snapshots (3.14).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<GroupSnapshot> ListGroupSnapshotsAsync(CancellationToken cancel) =>
        cinder.ListAsync(Request.List($"group_snapshots/detail").At(Cinder.GroupSnapshots), "group_snapshots", BlockStorageJson.Default.GroupSnapshot, cancel);

    /// <summary>Asks for the deletion of a group snapshot and its snapshots; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteGroupSnapshotAsync(GroupSnapshotId id, CancellationToken cancel) =>
        cinder.DeleteAsync(Request.Delete($"group_snapshots/{id}").At(Cinder.GroupSnapshots), cancel);

    /// <summary>The types of volumes that the project may use.</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<VolumeType> ListVolumeTypesAsync(CancellationToken cancel) =>
        cinder.ListAsync(Request.Get($"types").Where(new Query { ["is_public"] = "None" }).At(Cinder.Any), "volume_types", BlockStorageJson.Default.VolumeType, cancel);

    /// <summary>What a project may have and has.</summary>
    /// <param name="project">Which; another than one's own is for administrators.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<BlockStorageQuotas> GetQuotasAsync(ProjectId project, CancellationToken cancel)
    {
        var answer = await cinder.ReadJsonAsync(Request.Get($"os-quota-sets/{project}").Where(new Query { ["usage"] = "True" }), cancel);
        return new(cinder.Member(answer, "quota_set").EnumerateObject()
            .Where(quota => quota.Value.ValueKind == JsonValueKind.Object)
            .ToDictionary(quota => quota.Name, quota => new QuotaUse(Number(quota.Value, "limit"), Number(quota.Value, "in_use"), Number(quota.Value, "reserved"))));
    }

    /// <summary>An attachment; null when there is none (3.27).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<BlockStorageAttachment?> FindAttachmentAsync(AttachmentId id, CancellationToken cancel) =>
        cinder.FindAsync(Request.Get($"attachments/{id}").At(Cinder.Attachments), "attachment", BlockStorageJson.Default.BlockStorageAttachment, cancel);

    /// <summary>The attachments of a volume, also those that are only reserved; with their connections (3.27).</summary>
    /// <param name="volume">Which volume.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<BlockStorageAttachment> ListAttachmentsAsync(VolumeId volume, CancellationToken cancel) => cinder
        .ListAsync(
            Request.List($"attachments/detail").Where(new Query { ["volume_id"] = volume.Value }).At(Cinder.Attachments),
            "attachments",
            BlockStorageJson.Default.BlockStorageAttachment,
            cancel)
        .Where(attachment => attachment.VolumeId == volume);

    /// <summary>Reserves a volume and, with a connector, learns how to reach the storage (3.27). One that is not available is <see cref="Fault.BadRequest"/>.</summary>
    /// <param name="volume">Which volume.</param>
    /// <param name="server">For which server; null for a host that reads or writes it itself.</param>
    /// <param name="connector">Who will connect; null only reserves.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<BlockStorageAttachment> CreateAttachmentAsync(VolumeId volume, ServerId? server, JsonObject? connector, CancellationToken cancel)
    {
        var body = new JsonObject { ["volume_uuid"] = volume.Value };
        if (server is { } one)
            body["instance_uuid"] = one.Value;
        if (connector is not null)
            body["connector"] = connector.DeepClone();
        var request = Request.Post($"attachments").At(Cinder.Attachments).With(new JsonObject { ["attachment"] = body });
        return cinder.ReadAsync(request, "attachment", BlockStorageJson.Default.BlockStorageAttachment, cancel);
    }

    /// <summary>Says who will connect to a reserved volume, and learns how to reach the storage (3.27).</summary>
    /// <param name="id">Which.</param>
    /// <param name="connector">Who will connect.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<BlockStorageAttachment> UpdateAttachmentAsync(AttachmentId id, JsonObject connector, CancellationToken cancel) => cinder.ReadAsync(
        Request.Put($"attachments/{id}").At(Cinder.Attachments).With(new JsonObject { ["attachment"] = new JsonObject { ["connector"] = connector.DeepClone() } }),
        "attachment",
        BlockStorageJson.Default.BlockStorageAttachment,
        cancel);

    /// <summary>Says that the connection is made (3.44).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task CompleteAttachmentAsync(AttachmentId id, CancellationToken cancel) => cinder.SendAsync(
        Request.Post($"attachments/{id}/action").At(Cinder.CompleteAttachment).With(new JsonObject { ["os-complete"] = new JsonObject() }), cancel);

    /// <summary>Deletes an attachment; one that is gone already is no error (3.27).</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteAttachmentAsync(AttachmentId id, CancellationToken cancel) =>
        cinder.DeleteAsync(Request.Delete($"attachments/{id}").At(Cinder.Attachments), cancel);

    /// <summary>Cinder's services (administrators).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<BlockStorageService> ListServicesAsync(CancellationToken cancel) =>
        cinder.ListAsync(Request.Get($"os-services").At(Cinder.Any), "services", BlockStorageJson.Default.BlockStorageService, cancel);

    /// <summary>Pools of storage (administrators).</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<StoragePool> ListPoolsAsync(CancellationToken cancel) =>
        cinder.ListAsync(Request.Get($"scheduler-stats/get_pools"), "pools", BlockStorageJson.Default.StoragePool, cancel);

    /// <summary>Availability zones for volumes.</summary>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<AvailabilityZone>> ListAvailabilityZonesAsync(CancellationToken cancel)
    {
        var answer = await cinder.ReadJsonAsync(Request.Get($"os-availability-zone"), cancel);
        return [.. cinder.Member(answer, "availabilityZoneInfo").EnumerateArray().Select(zone => new AvailabilityZone(
            cinder.Text(zone, "zoneName"),
            cinder.Member(zone, "zoneState", "available").GetBoolean()))];
    }

    static Query Filter(BlockStorageFilter filter) => new()
    {
        ["all_tenants"] = filter.Scope == ProjectScope.All ? "1" : null,
        ["project_id"] = filter.ProjectId?.Value,
        ["name"] = filter.Name,
        ["volume_id"] = filter.VolumeId?.Value,
        ["metadata"] = filter.Metadata.Count == 0 ? null : Json(filter.Metadata).ToJsonString(),
    };

    // The cloud is asked to filter, and its answer is checked: some ignore what they do not know.
    static bool Has(IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, string> wanted) =>
        wanted.All(item => metadata.TryGetValue(item.Key, out var value) && value == item.Value);

    static JsonNode Json(IReadOnlyDictionary<string, string> metadata) =>
        JsonSerializer.SerializeToNode(metadata, BlockStorageJson.Default.IReadOnlyDictionaryStringString)!;

    static long Number(JsonElement quota, string name) => quota.TryGetProperty(name, out var number) ? number.GetInt64() : 0;

    async Task<Volume> WithReadabilityAsync(Volume volume, CancellationToken cancel) =>
        Cinder.WithReadability(volume, (await cinder.VersionsAsync(cancel))?.Highest ?? Cinder.Oldest);

    Task ActAsync(VolumeId id, string action, JsonNode arguments, CancellationToken cancel) =>
        cinder.SendAsync(Request.Post($"volumes/{id}/action").With(new JsonObject { [action] = arguments }), cancel);
}
