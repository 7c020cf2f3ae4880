using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/floatingips</summary>
static class FloatingIps
{
    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "floatingips", call.Cloud.Neutron.FloatingIps.Where(f => call.Owns(f.ProjectId)), View);

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "floatingip", View(call, Get(call)));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("floatingip");
        var project = NeutronWire.ProjectFor(call, body, "create_floatingip");
        var network = Networks.Get(call, body.RequiredText("floating_network_id"));
        if (!network.IsExternal)
            throw new ApiFault(400, $"Bad floatingip request: Network {network.Id} is not a valid external network.", "BadRequest");
        if (body.Reference("floating_ip_address") is not null && !call.IsAdmin)
            throw NeutronWire.Denied("create_floatingip", "floating_ip_address");
        NeutronWire.Reserve(call, project, "floatingip");

        var neutron = call.Cloud.Neutron;
        var target = Target(call, body, network, null);
        var address = neutron.Addresses.Choose(network, Wish(body), "", []).Take(1).ToList();
        var id = call.Cloud.Ids.Uuid();
        var floating = new FloatingIp
        {
            Id = id,
            ProjectId = project,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            NetworkId = network.Id,
            Address = address[0].Address,
            OwnPortId = neutron.AddOwnPort(network, "", "network:floatingip", id, address).Id,
            Description = body.Text("description") ?? "",
            DnsName = body.Text("dns_name") ?? "",
            DnsDomain = body.Text("dns_domain") ?? "",
        };
        Associate(floating, target);
        neutron.FloatingIps.Add(floating);
        return NeutronWire.One(call, 201, "floatingip", View(call, floating));
    }

    public static SandboxResponse Update(Call call)
    {
        var floating = Get(call);
        var body = call.Body("floatingip");
        if (body.ContainsKey("port_id"))
            Associate(floating, Target(call, body, call.Cloud.Neutron.Networks.Find(floating.NetworkId)!, floating));
        floating.Description = body.Text("description") ?? floating.Description;
        NeutronWire.Touch(call, floating);
        return NeutronWire.One(call, 200, "floatingip", View(call, floating));
    }

    public static SandboxResponse Delete(Call call)
    {
        var floating = Get(call);
        var neutron = call.Cloud.Neutron;
        if (neutron.Ports.Find(floating.OwnPortId) is { } port)
            neutron.Remove(port);
        neutron.FloatingIps.Remove(floating);
        return SandboxResponse.Empty(204);
    }

    public static JsonObject View(Call call, FloatingIp floating)
    {
        var view = NeutronWire.Start(floating);
        view.Remove("name");
        view["floating_network_id"] = floating.NetworkId;
        view["floating_ip_address"] = floating.Address.ToString();
        view["fixed_ip_address"] = floating.FixedAddress?.ToString();
        view["port_id"] = floating.PortId;
        view["router_id"] = floating.RouterId;
        view["status"] = floating.PortId is null ? "DOWN" : "ACTIVE";
        view["dns_name"] = floating.DnsName;
        view["dns_domain"] = floating.DnsDomain;
        view["qos_policy_id"] = null;
        view["port_forwardings"] = new JsonArray();
        var port = floating.PortId is { } id ? call.Cloud.Neutron.Ports.Find(id) : null;
        view["port_details"] = port is null ? null : new JsonObject
        {
            ["name"] = port.Name,
            ["network_id"] = port.NetworkId,
            ["mac_address"] = port.Mac,
            ["admin_state_up"] = port.IsAdminUp,
            ["status"] = port.Status,
            ["device_id"] = port.DeviceId,
            ["device_owner"] = port.DeviceOwner,
        };
        return view;
    }

    sealed record Inside(Port Port, IpAddress Address, Router Router);

    static void Associate(FloatingIp floating, Inside? target)
    {
        floating.PortId = target?.Port.Id;
        floating.FixedAddress = target?.Address;
        floating.RouterId = target?.Router.Id;
    }

    static Inside? Target(Call call, JsonObject body, Network external, FloatingIp? self)
    {
        if (body.Reference("port_id") is not { } portId)
            return null;
        var port = Ports.Get(call, portId);
        var neutron = call.Cloud.Neutron;
        var asked = body.Reference("fixed_ip_address") is { } text ? IpAddress.Parse(text) : (IpAddress?)null;
        var ip = port.FixedIps.Find(f => asked is null ? f.Address.Version == 4 : f.Address == asked)
            ?? throw new ApiFault(400, $"Bad floatingip request: Port {portId} does not have fixed ip {asked}.", "BadRequest");
        if (neutron.FloatingIps.FirstOrDefault(f => f != self && f.PortId == portId && f.FixedAddress == ip.Address) is { } other)
            throw new ApiFault(409,
                $"Cannot associate floating IP with port {portId} using fixed IP {ip.Address}, as that fixed IP already has a floating IP on external network {other.NetworkId}.",
                "FloatingIPPortAlreadyAssociated");
        var router = neutron.Routers.FirstOrDefault(r => r.ExternalNetworkId == external.Id
                && RouterInterfaces.Of(neutron, r).Any(p => p.FixedIps.Exists(f => f.SubnetId == ip.SubnetId)))
            ?? throw new ApiFault(404,
                $"External network {external.Id} is not reachable from subnet {ip.SubnetId}. Therefore, cannot associate Port {portId} with a Floating IP.",
                "ExternalGatewayForFloatingIPNotFound");
        return new(port, ip.Address, router);
    }

    static JsonArray? Wish(JsonObject body)
    {
        if (body.Reference("floating_ip_address") is { } address)
            return [new JsonObject { ["ip_address"] = address }];
        return body.Reference("subnet_id") is { } subnet ? [new JsonObject { ["subnet_id"] = subnet }] : null;
    }

    static FloatingIp Get(Call call) => call.Cloud.Neutron.FloatingIps.Find(call["id"]) is { } floating && call.Owns(floating.ProjectId)
        ? floating
        : throw new ApiFault(404, $"Floating IP {call["id"]} could not be found", "FloatingIPNotFound");
}
