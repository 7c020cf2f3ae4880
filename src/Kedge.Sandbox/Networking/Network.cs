using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Networking;

/// <summary>What all of Neutron's resources have.</summary>
abstract class NeutronResource
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public int Revision { get; set; } = 1;
    public string Name { get; set; } = "";
    public string Description { get; set; } = "";
    public List<string> Tags { get; } = [];
}

sealed class Network : NeutronResource
{
    public bool IsShared { get; set; }
    public bool IsExternal { get; set; }
    public bool IsAdminUp { get; set; } = true;
    public bool HasPortSecurity { get; set; } = true;
    public int Mtu { get; set; } = 1450;
    public string DnsDomain { get; set; } = "";
    public string NetworkType { get; set; } = "vxlan";
    public string? PhysicalNetwork { get; set; }
    public int? SegmentationId { get; set; }
    public List<string> SubnetIds { get; } = [];

    /// <summary>MACs of all its ports.</summary>
    public HashSet<string> Macs { get; } = new(StringComparer.Ordinal);
}

sealed record AddressPool(IpAddress Start, IpAddress End);

sealed class Subnet : NeutronResource
{
    public required string NetworkId { get; init; }
    public required IpRange Cidr { get; init; }
    public IpAddress? Gateway { get; set; }
    public List<AddressPool> Pools { get; } = [];
    public List<string> DnsServers { get; set; } = [];
    public JsonArray HostRoutes { get; set; } = [];
    public bool HasDhcp { get; set; } = true;
    public string? Ipv6AddressMode { get; init; }
    public string? Ipv6RaMode { get; init; }

    /// <summary>Addresses of all ports on it.</summary>
    public HashSet<IpAddress> Taken { get; } = [];
}

sealed record FixedIp(string SubnetId, IpAddress Address);

sealed class Port : NeutronResource
{
    public required string NetworkId { get; init; }
    public string Mac { get; set; } = "";
    public List<FixedIp> FixedIps { get; set; } = [];
    public JsonArray AddressPairs { get; set; } = [];
    public JsonArray ExtraDhcpOptions { get; set; } = [];
    public List<string> SecurityGroupIds { get; set; } = [];
    public bool HasPortSecurity { get; set; } = true;
    public bool IsAdminUp { get; set; } = true;
    public string Status { get; set; } = "DOWN";
    public string DeviceId { get; set; } = "";
    public string DeviceOwner { get; set; } = "";
    public string Host { get; set; } = "";
    public string VnicType { get; set; } = "normal";
    public JsonObject Profile { get; set; } = [];
    public string DnsName { get; set; } = "";
    public string DnsDomain { get; set; } = "";
    public string? QosPolicyId { get; set; }
}

sealed class Router : NeutronResource
{
    public bool IsAdminUp { get; set; } = true;
    public string? ExternalNetworkId { get; set; }
    public bool HasSnat { get; set; } = true;
    public string? GatewayPortId { get; set; }
    public JsonArray Routes { get; set; } = [];
}

sealed class SecurityGroup : NeutronResource
{
    public bool IsStateful { get; set; } = true;
    public List<SecurityGroupRule> Rules { get; } = [];
}

sealed class SecurityGroupRule : NeutronResource
{
    public required string GroupId { get; init; }
    public required string Direction { get; init; }
    public string EtherType { get; init; } = "IPv4";
    public string? Protocol { get; init; }
    public int? PortMin { get; init; }
    public int? PortMax { get; init; }
    public string? RemoteIpPrefix { get; init; }
    public string? RemoteGroupId { get; init; }
}

sealed class FloatingIp : NeutronResource
{
    public required string NetworkId { get; init; }
    public required IpAddress Address { get; init; }
    public required string OwnPortId { get; init; }
    public string? PortId { get; set; }
    public IpAddress? FixedAddress { get; set; }
    public string? RouterId { get; set; }
    public string DnsName { get; init; } = "";
    public string DnsDomain { get; init; } = "";
}

sealed class RbacPolicy : NeutronResource
{
    public required string ObjectType { get; init; }
    public required string ObjectId { get; init; }
    public required string Action { get; init; }
    public required string TargetProject { get; init; }
}
