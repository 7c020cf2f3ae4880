using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Network;

/// <summary>Neutron. Every method throws <see cref="OpenStackException"/> when the call fails. <c>https://docs.openstack.org/api-ref/network/v2/</c></summary>
public sealed class NetworkClient
{
    readonly Endpoint neutron;

    internal NetworkClient(Endpoint neutron) => this.neutron = neutron;

    /// <summary>A network. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<VirtualNetwork> GetNetworkAsync(NetworkId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"networks/{id}"), "network", NetworkJson.Default.VirtualNetwork, cancel);

    /// <summary>A network; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<VirtualNetwork?> FindNetworkAsync(NetworkId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"networks/{id}"), "network", NetworkJson.Default.VirtualNetwork, cancel);

    /// <summary>The networks that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<VirtualNetwork> ListNetworksAsync(NetworkFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"networks").Where(Filter(filter)), "networks", NetworkJson.Default.VirtualNetwork, cancel);

    /// <summary>Creates a network.</summary>
    /// <param name="network">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<VirtualNetwork> CreateNetworkAsync(NewNetwork network, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"networks").With("network", network, NetworkJson.Default.NewNetwork), "network", NetworkJson.Default.VirtualNetwork, cancel);

    /// <summary>Deletes a network; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteNetworkAsync(NetworkId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"networks/{id}"), cancel);

    /// <summary>Replaces the tags of a network; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(NetworkId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"networks/{id}/tags", tags, cancel);

    /// <summary>A subnet. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Subnet> GetSubnetAsync(SubnetId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"subnets/{id}"), "subnet", NetworkJson.Default.Subnet, cancel);

    /// <summary>A subnet; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Subnet?> FindSubnetAsync(SubnetId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"subnets/{id}"), "subnet", NetworkJson.Default.Subnet, cancel);

    /// <summary>The subnets that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Subnet> ListSubnetsAsync(NetworkFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"subnets").Where(Filter(filter)), "subnets", NetworkJson.Default.Subnet, cancel);

    /// <summary>Creates a subnet.</summary>
    /// <param name="subnet">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Subnet> CreateSubnetAsync(NewSubnet subnet, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"subnets").With("subnet", subnet, NetworkJson.Default.NewSubnet), "subnet", NetworkJson.Default.Subnet, cancel);

    /// <summary>Deletes a subnet; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteSubnetAsync(SubnetId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"subnets/{id}"), cancel);

    /// <summary>Replaces the tags of a subnet; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(SubnetId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"subnets/{id}/tags", tags, cancel);

    /// <summary>A router. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Router> GetRouterAsync(RouterId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"routers/{id}"), "router", NetworkJson.Default.Router, cancel);

    /// <summary>A router; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Router?> FindRouterAsync(RouterId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"routers/{id}"), "router", NetworkJson.Default.Router, cancel);

    /// <summary>The routers that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Router> ListRoutersAsync(NetworkFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"routers").Where(Filter(filter)), "routers", NetworkJson.Default.Router, cancel);

    /// <summary>Creates a router.</summary>
    /// <param name="router">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Router> CreateRouterAsync(NewRouter router, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"routers").With("router", router, NetworkJson.Default.NewRouter), "router", NetworkJson.Default.Router, cancel);

    /// <summary>Deletes a router; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteRouterAsync(RouterId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"routers/{id}"), cancel);

    /// <summary>Replaces the tags of a router; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(RouterId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"routers/{id}/tags", tags, cancel);

    /// <summary>Adds an interface with the gateway address of a subnet.</summary>
    /// <param name="id">Which router.</param>
    /// <param name="subnet">Which subnet.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<RouterInterface> AddRouterInterfaceAsync(RouterId id, SubnetId subnet, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Put($"routers/{id}/add_router_interface").With(new JsonObject { ["subnet_id"] = subnet.Value }), "", NetworkJson.Default.RouterInterface, cancel);

    /// <summary>Adds an interface with a port, and so with an address of one's choice.</summary>
    /// <param name="id">Which router.</param>
    /// <param name="port">Which port.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<RouterInterface> AddRouterInterfaceAsync(RouterId id, PortId port, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Put($"routers/{id}/add_router_interface").With(new JsonObject { ["port_id"] = port.Value }), "", NetworkJson.Default.RouterInterface, cancel);

    /// <summary>Removes an interface and its port; one that is gone already is no error.</summary>
    /// <param name="id">Which router.</param>
    /// <param name="port">Which port.</param>
    /// <param name="cancel">Gives up.</param>
    public Task RemoveRouterInterfaceAsync(RouterId id, PortId port, CancellationToken cancel) =>
        neutron.DeleteAsync(Request.Put($"routers/{id}/remove_router_interface").With(new JsonObject { ["port_id"] = port.Value }), cancel);

    /// <summary>Replaces the extra routes of a router. Each next hop must be in reach of an interface.</summary>
    /// <param name="id">Which router.</param>
    /// <param name="routes">All extra routes it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Router> SetRoutesAsync(RouterId id, IReadOnlyList<Route> routes, CancellationToken cancel) =>
        UpdateRouterAsync(id, "routes", JsonSerializer.SerializeToNode(routes, NetworkJson.Default.IReadOnlyListRoute), cancel);

    /// <summary>Gives a router a way out, or takes it.</summary>
    /// <param name="id">Which router.</param>
    /// <param name="gateway">The way out; null for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Router> SetGatewayAsync(RouterId id, ExternalGateway? gateway, CancellationToken cancel) => UpdateRouterAsync(
        id,
        "external_gateway_info",
        gateway is null ? new JsonObject() : JsonSerializer.SerializeToNode(gateway, NetworkJson.Default.ExternalGateway),
        cancel);

    /// <summary>A port. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Port> GetPortAsync(PortId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"ports/{id}"), "port", NetworkJson.Default.Port, cancel);

    /// <summary>A port; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Port?> FindPortAsync(PortId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"ports/{id}"), "port", NetworkJson.Default.Port, cancel);

    /// <summary>The ports that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<Port> ListPortsAsync(PortFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"ports").Where(Filter(filter)), "ports", NetworkJson.Default.Port, cancel);

    /// <summary>Creates a port.</summary>
    /// <param name="port">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Port> CreatePortAsync(NewPort port, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"ports").With("port", port, NetworkJson.Default.NewPort), "port", NetworkJson.Default.Port, cancel);

    /// <summary>Deletes a port; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeletePortAsync(PortId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"ports/{id}"), cancel);

    /// <summary>Replaces the tags of a port; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(PortId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"ports/{id}/tags", tags, cancel);

    /// <summary>Changes a port.</summary>
    /// <param name="id">Which.</param>
    /// <param name="changes">What to change.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<Port> UpdatePortAsync(PortId id, PortChanges changes, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Put($"ports/{id}").With("port", changes, NetworkJson.Default.PortChanges), "port", NetworkJson.Default.Port, cancel);

    /// <summary>A security group with its rules. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<SecurityGroup> GetSecurityGroupAsync(SecurityGroupId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"security-groups/{id}"), "security_group", NetworkJson.Default.SecurityGroup, cancel);

    /// <summary>A security group with its rules; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<SecurityGroup?> FindSecurityGroupAsync(SecurityGroupId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"security-groups/{id}"), "security_group", NetworkJson.Default.SecurityGroup, cancel);

    /// <summary>The security groups that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<SecurityGroup> ListSecurityGroupsAsync(NetworkFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"security-groups").Where(Filter(filter)), "security_groups", NetworkJson.Default.SecurityGroup, cancel);

    /// <summary>Creates a security group; it starts with rules that let everything out.</summary>
    /// <param name="group">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<SecurityGroup> CreateSecurityGroupAsync(NewSecurityGroup group, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"security-groups").With("security_group", group, NetworkJson.Default.NewSecurityGroup), "security_group", NetworkJson.Default.SecurityGroup, cancel);

    /// <summary>Deletes a security group; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteSecurityGroupAsync(SecurityGroupId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"security-groups/{id}"), cancel);

    /// <summary>Replaces the tags of a security group; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(SecurityGroupId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"security-groups/{id}/tags", tags, cancel);

    /// <summary>Creates a rule. One that is there already is <see cref="Fault.Conflict"/>.</summary>
    /// <param name="rule">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<SecurityGroupRule> CreateSecurityGroupRuleAsync(NewSecurityGroupRule rule, CancellationToken cancel) => neutron.ReadAsync(
        Request.Post($"security-group-rules").With("security_group_rule", rule, NetworkJson.Default.NewSecurityGroupRule),
        "security_group_rule",
        NetworkJson.Default.SecurityGroupRule,
        cancel);

    /// <summary>Deletes a rule; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteSecurityGroupRuleAsync(SecurityGroupRuleId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"security-group-rules/{id}"), cancel);

    /// <summary>A floating IP. Missing is <see cref="Fault.NotFound"/>.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<FloatingIp> GetFloatingIpAsync(FloatingIpId id, CancellationToken cancel) => neutron.ReadAsync(Request.Get($"floatingips/{id}"), "floatingip", NetworkJson.Default.FloatingIp, cancel);

    /// <summary>A floating IP; null when there is none.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<FloatingIp?> FindFloatingIpAsync(FloatingIpId id, CancellationToken cancel) => neutron.FindAsync(Request.Get($"floatingips/{id}"), "floatingip", NetworkJson.Default.FloatingIp, cancel);

    /// <summary>The floating IPs that the project sees; administrators see all.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<FloatingIp> ListFloatingIpsAsync(NetworkFilter filter, CancellationToken cancel) =>
        neutron.ListAsync(Request.List($"floatingips").Where(Filter(filter)), "floatingips", NetworkJson.Default.FloatingIp, cancel);

    /// <summary>Creates a floating IP.</summary>
    /// <param name="floatingIp">What to create.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<FloatingIp> CreateFloatingIpAsync(NewFloatingIp floatingIp, CancellationToken cancel) =>
        neutron.ReadAsync(Request.Post($"floatingips").With("floatingip", floatingIp, NetworkJson.Default.NewFloatingIp), "floatingip", NetworkJson.Default.FloatingIp, cancel);

    /// <summary>Deletes a floating IP; one that is gone already is no error.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DeleteFloatingIpAsync(FloatingIpId id, CancellationToken cancel) => neutron.DeleteAsync(Request.Delete($"floatingips/{id}"), cancel);

    /// <summary>Replaces the tags of a floating IP; at most 60 characters each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="tags">All tags it shall have.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetTagsAsync(FloatingIpId id, IReadOnlyList<string> tags, CancellationToken cancel) => SetTagsAsync($"floatingips/{id}/tags", tags, cancel);

    /// <summary>Associates a floating IP with a port, or frees it.</summary>
    /// <param name="id">Which.</param>
    /// <param name="port">The port; null frees it.</param>
    /// <param name="fixedIpAddress">Which address of the port; null for its first.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<FloatingIp> AssociateFloatingIpAsync(FloatingIpId id, PortId? port, string? fixedIpAddress, CancellationToken cancel)
    {
        var body = new JsonObject { ["port_id"] = port?.Value };
        if (fixedIpAddress is not null)
            body["fixed_ip_address"] = fixedIpAddress;
        return neutron.ReadAsync(Request.Put($"floatingips/{id}").With(new JsonObject { ["floatingip"] = body }), "floatingip", NetworkJson.Default.FloatingIp, cancel);
    }

    /// <summary>What a project may have and has, by resource: <c>network</c>, <c>subnet</c>, <c>router</c>, <c>port</c>, <c>security_group</c>, <c>security_group_rule</c>, <c>floatingip</c>.</summary>
    /// <param name="project">Which; another than one's own is for administrators.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyDictionary<string, QuotaUse>> GetQuotasAsync(ProjectId project, CancellationToken cancel)
    {
        var answer = await neutron.ReadJsonAsync(Request.Get($"quotas/{project}/details.json"), cancel);
        return neutron.Member(answer, "quota").EnumerateObject()
            .Where(quota => quota.Value.ValueKind == JsonValueKind.Object)
            .ToDictionary(quota => quota.Name, quota => neutron.Parse(quota.Value, NetworkJson.Default.QuotaUse));
    }

    /// <summary>What the network service has beyond its core.</summary>
    /// <param name="cancel">Gives up.</param>
    public IAsyncEnumerable<NetworkExtension> ListExtensionsAsync(CancellationToken cancel) =>
        neutron.ListAsync(Request.Get($"extensions"), "extensions", NetworkJson.Default.NetworkExtension, cancel);

    /// <summary>How many addresses of a network are in use (administrators); null when it does not exist.</summary>
    /// <param name="id">Which network.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<NetworkAddresses?> FindNetworkAddressesAsync(NetworkId id, CancellationToken cancel) => neutron.FindAsync(
        Request.Get($"network-ip-availabilities/{id}"), "network_ip_availability", NetworkJson.Default.NetworkAddresses, cancel);

    /// <summary>Replaces the description of a network.</summary>
    /// <param name="id">Which.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DescribeAsync(NetworkId id, string description, CancellationToken cancel) => ChangeAsync($"networks/{id}", "network", "description", description, cancel);

    /// <summary>Replaces the description of a subnet.</summary>
    /// <param name="id">Which.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DescribeAsync(SubnetId id, string description, CancellationToken cancel) => ChangeAsync($"subnets/{id}", "subnet", "description", description, cancel);

    /// <summary>Replaces the description of a router.</summary>
    /// <param name="id">Which.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DescribeAsync(RouterId id, string description, CancellationToken cancel) => ChangeAsync($"routers/{id}", "router", "description", description, cancel);

    /// <summary>Replaces the description of a security group.</summary>
    /// <param name="id">Which.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DescribeAsync(SecurityGroupId id, string description, CancellationToken cancel) => ChangeAsync($"security-groups/{id}", "security_group", "description", description, cancel);

    /// <summary>Replaces the description of a floating IP.</summary>
    /// <param name="id">Which.</param>
    /// <param name="description">Its description; empty for none.</param>
    /// <param name="cancel">Gives up.</param>
    public Task DescribeAsync(FloatingIpId id, string description, CancellationToken cancel) => ChangeAsync($"floatingips/{id}", "floatingip", "description", description, cancel);

    /// <summary>Sets the largest packet of a network.</summary>
    /// <param name="id">Which.</param>
    /// <param name="bytes">Bytes; at most what the cloud's networks carry.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SetMtuAsync(NetworkId id, int bytes, CancellationToken cancel) => ChangeAsync($"networks/{id}", "network", "mtu", bytes, cancel);

    /// <summary>Lets DHCP answer in a subnet; its agents take an address each.</summary>
    /// <param name="id">Which.</param>
    /// <param name="cancel">Gives up.</param>
    public Task EnableDhcpAsync(SubnetId id, CancellationToken cancel) => ChangeAsync($"subnets/{id}", "subnet", "enable_dhcp", true, cancel);

    static Query Filter(NetworkFilter filter)
    {
        var query = new Query
        {
            ["project_id"] = filter.ProjectId?.Value,
            ["tags"] = Query.Of(filter.Tags),
            ["name"] = filter.Name,
            ["description"] = filter.Description,
            ["network_id"] = filter.NetworkId?.Value,
        };
        if (filter is not PortFilter port)
            return query;
        return query
            .With("device_id", port.DeviceId)
            .With("device_owner", port.DeviceOwner)
            .With("mac_address", port.MacAddress)
            .With("fixed_ips", port.IpAddress is { } address ? $"ip_address={address}" : null);
    }

    Task<Router> UpdateRouterAsync(RouterId id, string field, JsonNode? value, CancellationToken cancel) => neutron.ReadAsync(
        Request.Put($"routers/{id}").With(new JsonObject { ["router"] = new JsonObject { [field] = value } }), "router", NetworkJson.Default.Router, cancel);

    Task ChangeAsync(ResourcePath path, string resource, string field, JsonNode value, CancellationToken cancel) =>
        neutron.SendAsync(Request.Put(path).With(new JsonObject { [resource] = new JsonObject { [field] = value } }), cancel);

    Task SetTagsAsync(ResourcePath path, IReadOnlyList<string> tags, CancellationToken cancel) =>
        neutron.SendAsync(Request.Put(path).With("tags", tags, NetworkJson.Default.IReadOnlyListString), cancel);
}
