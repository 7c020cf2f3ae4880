using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A security group with its rules. <c>https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups</c></summary>
public sealed record SecurityGroup
{
    /// <summary>Id.</summary>
    public SecurityGroupId Id { get; init; }

    /// <summary>Name; not unique. Every project has one called <c>default</c>, which cannot be created.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Whether answers are let through by themselves; null when the cloud does not tell.</summary>
    [JsonPropertyName("stateful")]
    public bool? IsStateful { get; init; }

    /// <summary>Whether other projects may use it.</summary>
    [JsonPropertyName("shared")]
    public bool? IsShared { get; init; }

    /// <summary>Its rules.</summary>
    [JsonPropertyName("security_group_rules")]
    public IReadOnlyList<SecurityGroupRule> Rules { get; init => field = value ?? []; } = [];

    /// <summary>Description.</summary>
    public string Description { get; init => field = value ?? ""; } = "";

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>Owner project.</summary>
    public ProjectId ProjectId { get; init; }

    /// <summary>Counts changes.</summary>
    public long? RevisionNumber { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A rule of a security group. <c>https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules</c></summary>
public sealed record SecurityGroupRule
{
    /// <summary>Id.</summary>
    public SecurityGroupRuleId Id { get; init; }

    /// <summary>Its group.</summary>
    public SecurityGroupId SecurityGroupId { get; init; }

    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    public string Direction { get; init => field = value ?? ""; } = "";

    /// <summary><c>IPv4</c> or <c>IPv6</c>.</summary>
    [JsonPropertyName("ethertype")]
    public string EtherType { get; init => field = value ?? ""; } = "";

    /// <summary>Protocol by name or number; null for any.</summary>
    public string? Protocol { get; init; }

    /// <summary>First port, or ICMP type.</summary>
    public int? PortRangeMin { get; init; }

    /// <summary>Last port, or ICMP code.</summary>
    public int? PortRangeMax { get; init; }

    /// <summary>Peers by address.</summary>
    public string? RemoteIpPrefix { get; init; }

    /// <summary>Peers by group, which may refer back.</summary>
    public SecurityGroupId? RemoteGroupId { get; init; }

    /// <summary>Peers by address group.</summary>
    public string? RemoteAddressGroupId { get; init; }

    /// <summary>Description.</summary>
    public string Description { get; init => field = value ?? ""; } = "";

    /// <summary>Owner project.</summary>
    public ProjectId ProjectId { get; init; }

    /// <summary>Counts changes.</summary>
    public long? RevisionNumber { get; init; }
}

/// <summary>A security group to be created; it starts with two rules that let everything out.</summary>
public sealed record NewSecurityGroup
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Whether answers are let through by themselves; null is yes.</summary>
    [JsonPropertyName("stateful")]
    public bool? IsStateful { get; init; }
}

/// <summary>A rule to be created. An equal rule is a conflict.</summary>
public sealed record NewSecurityGroupRule
{
    /// <summary>Its group.</summary>
    public required SecurityGroupId SecurityGroupId { get; init; }

    /// <summary><c>ingress</c> or <c>egress</c>.</summary>
    public required string Direction { get; init; }

    /// <summary><c>IPv4</c> or <c>IPv6</c>; null is IPv4.</summary>
    [JsonPropertyName("ethertype")]
    public string? EtherType { get; init; }

    /// <summary>Protocol by name or number; null for any.</summary>
    public string? Protocol { get; init; }

    /// <summary>First port, or ICMP type.</summary>
    public int? PortRangeMin { get; init; }

    /// <summary>Last port, or ICMP code.</summary>
    public int? PortRangeMax { get; init; }

    /// <summary>Peers by address.</summary>
    public string? RemoteIpPrefix { get; init; }

    /// <summary>Peers by group.</summary>
    public SecurityGroupId? RemoteGroupId { get; init; }

    /// <summary>Peers by address group.</summary>
    public string? RemoteAddressGroupId { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }
}
