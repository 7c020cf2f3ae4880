using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>A type of volume. <c>https://docs.openstack.org/api-ref/block-storage/v3/#volume-types-types</c></summary>
public sealed record VolumeType
{
    /// <summary>Id.</summary>
    public VolumeTypeId Id { get; init; }

    /// <summary>Name, unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether all projects see it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Extra specs that this user may see.</summary>
    public IReadOnlyDictionary<string, string> ExtraSpecs { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>QoS specs (administrators).</summary>
    public string? QosSpecsId { get; init; }

    /// <summary>Whether its volumes can be attached by several servers.</summary>
    [JsonIgnore]
    public bool IsMultiattach =>
        ExtraSpecs.TryGetValue("multiattach", out var value) && value.Contains("True", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A Cinder service on a host (administrators).</summary>
public sealed record BlockStorageService
{
    /// <summary><c>cinder-volume</c>, <c>cinder-backup</c> or <c>cinder-scheduler</c>.</summary>
    public string Binary { get; init => field = value ?? ""; } = "";

    /// <summary>Host, with <c>@backend</c>.</summary>
    public string Host { get; init => field = value ?? ""; } = "";

    /// <summary>Availability zone.</summary>
    public string? Zone { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary><c>up</c> or <c>down</c>.</summary>
    public string State { get; init => field = value ?? ""; } = "";

    /// <summary>Why it is disabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Whether its control plane is frozen.</summary>
    [JsonPropertyName("frozen")]
    public bool? IsFrozen { get; init; }

    /// <summary>State of its replication.</summary>
    public string? ReplicationStatus { get; init; }

    /// <summary>Where it failed over to.</summary>
    public string? ActiveBackendId { get; init; }

    /// <summary>Its last heartbeat.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A pool of storage (administrators).</summary>
/// <param name="Name"><c>host@backend#pool</c>.</param>
public sealed record StoragePool(string Name);

/// <summary>What a project may have and has: <c>volumes</c>, <c>gigabytes</c>, <c>snapshots</c>, <c>backups</c>, <c>backup_gigabytes</c>, <c>groups</c>, and these per type as in <c>gigabytes_fast</c>.</summary>
/// <param name="ByName">Each quota with its use.</param>
public sealed record BlockStorageQuotas(IReadOnlyDictionary<string, Network.QuotaUse> ByName)
{
    /// <summary>The quota of this name; without limit when the cloud has none.</summary>
    /// <param name="name">Name, such as <c>gigabytes</c>.</param>
    public Network.QuotaUse this[string name] => ByName.TryGetValue(name, out var use) ? use : new(-1, 0);
}

/// <summary>An attachment (3.27). <c>https://docs.openstack.org/api-ref/block-storage/v3/#attachments</c></summary>
public sealed record BlockStorageAttachment
{
    /// <summary>Id.</summary>
    public AttachmentId Id { get; init; }

    /// <summary>The volume.</summary>
    public VolumeId VolumeId { get; init; }

    /// <summary>The server; null for others.</summary>
    [JsonPropertyName("instance")]
    public Compute.ServerId? Server { get; init; }

    /// <summary><c>reserved</c>, <c>attaching</c>, <c>attached</c>, <c>detached</c> or an error.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary><c>rw</c> or <c>ro</c>.</summary>
    public string? AttachMode { get; init; }

    /// <summary>Since when; null where it is only reserved.</summary>
    [JsonConverter(typeof(Wire.OptionalInstantConverter))]
    public DateTimeOffset? AttachedAt { get; init; }

    /// <summary>How to reach the storage. Holds credentials: never log it.</summary>
    public System.Text.Json.JsonElement? ConnectionInfo { get; init; }

    /// <summary>Its id and what it joins, without the credentials.</summary>
    public override string ToString() => $"attachment {Id} of volume {VolumeId} to {Server}";
}

/// <summary>Which volumes, snapshots or backups to list; what is null or empty does not restrict.</summary>
public sealed record BlockStorageFilter
{
    /// <summary>All of the project.</summary>
    public static BlockStorageFilter None { get; } = new();

    /// <summary>Own project, or all (administrators).</summary>
    public ProjectScope Scope { get; init; }

    /// <summary>Those of this project; another than one's own needs <see cref="Scope"/> all projects.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Those with exactly this name. Names are not unique: a proposal, never a proof.</summary>
    public string? Name { get; init; }

    /// <summary>Those that have all this metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = Empty.Texts;

    /// <summary>Those of this volume (snapshots, backups).</summary>
    public VolumeId? VolumeId { get; init; }
}
