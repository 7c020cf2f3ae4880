using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/networks</summary>
static class Networks
{
    static readonly string[] adminOnly =
        ["shared", "router:external", "provider:network_type", "provider:physical_network", "provider:segmentation_id", "is_default"];

    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "networks", call.Cloud.Neutron.Networks.Where(n => call.Cloud.Neutron.MaySee(call, n)), View);

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "network", View(call, Get(call, call["id"])));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("network");
        var project = NeutronWire.ProjectFor(call, body, "create_network");
        Check(call, body, "create_network");
        NeutronWire.Reserve(call, project, "network");
        var network = new Network { Id = call.Cloud.Ids.Uuid(), ProjectId = project, CreatedAt = call.Now, UpdatedAt = call.Now };
        network.SegmentationId = (call.Cloud.Neutron.Networks.Count * 7) + 100;
        Set(network, body);
        call.Cloud.Neutron.Networks.Add(network);
        return NeutronWire.One(call, 201, "network", View(call, network));
    }

    public static SandboxResponse Update(Call call)
    {
        var network = GetOwn(call, call["id"], "update_network");
        Check(call, call.Body("network"), "update_network");
        Set(network, call.Body("network"));
        NeutronWire.Touch(call, network);
        return NeutronWire.One(call, 200, "network", View(call, network));
    }

    public static SandboxResponse Delete(Call call)
    {
        var network = GetOwn(call, call["id"], "delete_network");
        var neutron = call.Cloud.Neutron;
        var ports = neutron.Ports.Where(p => p.NetworkId == network.Id).ToList();
        if (ports.Exists(p => p.DeviceOwner != "network:dhcp"))
            throw new ApiFault(409,
                $"Unable to complete operation on network {network.Id}. There are one or more ports still in use on the network, id for these ports is: "
                + string.Join(',', ports.Where(p => p.DeviceOwner != "network:dhcp").Select(p => p.Id)) + ".", "NetworkInUse");
        foreach (var port in ports)
            neutron.Remove(port);
        foreach (var subnet in network.SubnetIds)
            neutron.Subnets.Remove(neutron.Subnets.Find(subnet)!);
        neutron.Networks.Remove(network);
        return SandboxResponse.Empty(204);
    }

    public static Network Get(Call call, string id) =>
        call.Cloud.Neutron.Networks.Find(id) is { } network && call.Cloud.Neutron.MaySee(call, network)
        ? network
        : throw NeutronWire.NotFound("Network", id);

    public static Network GetOwn(Call call, string id, string policy)
    {
        var network = Get(call, id);
        return call.Owns(network.ProjectId) ? network : throw NeutronWire.Denied(policy);
    }

    public static JsonObject View(Call call, Network network)
    {
        var view = NeutronWire.Start(network);
        view["admin_state_up"] = network.IsAdminUp;
        view["status"] = "ACTIVE";
        view["shared"] = call.Cloud.Neutron.IsSharedWith(network, call.ProjectId);
        view["router:external"] = network.IsExternal;
        view["mtu"] = network.Mtu;
        view["port_security_enabled"] = network.HasPortSecurity;
        view["dns_domain"] = network.DnsDomain;
        view["subnets"] = network.SubnetIds.ToJson();
        view["availability_zone_hints"] = new JsonArray();
        view["availability_zones"] = new JsonArray("nova");
        view["ipv4_address_scope"] = null;
        view["ipv6_address_scope"] = null;
        view["qos_policy_id"] = null;
        view["l2_adjacency"] = true;
        if (network.IsExternal)
            view["is_default"] = network.Name == "public";
        if (!call.IsAdmin)
            return view;
        view["provider:network_type"] = network.NetworkType;
        view["provider:physical_network"] = network.PhysicalNetwork;
        view["provider:segmentation_id"] = network.SegmentationId;
        return view;
    }

    static void Check(Call call, JsonObject body, string policy)
    {
        if (!call.IsAdmin && adminOnly.FirstOrDefault(body.ContainsKey) is { } attribute && body.Text(attribute) is not (null or "false"))
            throw NeutronWire.Denied(policy, attribute);
    }

    static void Set(Network network, JsonObject body)
    {
        NeutronWire.Rename(body, network);
        network.IsAdminUp = body.Flag("admin_state_up") ?? network.IsAdminUp;
        network.IsShared = body.Flag("shared") ?? network.IsShared;
        network.IsExternal = body.Flag("router:external") ?? network.IsExternal;
        network.Mtu = body.Number("mtu") ?? network.Mtu;
        network.HasPortSecurity = body.Flag("port_security_enabled") ?? network.HasPortSecurity;
        network.DnsDomain = body.Text("dns_domain") ?? network.DnsDomain;
        network.NetworkType = body.Text("provider:network_type") ?? network.NetworkType;
        network.PhysicalNetwork = body.Text("provider:physical_network") ?? network.PhysicalNetwork;
        network.SegmentationId = body.Number("provider:segmentation_id") ?? network.SegmentationId;
    }
}
