using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>A backup. <c>https://docs.openstack.org/api-ref/block-storage/v3/#backups-backups</c></summary>
public sealed record Backup
{
    /// <summary>Id.</summary>
    public BackupId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>State.</summary>
    public BackupStatus Status { get; init; }

    /// <summary>Its volume; zeros after an import until restored.</summary>
    public VolumeId VolumeId { get; init; }

    /// <summary>Snapshot that was read.</summary>
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>Size of the volume, GiB.</summary>
    [JsonPropertyName("size")]
    public int SizeGib { get; init; }

    /// <summary>Objects in the store.</summary>
    public int? ObjectCount { get; init; }

    /// <summary>Where in the store.</summary>
    public string? Container { get; init; }

    /// <summary>Whether it needs the one before.</summary>
    public bool IsIncremental { get; init; }

    /// <summary>Whether others need it, so that it cannot be deleted.</summary>
    public bool HasDependentBackups { get; init; }

    /// <summary>The moment it shows.</summary>
    public DateTimeOffset? DataTimestamp { get; init; }

    /// <summary>Why it failed.</summary>
    public string? FailReason { get; init; }

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Metadata (3.43).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Key of an encrypted volume (3.64).</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>Owner project (3.18, administrators).</summary>
    [JsonPropertyName("os-backup-project-attr:project_id")]
    public ProjectId? ProjectId { get; init; }

    /// <summary>Owner (3.56).</summary>
    public UserId? UserId { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A backup to be made. <c>https://docs.openstack.org/api-ref/block-storage/v3/#create-a-backup</c></summary>
public sealed record NewBackup
{
    /// <summary>Of which volume.</summary>
    public required VolumeId VolumeId { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Read this snapshot of the volume.</summary>
    public SnapshotId? SnapshotId { get; init; }

    /// <summary>Only what changed since the newest backup, which must be available.</summary>
    [JsonPropertyName("incremental")]
    public bool IsIncremental { get; init; }

    /// <summary>Also when the volume is in use: consistent as after a crash.</summary>
    [JsonPropertyName("force")]
    public bool IsForced { get; init; }

    /// <summary>Where in the store; forbidden by some clouds.</summary>
    public string? Container { get; init; }

    /// <summary>Metadata (3.43).</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Availability zone of the backup service (3.51).</summary>
    public string? AvailabilityZone { get; init; }
}

/// <summary>All that another cloud with the same backup driver and store needs to adopt a backup (administrators). Keep it with the point.</summary>
/// <param name="BackupService">Driver, such as <c>cinder.backup.drivers.posix.PosixBackupDriver</c>.</param>
/// <param name="BackupUrl">The record, base64.</param>
public sealed record BackupRecord(string BackupService, string BackupUrl);
