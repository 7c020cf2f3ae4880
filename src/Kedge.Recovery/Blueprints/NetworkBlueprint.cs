using System.Collections.Immutable;

namespace Kedge.Recovery.Blueprints;

/// <summary>A Neutron network of the workload's own, or one it only plugs into. https://docs.openstack.org/api-ref/network/v2/</summary>
public sealed record NetworkBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required SourceId Project { get; init; }
    public bool IsAdminStateUp { get; init; } = true;

    /// <summary>External or another project's: not made at the target, but mapped to one that is there.</summary>
    public bool IsMapped { get; init; }
    public bool IsExternal { get; init; }
    public bool IsShared { get; init; }
    public int? Mtu { get; init; }
    public bool? PortSecurityEnabled { get; init; }
    public string? DnsDomain { get; init; }
    public ImmutableArray<string> AvailabilityZoneHints { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}

public sealed record SubnetBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required SourceId Network { get; init; }
    public required int IpVersion { get; init; }
    public required string Cidr { get; init; }

    /// <summary>Null: no gateway.</summary>
    public string? GatewayIp { get; init; }
    public bool IsDhcpEnabled { get; init; }
    public ImmutableArray<AddressRange> AllocationPools { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<string> DnsNameservers { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<RouteBlueprint> HostRoutes { get => field.IsDefault ? [] : field; init; }
    public string? Ipv6AddressMode { get; init; }
    public string? Ipv6RaMode { get; init; }

    /// <summary>Device owners that its addresses are kept for; empty: any.</summary>
    public ImmutableArray<string> ServiceTypes { get => field.IsDefault ? [] : field; init; }
    public bool? DnsPublishFixedIp { get; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}

public sealed record AddressRange(string Start, string End);

public sealed record RouteBlueprint(string Destination, string NextHop);

public sealed record RouterBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public bool IsAdminStateUp { get; init; } = true;

    /// <summary>The external network, null where it has no gateway.</summary>
    public SourceId? ExternalNetwork { get; init; }
    public bool? IsSnatEnabled { get; init; }
    public ImmutableArray<FixedIp> ExternalFixedIps { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<RouterInterface> Interfaces { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<RouteBlueprint> Routes { get => field.IsDefault ? [] : field; init; }
    public bool? IsDistributed { get; init; }
    public bool? IsHighlyAvailable { get; init; }
    public ImmutableArray<string> AvailabilityZoneHints { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}

/// <summary>A leg of a router: its own port's addresses, which are not always the subnet's gateway address.</summary>
public sealed record RouterInterface
{
    public required SourceId Port { get; init; }
    public required SourceId Network { get; init; }
    public required ImmutableArray<FixedIp> FixedIps { get; init; }
}

public sealed record FixedIp(SourceId Subnet, string Address);

public sealed record PortBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public required SourceId Network { get; init; }
    public required string MacAddress { get; init; }
    public ImmutableArray<FixedIp> FixedIps { get => field.IsDefault ? [] : field; init; }
    public bool IsAdminStateUp { get; init; } = true;
    public bool? PortSecurityEnabled { get; init; }
    public ImmutableArray<SourceId> SecurityGroups { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<AddressPair> AllowedAddressPairs { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<DhcpOption> ExtraDhcpOptions { get => field.IsDefault ? [] : field; init; }
    public string? VnicType { get; init; }
    public string? DnsName { get; init; }
    public string? DnsDomain { get; init; }

    /// <summary>The server that it belongs to; null for an unbound port, which often carries a virtual IP.</summary>
    public SourceId? Server { get; init; }

    /// <summary>Kept for unbound ports alone: what their owner wrote there.</summary>
    public string? DeviceOwner { get; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}

public sealed record AddressPair(string IpAddress, string? MacAddress = null);

public sealed record DhcpOption(string Name, string Value, int IpVersion);

public sealed record SecurityGroupBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>Each project has one named <c>default</c>, made by Neutron: it is edited at the target, not made.</summary>
    public bool IsDefault { get; init; }
    public bool? IsStateful { get; init; }
    public ImmutableArray<SecurityGroupRuleBlueprint> Rules { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}

public sealed record SecurityGroupRuleBlueprint
{
    public required SourceId Id { get; init; }
    public required string Direction { get; init; }
    public required string EtherType { get; init; }
    public string? Protocol { get; init; }
    public int? PortRangeMin { get; init; }
    public int? PortRangeMax { get; init; }
    public string? RemoteIpPrefix { get; init; }

    /// <summary>Another group whose members are meant. Groups may refer to each other: rules come after all groups.</summary>
    public SourceId? RemoteGroup { get; init; }
    public string? Description { get; init; }
}

public sealed record FloatingIpBlueprint
{
    public required SourceId Id { get; init; }
    public required string Address { get; init; }
    public string? Description { get; init; }
    public required SourceId ExternalNetwork { get; init; }

    /// <summary>Null: kept in reserve, not associated.</summary>
    public SourceId? Port { get; init; }
    public string? FixedIp { get; init; }
    public string? DnsName { get; init; }
    public string? DnsDomain { get; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
}
