using Kedge.OpenStack.Network;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Network;

public sealed class NetworkCallTests : IDisposable
{
    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Neutron_is_told_what_was_meant(string call, Func<NetworkClient, Task> write, string answer, string body)
    {
        world.On($"{call.Replace(" ", " neutron/v2.0/", StringComparison.Ordinal)}", 200, answer);
        await using var cloud = world.Connect(clock);

        await write(cloud.Network);

        Json.AreEqual(body, world.Calls[^1].Body);
    }

    public static TheoryData<string, Func<NetworkClient, Task>, string, string> Writes() => new()
    {
        {
            "POST networks",
            network => network.CreateNetworkAsync(new() { Name = "n", Mtu = 1400, PortSecurityEnabled = false, Description = "d" }, Cancel),
            """{"network": {"id": "n1"}}""",
            """{"network": {"name": "n", "mtu": 1400, "port_security_enabled": false, "description": "d"}}"""
        },
        {
            "POST subnets",
            network => network.CreateSubnetAsync(new() { NetworkId = new("n1"), Cidr = "10.0.0.0/24", IpVersion = 4, Gateway = SubnetGateway.None, IsDhcpEnabled = false, AllocationPools = [new("10.0.0.5", "10.0.0.9")] }, Cancel),
            """{"subnet": {"id": "s1"}}""",
            """{"subnet": {"network_id": "n1", "cidr": "10.0.0.0/24", "ip_version": 4, "gateway_ip": null, "enable_dhcp": false, "allocation_pools": [{"start": "10.0.0.5", "end": "10.0.0.9"}]}}"""
        },
        {
            "POST subnets",
            network => network.CreateSubnetAsync(new() { NetworkId = new("n1"), Cidr = "10.0.0.0/24", IpVersion = 4, Gateway = new("10.0.0.1"), HostRoutes = [new("0.0.0.0/0", "10.0.0.2")] }, Cancel),
            """{"subnet": {"id": "s1"}}""",
            """{"subnet": {"network_id": "n1", "cidr": "10.0.0.0/24", "ip_version": 4, "gateway_ip": "10.0.0.1", "host_routes": [{"destination": "0.0.0.0/0", "nexthop": "10.0.0.2"}]}}"""
        },
        {
            "POST ports",
            network => network.CreatePortAsync(
                new()
                {
                    NetworkId = new("n1"),
                    MacAddress = "fa:16:3e:00:00:01",
                    FixedIps = [new(new("s1"), "10.0.0.5"), new(new("s2"), null)],
                    AllowedAddressPairs = [new("10.0.0.100")],
                    SecurityGroups = [],
                    VnicType = "normal",
                    ExtraDhcpOpts = [new() { Name = "mtu", Value = "1400", IpVersion = 4 }],
                },
                Cancel),
            """{"port": {"id": "p1"}}""",
            """
            {"port": {"network_id": "n1", "mac_address": "fa:16:3e:00:00:01", "fixed_ips": [{"subnet_id": "s1", "ip_address": "10.0.0.5"}, {"subnet_id": "s2"}],
              "allowed_address_pairs": [{"ip_address": "10.0.0.100"}], "security_groups": [], "binding:vnic_type": "normal",
              "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}]}}
            """
        },
        {
            "PUT routers/r1/add_router_interface",
            network => network.AddRouterInterfaceAsync(new("r1"), new PortId("p1"), Cancel),
            """{"id": "r1", "port_id": "p1", "subnet_id": "s1"}""",
            """{"port_id": "p1"}"""
        },
        {
            "PUT routers/r1",
            network => network.SetGatewayAsync(new("r1"), null, Cancel),
            """{"router": {"id": "r1"}}""",
            """{"router": {"external_gateway_info": {}}}"""
        },
        {
            "PUT routers/r1",
            network => network.SetRoutesAsync(new("r1"), [new("10.9.0.0/16", "10.0.0.7")], Cancel),
            """{"router": {"id": "r1"}}""",
            """{"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.7"}]}}"""
        },
        {
            "POST security-group-rules",
            network => network.CreateSecurityGroupRuleAsync(new() { SecurityGroupId = new("g1"), Direction = "ingress", EtherType = "IPv6", Protocol = "tcp", PortRangeMin = 80, PortRangeMax = 80, RemoteGroupId = new("g2") }, Cancel),
            """{"security_group_rule": {"id": "r1"}}""",
            """{"security_group_rule": {"security_group_id": "g1", "direction": "ingress", "ethertype": "IPv6", "protocol": "tcp", "port_range_min": 80, "port_range_max": 80, "remote_group_id": "g2"}}"""
        },
        {
            "PUT floatingips/f1",
            network => network.AssociateFloatingIpAsync(new("f1"), null, null, Cancel),
            """{"floatingip": {"id": "f1"}}""",
            """{"floatingip": {"port_id": null}}"""
        },
        {
            "PUT ports/p1/tags",
            network => network.SetTagsAsync(new PortId("p1"), ["a", "b"], Cancel),
            """{"tags": ["a", "b"]}""",
            """{"tags": ["a", "b"]}"""
        },
    };

    [Fact]
    public async Task A_port_is_read_with_all_that_it_carries()
    {
        world.On("GET neutron/v2.0/ports/p1", 200, """
            {"port": {"id": "p1", "status": "DOWN", "admin_state_up": true, "mac_address": "fa:16:3e:00:00:01", "network_id": "n1", "device_id": "", "device_owner": "",
              "fixed_ips": [{"subnet_id": "s1", "ip_address": "10.0.0.5"}], "allowed_address_pairs": [{"ip_address": "10.0.0.100", "mac_address": "fa:16:3e:00:00:02"}],
              "port_security_enabled": true, "security_groups": ["g1"], "binding:vnic_type": "normal", "binding:profile": {}, "tags": ["a"], "revision_number": 7,
              "project_id": "p", "tenant_id": "p", "created_at": "2026-01-01T00:00:00Z", "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}]}}
            """);
        await using var cloud = world.Connect(clock);

        var port = await cloud.Network.GetPortAsync(new("p1"), Cancel);

        Assert.Equal(NetworkStatus.Down, port.Status);
        Assert.Equal([new FixedIp(new("s1"), "10.0.0.5")], port.FixedIps);
        Assert.Equal([new AddressPair("10.0.0.100", "fa:16:3e:00:00:02")], port.AllowedAddressPairs);
        Assert.Equal(("normal", true, 7L), (port.VnicType, port.PortSecurityEnabled, port.RevisionNumber));
        Assert.Equal("mtu", port.ExtraDhcpOpts[0].Name);
    }

    [Fact]
    public async Task Quotas_are_read_with_their_use()
    {
        world.On("GET neutron/v2.0/quotas/p1/details.json", 200, """
            {"quota": {"port": {"limit": 10, "used": 7, "reserved": 1}, "network": {"limit": -1, "used": 3, "reserved": 0}, "tenant_id": "p1"}}
            """);
        await using var cloud = world.Connect(clock);

        var quotas = await cloud.Network.GetQuotasAsync(new("p1"), Cancel);

        Assert.Equal(2, quotas["port"].Free);
        Assert.Equal(long.MaxValue, quotas["network"].Free);
    }
}
