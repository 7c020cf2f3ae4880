using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A Neutron network. <c>https://docs.openstack.org/api-ref/network/v2/#networks</c></summary>
public sealed record VirtualNetwork
{
    /// <summary>Id.</summary>
    public NetworkId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>State.</summary>
    public NetworkStatus Status { get; init; }

    /// <summary>Whether it is switched on.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool IsAdminUp { get; init; }

    /// <summary>Whether all projects may use it.</summary>
    [JsonPropertyName("shared")]
    public bool IsShared { get; init; }

    /// <summary>Whether floating IPs and gateways come from it.</summary>
    [JsonPropertyName("router:external")]
    public bool IsExternal { get; init; }

    /// <summary>Whether it is the default external network.</summary>
    [JsonPropertyName("is_default")]
    public bool? IsDefault { get; init; }

    /// <summary>Largest packet, bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Default of its ports.</summary>
    public bool? PortSecurityEnabled { get; init; }

    /// <summary>DNS domain, with a dot at the end.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>Its subnets.</summary>
    public IReadOnlyList<SubnetId> Subnets { get; init => field = value ?? []; } = [];

    /// <summary>IPv4 address scope.</summary>
    [JsonPropertyName("ipv4_address_scope")]
    public AddressScopeId? Ipv4AddressScope { get; init; }

    /// <summary>IPv6 address scope.</summary>
    [JsonPropertyName("ipv6_address_scope")]
    public AddressScopeId? Ipv6AddressScope { get; init; }

    /// <summary>Availability zones that were asked for.</summary>
    public IReadOnlyList<string> AvailabilityZoneHints { get; init => field = value ?? []; } = [];

    /// <summary>Availability zones it is in.</summary>
    public IReadOnlyList<string> AvailabilityZones { get; init => field = value ?? []; } = [];

    /// <summary>How it is carried (administrators).</summary>
    [JsonPropertyName("provider:network_type")]
    public string? ProviderType { get; init; }

    /// <summary>Physical network (administrators).</summary>
    [JsonPropertyName("provider:physical_network")]
    public string? ProviderPhysicalNetwork { get; init; }

    /// <summary>VLAN or tunnel number (administrators).</summary>
    [JsonPropertyName("provider:segmentation_id")]
    public int? ProviderSegmentationId { get; init; }

    /// <summary>Whether guests may send VLAN frames.</summary>
    [JsonPropertyName("vlan_transparent")]
    public bool? IsVlanTransparent { get; init; }

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

/// <summary>A network to be created; tags are set by a second call. <c>https://docs.openstack.org/api-ref/network/v2/#create-network</c></summary>
public sealed record NewNetwork
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Whether it is switched on; null is yes.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool? IsAdminUp { get; init; }

    /// <summary>Whether all projects may use it (administrators).</summary>
    [JsonPropertyName("shared")]
    public bool? IsShared { get; init; }

    /// <summary>Whether it is external (administrators).</summary>
    [JsonPropertyName("router:external")]
    public bool? IsExternal { get; init; }

    /// <summary>Largest packet, bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Default of its ports.</summary>
    public bool? PortSecurityEnabled { get; init; }

    /// <summary>DNS domain, with a dot at the end.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>Availability zones.</summary>
    public IReadOnlyList<string>? AvailabilityZoneHints { get; init; }

    /// <summary>How it is carried (administrators).</summary>
    [JsonPropertyName("provider:network_type")]
    public string? ProviderType { get; init; }

    /// <summary>Physical network (administrators).</summary>
    [JsonPropertyName("provider:physical_network")]
    public string? ProviderPhysicalNetwork { get; init; }

    /// <summary>VLAN or tunnel number (administrators).</summary>
    [JsonPropertyName("provider:segmentation_id")]
    public int? ProviderSegmentationId { get; init; }

    /// <summary>Whether guests may send VLAN frames.</summary>
    [JsonPropertyName("vlan_transparent")]
    public bool? IsVlanTransparent { get; init; }
}
