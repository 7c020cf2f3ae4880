using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>A volume snapshot. <c>https://docs.openstack.org/api-ref/block-storage/v3/#volume-snapshots-snapshots</c></summary>
public sealed record Snapshot
{
    /// <summary>Id.</summary>
    public SnapshotId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>State.</summary>
    public SnapshotStatus Status { get; init; }

    /// <summary>Its volume.</summary>
    public VolumeId VolumeId { get; init; }

    /// <summary>Size of its volume, GiB.</summary>
    [JsonPropertyName("size")]
    public int SizeGib { get; init; }

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Progress, such as <c>100%</c>.</summary>
    [JsonPropertyName("os-extended-snapshot-attributes:progress")]
    public string? Progress { get; init; }

    /// <summary>Owner project.</summary>
    [JsonPropertyName("os-extended-snapshot-attributes:project_id")]
    public ProjectId? ProjectId { get; init; }

    /// <summary>Group snapshot that it is part of (3.14).</summary>
    public GroupSnapshotId? GroupSnapshotId { get; init; }

    /// <summary>The moment it shows, by the cloud's clock.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A snapshot to be taken.</summary>
public sealed record NewSnapshot
{
    /// <summary>Of which volume, in use or not.</summary>
    public required VolumeId VolumeId { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
