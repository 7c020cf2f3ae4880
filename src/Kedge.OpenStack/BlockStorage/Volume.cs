using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>A volume. <c>https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes</c></summary>
public sealed record Volume
{
    /// <summary>Id.</summary>
    public VolumeId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>State.</summary>
    public VolumeStatus Status { get; init; }

    /// <summary>Size, GiB.</summary>
    [JsonPropertyName("size")]
    public int SizeGib { get; init; }

    /// <summary>Name of its type; null for none.</summary>
    public string? VolumeType { get; init; }

    /// <summary>Id of its type (3.63).</summary>
    public VolumeTypeId? VolumeTypeId { get; init; }

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Whether a server may boot from it.</summary>
    [JsonPropertyName("bootable"), JsonConverter(typeof(LooseBooleanConverter))]
    public bool IsBootable { get; init; }

    /// <summary>Whether it is encrypted.</summary>
    [JsonPropertyName("encrypted")]
    public bool IsEncrypted { get; init; }

    /// <summary>Key in this cloud's key manager (3.64).</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>Whether several servers may attach it.</summary>
    [JsonPropertyName("multiattach")]
    public bool IsMultiattach { get; init; }

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Properties of the image it was made from; decides how a guest boots from it (firmware, machine type, bus).</summary>
    [JsonPropertyName("volume_image_metadata")]
    public IReadOnlyDictionary<string, string> ImageMetadata { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Who uses it.</summary>
    public IReadOnlyList<VolumeUse> Attachments { get; init => field = value ?? []; } = [];

    /// <summary>Snapshot it was made from.</summary>
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>Volume it was cloned from.</summary>
    [JsonPropertyName("source_volid")]
    public VolumeId? SourceVolumeId { get; init; }

    /// <summary>Backup it was made from (3.47); gone after some time.</summary>
    public BackupId? BackupId { get; init; }

    /// <summary>Consistency group, historic.</summary>
    [JsonPropertyName("consistencygroup_id")]
    public string? ConsistencyGroupId { get; init; }

    /// <summary>Volume group (3.13).</summary>
    public GroupId? GroupId { get; init; }

    /// <summary>State of the storage's own replication.</summary>
    public string? ReplicationStatus { get; init; }

    /// <summary>Id at the storage (3.21, administrators).</summary>
    public string? ProviderId { get; init; }

    /// <summary>Service that holds it (3.48, administrators).</summary>
    public string? ServiceUuid { get; init; }

    /// <summary>Cluster that holds it (3.61, administrators).</summary>
    public string? ClusterName { get; init; }

    /// <summary><c>host@backend#pool</c> that holds it (administrators).</summary>
    [JsonPropertyName("os-vol-host-attr:host")]
    public string? Host { get; init; }

    /// <summary>Owner project.</summary>
    [JsonPropertyName("os-vol-tenant-attr:tenant_id")]
    public ProjectId? ProjectId { get; init; }

    /// <summary>Owner.</summary>
    public UserId? UserId { get; init; }

    /// <summary>State of a migration.</summary>
    public string? MigrationStatus { get; init; }

    /// <summary>Whether it counts (3.65).</summary>
    public bool? ConsumesQuota { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Whether it is read-only, which the cloud keeps in the metadata.</summary>
    [JsonIgnore]
    public bool IsReadOnly => Metadata.TryGetValue("readonly", out var text) && string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fields of the restore contract that the cloud did not tell, with the reason.</summary>
    [JsonIgnore]
    public IReadOnlyList<UnreadableField> Unreadable { get; init => field = value ?? []; } = [];

    /// <summary>The microversion it was read with.</summary>
    [JsonIgnore]
    public Microversion ReadWith { get; init; }
}

/// <summary>A use of a volume.</summary>
public sealed record VolumeUse
{
    /// <summary>Attachment.</summary>
    public AttachmentId? AttachmentId { get; init; }

    /// <summary>Server; null for other uses.</summary>
    public ServerId? ServerId { get; init; }

    /// <summary>Device name that was written down.</summary>
    public string? Device { get; init; }

    /// <summary>Host (administrators).</summary>
    public string? HostName { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? AttachedAt { get; init; }
}

/// <summary>A volume to be created, empty or from one source. <c>https://docs.openstack.org/api-ref/block-storage/v3/#create-a-volume</c></summary>
public sealed record NewVolume
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Size, GiB; null takes the source's.</summary>
    [JsonPropertyName("size")]
    public int? SizeGib { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Type by name or id; null is the cloud's default.</summary>
    public string? VolumeType { get; init; }

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Fill from this image.</summary>
    [JsonPropertyName("imageRef")]
    public ImageId? Image { get; init; }

    /// <summary>Fill from this snapshot.</summary>
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>Clone this volume.</summary>
    [JsonPropertyName("source_volid")]
    public VolumeId? SourceVolumeId { get; init; }

    /// <summary>Fill from this backup (3.47).</summary>
    public BackupId? BackupId { get; init; }

    /// <summary>Become a member of this group (3.13).</summary>
    public GroupId? GroupId { get; init; }
}
