using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A subnet. <c>https://docs.openstack.org/api-ref/network/v2/#subnets</c></summary>
public sealed record Subnet
{
    /// <summary>Id.</summary>
    public SubnetId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Its network.</summary>
    public NetworkId NetworkId { get; init; }

    /// <summary>Range of addresses.</summary>
    public string Cidr { get; init => field = value ?? ""; } = "";

    /// <summary>4 or 6.</summary>
    public int IpVersion { get; init; }

    /// <summary>Gateway; null for none.</summary>
    public string? GatewayIp { get; init; }

    /// <summary>Where automatic addresses come from.</summary>
    public IReadOnlyList<AddressRange> AllocationPools { get; init => field = value ?? []; } = [];

    /// <summary>DNS servers for the guests.</summary>
    public IReadOnlyList<string> DnsNameservers { get; init => field = value ?? []; } = [];

    /// <summary>Routes for the guests.</summary>
    public IReadOnlyList<Route> HostRoutes { get; init => field = value ?? []; } = [];

    /// <summary>Whether DHCP answers.</summary>
    [JsonPropertyName("enable_dhcp")]
    public bool IsDhcpEnabled { get; init; }

    /// <summary><c>slaac</c>, <c>dhcpv6-stateful</c> or <c>dhcpv6-stateless</c>.</summary>
    [JsonPropertyName("ipv6_address_mode")]
    public string? Ipv6AddressMode { get; init; }

    /// <summary>Who sends router advertisements, and which.</summary>
    [JsonPropertyName("ipv6_ra_mode")]
    public string? Ipv6RaMode { get; init; }

    /// <summary>Pool that the range was taken from.</summary>
    [JsonPropertyName("subnetpool_id")]
    public SubnetPoolId? SubnetPoolId { get; init; }

    /// <summary>Segment of a routed network.</summary>
    public string? SegmentId { get; init; }

    /// <summary>Device owners it is for; empty for all.</summary>
    public IReadOnlyList<string> ServiceTypes { get; init => field = value ?? []; } = [];

    /// <summary>Whether fixed IPs are published to DNS.</summary>
    public bool? DnsPublishFixedIp { get; init; }

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

/// <summary>A subnet to be created. <c>https://docs.openstack.org/api-ref/network/v2/#create-subnet</c></summary>
public sealed record NewSubnet
{
    /// <summary>Its network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>Range of addresses.</summary>
    public required string Cidr { get; init; }

    /// <summary>4 or 6.</summary>
    public required int IpVersion { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Gateway; null leaves it to the cloud.</summary>
    [JsonPropertyName("gateway_ip")]
    public SubnetGateway? Gateway { get; init; }

    /// <summary>Where automatic addresses come from.</summary>
    public IReadOnlyList<AddressRange>? AllocationPools { get; init; }

    /// <summary>DNS servers for the guests.</summary>
    public IReadOnlyList<string>? DnsNameservers { get; init; }

    /// <summary>Routes for the guests.</summary>
    public IReadOnlyList<Route>? HostRoutes { get; init; }

    /// <summary>Whether DHCP answers; null is yes.</summary>
    [JsonPropertyName("enable_dhcp")]
    public bool? IsDhcpEnabled { get; init; }

    /// <summary><c>slaac</c>, <c>dhcpv6-stateful</c> or <c>dhcpv6-stateless</c>.</summary>
    [JsonPropertyName("ipv6_address_mode")]
    public string? Ipv6AddressMode { get; init; }

    /// <summary>Who sends router advertisements, and which.</summary>
    [JsonPropertyName("ipv6_ra_mode")]
    public string? Ipv6RaMode { get; init; }

    /// <summary>Pool to take the range from.</summary>
    [JsonPropertyName("subnetpool_id")]
    public SubnetPoolId? SubnetPoolId { get; init; }

    /// <summary>Device owners it is for.</summary>
    public IReadOnlyList<string>? ServiceTypes { get; init; }

    /// <summary>Whether fixed IPs are published to DNS.</summary>
    public bool? DnsPublishFixedIp { get; init; }
}

/// <summary>A range of addresses, both ends included.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Last address.</param>
public sealed record AddressRange(string Start, string End);

/// <summary>A route.</summary>
/// <param name="Destination">Range of addresses.</param>
/// <param name="Nexthop">Where to send for it.</param>
public sealed record Route(string Destination, string Nexthop);

/// <summary>Gateway of a new subnet: "none" must be said, as saying nothing takes the first address.</summary>
/// <param name="Address">The address; null for no gateway.</param>
[JsonConverter(typeof(SubnetGatewayConverter))]
public readonly record struct SubnetGateway(string? Address)
{
    /// <summary>No gateway.</summary>
    public static SubnetGateway None { get; }
}
