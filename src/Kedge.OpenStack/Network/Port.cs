using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A port: carries a server's identity in the network. <c>https://docs.openstack.org/api-ref/network/v2/#ports</c></summary>
public sealed record Port
{
    /// <summary>Id.</summary>
    public PortId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>State.</summary>
    public NetworkStatus Status { get; init; }

    /// <summary>Its network.</summary>
    public NetworkId NetworkId { get; init; }

    /// <summary>Whether it is switched on.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool IsAdminUp { get; init; }

    /// <summary>MAC address.</summary>
    public string MacAddress { get; init => field = value ?? ""; } = "";

    /// <summary>Its addresses.</summary>
    public IReadOnlyList<FixedIp> FixedIps { get; init => field = value ?? []; } = [];

    /// <summary>Other addresses it may send from.</summary>
    public IReadOnlyList<AddressPair> AllowedAddressPairs { get; init => field = value ?? []; } = [];

    /// <summary>Whether it is filtered.</summary>
    public bool? PortSecurityEnabled { get; init; }

    /// <summary>Its security groups.</summary>
    public IReadOnlyList<SecurityGroupId> SecurityGroups { get; init => field = value ?? []; } = [];

    /// <summary>DHCP options of its own.</summary>
    public IReadOnlyList<DhcpOption> ExtraDhcpOpts { get; init => field = value ?? []; } = [];

    /// <summary>Host name for DNS.</summary>
    public string? DnsName { get; init; }

    /// <summary>DNS domain.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>QoS policy of its network.</summary>
    public QosPolicyId? QosNetworkPolicyId { get; init; }

    /// <summary>What it belongs to: a server, router or other; empty for an unbound port.</summary>
    public string DeviceId { get; init => field = value ?? ""; } = "";

    /// <summary>Kind of what it belongs to, such as <c>compute:nova</c>; empty for an unbound port.</summary>
    public string DeviceOwner { get; init => field = value ?? ""; } = "";

    /// <summary>Kind of interface, such as <c>normal</c> or <c>direct</c>.</summary>
    [JsonPropertyName("binding:vnic_type")]
    public string? VnicType { get; init; }

    /// <summary>Host (administrators).</summary>
    [JsonPropertyName("binding:host_id")]
    public string? BindingHost { get; init; }

    /// <summary>How it is plugged in (administrators).</summary>
    [JsonPropertyName("binding:vif_type")]
    public string? BindingVifType { get; init; }

    /// <summary>Profile for the driver (administrators); may be of one host only.</summary>
    [JsonPropertyName("binding:profile")]
    public JsonElement? BindingProfile { get; init; }

    /// <summary>Cyborg device profile.</summary>
    public string? DeviceProfile { get; init; }

    /// <summary>NUMA affinity policy.</summary>
    public string? NumaAffinityPolicy { get; init; }

    /// <summary>Hints for the driver (administrators).</summary>
    public JsonElement? Hints { get; init; }

    /// <summary>Whether the uplink's state is shown to the guest.</summary>
    public bool? PropagateUplinkStatus { get; init; }

    /// <summary>Trunk that it is the parent of; null for none.</summary>
    public JsonElement? TrunkDetails { get; init; }

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

/// <summary>An address of a port.</summary>
/// <param name="SubnetId">Its subnet; null in a request lets the cloud find it by the address.</param>
/// <param name="IpAddress">The address; null in a request lets the cloud choose.</param>
public sealed record FixedIp(SubnetId? SubnetId, string? IpAddress);

/// <summary>Another address that a port may send from, such as a virtual IP.</summary>
/// <param name="IpAddress">Address or range.</param>
/// <param name="MacAddress">MAC address; null is the port's own.</param>
public sealed record AddressPair(string IpAddress, string? MacAddress = null);

/// <summary>A DHCP option of a port.</summary>
public sealed record DhcpOption
{
    /// <summary>Option.</summary>
    [JsonPropertyName("opt_name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Value.</summary>
    [JsonPropertyName("opt_value")]
    public string? Value { get; init; }

    /// <summary>4 or 6.</summary>
    [JsonPropertyName("ip_version")]
    public int? IpVersion { get; init; }
}

/// <summary>A port to be created. Choosing address or MAC in a shared network is for its owner and administrators. <c>https://docs.openstack.org/api-ref/network/v2/#create-port</c></summary>
public sealed record NewPort
{
    /// <summary>Its network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Whether it is switched on; null is yes.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool? IsAdminUp { get; init; }

    /// <summary>MAC address; null lets the cloud choose.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Addresses; null lets the cloud choose, empty is none.</summary>
    public IReadOnlyList<FixedIp>? FixedIps { get; init; }

    /// <summary>Other addresses it may send from.</summary>
    public IReadOnlyList<AddressPair>? AllowedAddressPairs { get; init; }

    /// <summary>Whether it is filtered; null is the network's default. When false, security groups and address pairs must be empty.</summary>
    public bool? PortSecurityEnabled { get; init; }

    /// <summary>Security groups; null is the project's default group.</summary>
    public IReadOnlyList<SecurityGroupId>? SecurityGroups { get; init; }

    /// <summary>DHCP options of its own.</summary>
    public IReadOnlyList<DhcpOption>? ExtraDhcpOpts { get; init; }

    /// <summary>Host name for DNS.</summary>
    public string? DnsName { get; init; }

    /// <summary>DNS domain.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>What it belongs to; reserves the port when it is no server yet.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Kind of what it belongs to.</summary>
    public string? DeviceOwner { get; init; }

    /// <summary>Kind of interface.</summary>
    [JsonPropertyName("binding:vnic_type")]
    public string? VnicType { get; init; }

    /// <summary>Profile for the driver (administrators).</summary>
    [JsonPropertyName("binding:profile")]
    public JsonElement? BindingProfile { get; init; }

    /// <summary>Cyborg device profile.</summary>
    public string? DeviceProfile { get; init; }

    /// <summary>NUMA affinity policy.</summary>
    public string? NumaAffinityPolicy { get; init; }

    /// <summary>Whether the uplink's state is shown to the guest.</summary>
    public bool? PropagateUplinkStatus { get; init; }
}

/// <summary>What to change of a port; null leaves as it is. <c>https://docs.openstack.org/api-ref/network/v2/#update-port</c></summary>
public sealed record PortChanges
{
    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it is switched on.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool? IsAdminUp { get; init; }

    /// <summary>Addresses.</summary>
    public IReadOnlyList<FixedIp>? FixedIps { get; init; }

    /// <summary>Other addresses it may send from.</summary>
    public IReadOnlyList<AddressPair>? AllowedAddressPairs { get; init; }

    /// <summary>Whether it is filtered.</summary>
    public bool? PortSecurityEnabled { get; init; }

    /// <summary>Security groups.</summary>
    public IReadOnlyList<SecurityGroupId>? SecurityGroups { get; init; }

    /// <summary>MAC address (administrators).</summary>
    public string? MacAddress { get; init; }

    /// <summary>What it belongs to.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Kind of what it belongs to.</summary>
    public string? DeviceOwner { get; init; }
}
