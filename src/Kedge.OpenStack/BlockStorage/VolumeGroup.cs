using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>A group of volumes. <c>https://docs.openstack.org/api-ref/block-storage/v3/#generic-volume-groups-groups</c></summary>
public sealed record VolumeGroup
{
    /// <summary>Id.</summary>
    public GroupId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>State.</summary>
    public GroupStatus Status { get; init; }

    /// <summary>Its type, which says whether its snapshots are consistent.</summary>
    public GroupTypeId GroupType { get; init; }

    /// <summary>Types of volumes that it takes.</summary>
    public IReadOnlyList<VolumeTypeId> VolumeTypes { get; init => field = value ?? []; } = [];

    /// <summary>Members (3.25).</summary>
    public IReadOnlyList<VolumeId> Volumes { get; init => field = value ?? []; } = [];

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>State of its replication (3.38).</summary>
    public string? ReplicationStatus { get; init; }

    /// <summary>Owner project (3.58).</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A type of group. <c>https://docs.openstack.org/api-ref/block-storage/v3/#group-types-group-types</c></summary>
public sealed record GroupType
{
    /// <summary>Id.</summary>
    public GroupTypeId Id { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether all projects see it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Its specs; hidden from some users.</summary>
    public IReadOnlyDictionary<string, string> GroupSpecs { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Whether a group snapshot shows one moment of all its volumes.</summary>
    [JsonIgnore]
    public bool TakesConsistentSnapshots =>
        GroupSpecs.TryGetValue("consistent_group_snapshot_enabled", out var value) && value.Contains("True", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A group to be created (3.13).</summary>
public sealed record NewVolumeGroup
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public required GroupTypeId GroupType { get; init; }

    /// <summary>Types of volumes that it takes.</summary>
    public required IReadOnlyList<VolumeTypeId> VolumeTypes { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }
}

/// <summary>A snapshot of a group. <c>https://docs.openstack.org/api-ref/block-storage/v3/#group-snapshots-group-snapshots</c></summary>
public sealed record GroupSnapshot
{
    /// <summary>Id.</summary>
    public GroupSnapshotId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>State.</summary>
    public SnapshotStatus Status { get; init; }

    /// <summary>Its group.</summary>
    public GroupId GroupId { get; init; }

    /// <summary>Its group's type.</summary>
    public GroupTypeId? GroupTypeId { get; init; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
