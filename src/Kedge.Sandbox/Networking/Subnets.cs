using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/subnets, all but their creation.</summary>
static class Subnets
{
    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "subnets", call.Cloud.Neutron.Subnets.Where(s => MaySee(call, s)), (_, subnet) => View(subnet));

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "subnet", View(Get(call, call["id"])));

    public static SandboxResponse Update(Call call)
    {
        var subnet = GetOwn(call, "update_subnet");
        var body = call.Body("subnet");
        if (body.ContainsKey("gateway_ip"))
            subnet.Gateway = body.Reference("gateway_ip") is { } gateway ? IpAddress.Parse(gateway) : null;
        if (body.ContainsKey("allocation_pools"))
            SubnetCreation.SetPools(subnet, body);
        Set(subnet, body);
        NeutronWire.Touch(call, subnet);
        SubnetCreation.KeepDhcpPort(call.Cloud.Neutron, subnet);
        return NeutronWire.One(call, 200, "subnet", View(subnet));
    }

    public static SandboxResponse Delete(Call call)
    {
        var subnet = GetOwn(call, "delete_subnet");
        var neutron = call.Cloud.Neutron;
        var users = neutron.Ports.Where(p => p.FixedIps.Exists(ip => ip.SubnetId == subnet.Id)).ToList();
        if (users.Exists(p => p.DeviceOwner != "network:dhcp"))
            throw new ApiFault(409,
                $"Unable to complete operation on subnet {subnet.Id}: One or more ports have an IP allocation from this subnet.",
                "SubnetInUse");
        foreach (var port in users)
            neutron.Remove(port);
        neutron.Networks.Find(subnet.NetworkId)?.SubnetIds.Remove(subnet.Id);
        neutron.Subnets.Remove(subnet);
        return SandboxResponse.Empty(204);
    }

    public static Subnet Get(Call call, string id) => call.Cloud.Neutron.Subnets.Find(id) is { } subnet && MaySee(call, subnet)
        ? subnet
        : throw NeutronWire.NotFound("Subnet", id);

    public static void Set(Subnet subnet, JsonObject body)
    {
        NeutronWire.Rename(body, subnet);
        subnet.HasDhcp = body.Flag("enable_dhcp") ?? subnet.HasDhcp;
        if (body.List("dns_nameservers") is not null)
            subnet.DnsServers = body.Texts("dns_nameservers");
        if (body.List("host_routes") is { } routes)
            subnet.HostRoutes = (JsonArray)routes.DeepClone();
    }

    public static JsonObject View(Subnet subnet)
    {
        var view = NeutronWire.Start(subnet);
        view["network_id"] = subnet.NetworkId;
        view["cidr"] = subnet.Cidr.ToString();
        view["ip_version"] = subnet.Cidr.Version;
        view["gateway_ip"] = subnet.Gateway?.ToString();
        view["enable_dhcp"] = subnet.HasDhcp;
        view["allocation_pools"] = subnet.Pools.Select(p => new JsonObject { ["start"] = p.Start.ToString(), ["end"] = p.End.ToString() })
            .ToJson();
        view["dns_nameservers"] = subnet.DnsServers.ToJson();
        view["host_routes"] = subnet.HostRoutes.DeepClone();
        view["ipv6_address_mode"] = subnet.Ipv6AddressMode;
        view["ipv6_ra_mode"] = subnet.Ipv6RaMode;
        view["subnetpool_id"] = null;
        view["segment_id"] = null;
        view["service_types"] = new JsonArray();
        view["dns_publish_fixed_ip"] = false;
        return view;
    }

    static bool MaySee(Call call, Subnet subnet) => call.Owns(subnet.ProjectId)
        || (call.Cloud.Neutron.Networks.Find(subnet.NetworkId) is { } network && !network.IsExternal
            && call.Cloud.Neutron.MaySee(call, network));

    static Subnet GetOwn(Call call, string policy)
    {
        var subnet = Get(call, call["id"]);
        return call.Owns(subnet.ProjectId) ? subnet : throw NeutronWire.Denied(policy);
    }
}
