using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>A flavor. <c>https://docs.openstack.org/api-ref/compute/#flavors</c></summary>
public sealed record Flavor
{
    /// <summary>Id.</summary>
    public FlavorId Id { get; init; }

    /// <summary>Name; unique within a cloud at one time.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Description (2.55).</summary>
    public string? Description { get; init; }

    /// <summary>Virtual CPUs.</summary>
    public int Vcpus { get; init; }

    /// <summary>Memory, MiB.</summary>
    [JsonPropertyName("ram")]
    public int RamMib { get; init; }

    /// <summary>Root disk, GiB; 0 takes the image's size.</summary>
    [JsonPropertyName("disk")]
    public int DiskGib { get; init; }

    /// <summary>Ephemeral disk, GiB.</summary>
    [JsonPropertyName("OS-FLV-EXT-DATA:ephemeral")]
    public int EphemeralGib { get; init; }

    /// <summary>Swap disk, MiB.</summary>
    [JsonPropertyName("swap"), JsonConverter(typeof(SwapConverter))]
    public int SwapMib { get; init; }

    /// <summary>Network share, historic.</summary>
    [JsonPropertyName("rxtx_factor")]
    public double? RxtxFactor { get; init; }

    /// <summary>Whether all projects see it.</summary>
    [JsonPropertyName("os-flavor-access:is_public")]
    public bool IsPublic { get; init; }

    /// <summary>Extra specs; null when this user may not read them.</summary>
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}

/// <summary>A keypair's public half. <c>https://docs.openstack.org/api-ref/compute/#keypairs-keypairs</c></summary>
public sealed record Keypair
{
    /// <summary>Name, unique per user.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Public key.</summary>
    public string PublicKey { get; init => field = value ?? ""; } = "";

    /// <summary>Fingerprint.</summary>
    public string? Fingerprint { get; init; }

    /// <summary><c>ssh</c> or <c>x509</c> (2.2).</summary>
    public string? Type { get; init; }

    /// <summary>Owner; told when one keypair is read.</summary>
    public Identity.UserId? UserId { get; init; }
}

/// <summary>A server group. <c>https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups</c></summary>
public sealed record ServerGroup
{
    /// <summary>Id.</summary>
    public ServerGroupId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary><c>affinity</c>, <c>anti-affinity</c>, <c>soft-affinity</c> or <c>soft-anti-affinity</c>.</summary>
    public string Policy { get; init => field = value ?? ""; } = "";

    /// <summary>Rules of the policy (2.64).</summary>
    public ServerGroupRules? Rules { get; init; }

    /// <summary>Members; of other projects' only when an administrator asks.</summary>
    public IReadOnlyList<ServerId> Members { get; init => field = value ?? []; } = [];

    /// <summary>Owner project (2.13).</summary>
    public Identity.ProjectId? ProjectId { get; init; }

    /// <summary>Owner (2.13).</summary>
    public Identity.UserId? UserId { get; init; }

    /// <summary>Policies of clouds before 2.64, at most one.</summary>
    [JsonInclude]
    internal IReadOnlyList<string>? Policies { get; init; }

    internal ServerGroup WithPolicy() => Policy.Length == 0 && Policies is [var only] ? this with { Policy = only } : this;
}

/// <summary>Rules of a server group's policy.</summary>
public sealed record ServerGroupRules
{
    /// <summary>How many members may share a host (anti-affinity); null is one.</summary>
    public int? MaxServerPerHost { get; init; }
}

/// <summary>A server group to be created.</summary>
/// <param name="Name">Name.</param>
/// <param name="Policy"><c>affinity</c>, <c>anti-affinity</c>, <c>soft-affinity</c> or <c>soft-anti-affinity</c>.</param>
/// <param name="Rules">Rules; null for the policy's own.</param>
public sealed record NewServerGroup(string Name, string Policy, ServerGroupRules? Rules = null);

/// <summary>A public key to be imported.</summary>
/// <param name="Name">Name, unique per user.</param>
/// <param name="PublicKey">Public key.</param>
/// <param name="Type"><c>ssh</c> or <c>x509</c>.</param>
/// <param name="UserId">Owner, when an administrator imports for another user; null for oneself.</param>
public sealed record NewKeypair(string Name, string PublicKey, string Type = "ssh", Identity.UserId? UserId = null);
