using System.Text.Json.Nodes;
using Kedge.Sandbox.Workloads;

namespace Kedge.Sandbox.Tests;

public sealed class NetworkTests
{
    readonly SandboxCloud cloud = SandboxCloud.Create(new SandboxSettings(), new ManualClock());

    [Theory]
    [InlineData("""{"fixed_ips": [{"ip_address": "198.51.100.77"}]}""", "fixed_ips:ip_address")]
    [InlineData("""{"mac_address": "fa:16:3e:00:00:01"}""", "mac_address")]
    [InlineData("""{"allowed_address_pairs": [{"ip_address": "1.2.3.4"}]}""", "allowed_address_pairs")]
    [InlineData("""{"binding:host_id": "h"}""", "binding:host_id")]
    public async Task On_somebody_elses_shared_network_a_tenant_may_not_choose(string fields, string attribute)
    {
        using var demo = await Caller.LoginAsync(cloud);
        var shared = await NetworkAsync(demo, "shared");
        var body = Caller.Json(fields);
        body["network_id"] = shared;

        var chosen = await demo.PostAsync("/network/v2.0/ports", new JsonObject { ["port"] = body });
        var taken = await demo.PostAsync("/network/v2.0/ports", new JsonObject { ["port"] = new JsonObject { ["network_id"] = shared } });

        Assert.Equal(403, chosen.Status);
        Assert.Equal("PolicyNotAuthorized", (string)chosen["NeutronError"]["type"]!);
        Assert.Contains(attribute, (string)chosen["NeutronError"]["message"]!, StringComparison.Ordinal);
        Assert.Equal(201, taken.Status);
    }

    [Fact]
    public async Task The_same_mac_or_address_twice_on_a_network_is_a_conflict()
    {
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);
        var vip = (await demo.GetAsync($"/network/v2.0/ports/{workload.VipPortId}"))["port"];

        var mac = await PortAsync(demo, workload.FrontNetworkId,
            new JsonObject { ["mac_address"] = ((string)vip["mac_address"]!).ToUpperInvariant() });
        var address = await PortAsync(demo, workload.FrontNetworkId,
            new JsonObject { ["fixed_ips"] = new JsonArray(new JsonObject { ["ip_address"] = "10.10.1.100" }) });
        var dhcp = await PortAsync(demo, workload.FrontNetworkId,
            new JsonObject { ["fixed_ips"] = new JsonArray(new JsonObject { ["ip_address"] = "10.10.1.2" }) });

        Assert.Equal("MacAddressInUse", (string)mac["NeutronError"]["type"]!);
        Assert.Equal("IpAddressAlreadyAllocated", (string)address["NeutronError"]["type"]!);
        Assert.Equal(409, dhcp.Status);
    }

    [Fact]
    public async Task A_full_quota_is_a_conflict_and_details_tell_how_full()
    {
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);
        var project = cloud.World.ProjectId("demo");
        var used = (int)(await demo.GetAsync($"/network/v2.0/quotas/{project}/details.json"))["quota"]["port"]!["used"]!;
        cloud.World.SetQuota("network", "demo", "port", used);

        var refused = await PortAsync(demo, workload.FrontNetworkId, []);

        Assert.Equal(409, refused.Status);
        Assert.Equal("OverQuota", (string)refused["NeutronError"]["type"]!);
    }

    [Fact]
    public async Task An_exact_floating_address_is_for_admins()
    {
        using var demo = await Caller.LoginAsync(cloud);
        using var admin = await Caller.LoginAsync(cloud, "admin");
        var external = await NetworkAsync(demo, "public");
        JsonObject Wish() => new() { ["floatingip"] = new JsonObject { ["floating_network_id"] = external,
            ["floating_ip_address"] = "203.0.113.99" } };

        Assert.Equal(403, (await demo.PostAsync("/network/v2.0/floatingips", Wish())).Status);
        Assert.Equal("203.0.113.99", (string)(await admin.PostAsync("/network/v2.0/floatingips",
            Wish()))["floatingip"]["floating_ip_address"]!);
    }

    [Fact]
    public async Task A_floating_address_needs_a_way_out()
    {
        using var demo = await Caller.LoginAsync(cloud);
        var network = (await demo.PostAsync("/network/v2.0/networks", Caller.Json("""{"network": {"name": "island"}}"""))).Id("network");
        await demo.PostAsync("/network/v2.0/subnets",
            new JsonObject { ["subnet"] = new JsonObject { ["network_id"] = network, ["cidr"] = "10.0.0.0/24", ["ip_version"] = 4 } });
        var port = (await PortAsync(demo, network, [])).Id("port");

        var answer = await demo.PostAsync("/network/v2.0/floatingips", new JsonObject
        {
            ["floatingip"] = new JsonObject { ["floating_network_id"] = await NetworkAsync(demo, "public"), ["port_id"] = port },
        });

        Assert.Equal("ExternalGatewayForFloatingIPNotFound", (string)answer["NeutronError"]["type"]!);
    }

    [Fact]
    public async Task Routes_that_lead_nowhere_and_interfaces_in_use_are_refused()
    {
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);
        var router = $"/network/v2.0/routers/{workload.RouterId}";

        var nowhere = await demo.PutAsync(router, Caller.Json("""{"router": {"routes": [{"destination": "1.0.0.0/8", "nexthop": "172.16.0.1"}]}}"""));
        var deleted = await demo.DeleteAsync(router);
        var snat = await demo.PutAsync(router, new JsonObject
        {
            ["router"] = new JsonObject { ["external_gateway_info"] = new JsonObject { ["network_id"] = await NetworkAsync(demo, "public"),
                ["enable_snat"] = true } },
        });

        Assert.Equal(400, nowhere.Status);
        Assert.Equal("RouterInUse", (string)deleted["NeutronError"]["type"]!);
        Assert.Equal(403, snat.Status);
    }

    [Fact]
    public async Task Lists_are_filtered_by_fields_tags_and_addresses_and_cut_into_pages()
    {
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);

        var byAddress = (await demo.GetAsync("/network/v2.0/ports?fixed_ips=ip_address%3D10.10.1.100&fields=id"))["ports"].AsArray();
        var byTag = (await demo.GetAsync($"/network/v2.0/networks?tags={ThreeTierWorkload.Tag}"))["networks"].AsArray();
        var page = await demo.GetAsync("/network/v2.0/ports?limit=4");
        var next = await demo.GetAsync(new Uri((string)page["ports_links"][0]!["href"]!).PathAndQuery);

        Assert.Equal("""[{"id":"ID"}]""".Replace("ID", workload.VipPortId, StringComparison.Ordinal), byAddress.ToJsonString());
        Assert.Equal(2, byTag.Count);
        Assert.Equal(4, page["ports"].AsArray().Count);
        Assert.Empty(next["ports"].AsArray().Select(p => (string)p!["id"]!)
            .Intersect(page["ports"].AsArray().Select(p => (string)p!["id"]!)));
    }

    [Fact]
    public async Task A_slaac_address_follows_from_the_mac()
    {
        using var demo = await Caller.LoginAsync(cloud);
        var network = (await demo.PostAsync("/network/v2.0/networks", Caller.Json("""{"network": {"name": "six"}}"""))).Id("network");
        await demo.PostAsync("/network/v2.0/subnets", new JsonObject
        {
            ["subnet"] = new JsonObject
            {
                ["network_id"] = network, ["cidr"] = "2001:db8::/64", ["ip_version"] = 6, ["ipv6_address_mode"] = "slaac",
                    ["ipv6_ra_mode"] = "slaac",
            },
        });

        var port = (await PortAsync(demo, network, new JsonObject { ["mac_address"] = "fa:16:3e:01:02:03" }))["port"];

        Assert.Equal("2001:db8::f816:3eff:fe01:203", (string)port["fixed_ips"]![0]!["ip_address"]!);
    }

    static async Task<string> NetworkAsync(Caller caller, string name) =>
        (string)(await caller.GetAsync($"/network/v2.0/networks?name={name}"))["networks"][0]!["id"]!;

    static Task<Answered> PortAsync(Caller caller, string network, JsonObject body)
    {
        body["network_id"] = network;
        return caller.PostAsync("/network/v2.0/ports", new JsonObject { ["port"] = body });
    }
}
