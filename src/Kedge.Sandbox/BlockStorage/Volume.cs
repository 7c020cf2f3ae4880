using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;

namespace Kedge.Sandbox.BlockStorage;

sealed class VolumeType
{
    public required string Id { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public bool IsPublic { get; init; } = true;
    public SortedDictionary<string, string> ExtraSpecs { get; } = new(StringComparer.Ordinal);

    /// <summary>Null for a type that does not encrypt.</summary>
    public JsonObject? Encryption { get; set; }

    public bool IsMultiattach => ExtraSpecs.TryGetValue("multiattach", out var value) && value.Contains("True", StringComparison.Ordinal);
}

sealed class VolumeAttachment
{
    public required string Id { get; init; }
    public required Volume Volume { get; init; }

    /// <summary>Null for a host that reads or writes the volume itself.</summary>
    public string? ServerId { get; init; }
    public DateTimeOffset? AttachedAt { get; set; }

    /// <summary>Who connects; null while it is only reserved, and where Nova connects.</summary>
    public JsonObject? Connector { get; set; }
    public string? Device { get; set; }
    public string? Host { get; set; }
    public string Status { get; set; } = "attached";
}

sealed class Volume
{
    public const long BytesPerGibibyte = 1L << 30;

    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required VolumeType Type { get; set; }
    public required SparseBytes Content { get; set; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public int SizeGibibytes { get; set; }
    public string Status { get; set; } = "creating";
    public string? PreviousStatus { get; set; }
    public string AvailabilityZone { get; init; } = "nova";
    public bool IsBootable { get; set; }
    public bool IsReadOnly { get; set; }
    public string? EncryptionKeyId { get; init; }
    public string? SnapshotId { get; init; }
    public string? SourceVolumeId { get; init; }
    public string? GroupId { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SortedDictionary<string, string> Metadata { get; set; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, string> ImageMetadata { get; } = new(StringComparer.Ordinal);
    public List<VolumeAttachment> Attachments { get; } = [];
}

sealed class Snapshot
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required string VolumeId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required SparseBytes Content { get; init; }
    public required VolumeType Type { get; init; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public int SizeGibibytes { get; init; }
    public string Status { get; set; } = "creating";
    public string? GroupSnapshotId { get; init; }
    public bool IsBootable { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SortedDictionary<string, string> Metadata { get; set; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, string> ImageMetadata { get; init; } = new(StringComparer.Ordinal);
}

sealed class Backup
{
    /// <summary>What a record says while it is being imported.</summary>
    public const string NoVolumeId = "00000000-0000-0000-0000-000000000000";

    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public string VolumeId { get; set; } = NoVolumeId;
    public string? SnapshotId { get; set; }
    public string? ParentId { get; set; }
    public string Status { get; set; } = "creating";
    public string? FailReason { get; set; }
    public int SizeGibibytes { get; set; }
    public int ObjectCount { get; set; }
    public string? Container { get; set; }
    public string? ServiceMetadata { get; set; }
    public string? Driver { get; set; }
    public string? EncryptionKeyId { get; set; }
    public DateTimeOffset DataTimestamp { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SortedDictionary<string, string> Metadata { get; set; } = new(StringComparer.Ordinal);

    /// <summary>What was backed up, for the next incremental one to compare with; null after an import.</summary>
    public SparseBytes? Content { get; set; }
}

sealed class GroupType
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public SortedDictionary<string, string> Specs { get; } = new(StringComparer.Ordinal);
}

sealed class VolumeGroup
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required GroupType Type { get; init; }
    public required List<VolumeType> VolumeTypes { get; init; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public string Status { get; set; } = "creating";
    public string? SourceGroupSnapshotId { get; init; }
}

sealed class GroupSnapshot
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string GroupId { get; init; }
    public required GroupType Type { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public string? Name { get; set; }
    public string? Description { get; set; }
    public string Status { get; set; } = "creating";
}
