using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>add_router_interface and remove_router_interface, by subnet or by port.</summary>
static class RouterInterfaces
{
    public static IEnumerable<Port> Of(Neutron neutron, Router router) =>
        neutron.Ports.Where(p => p.DeviceId == router.Id && p.DeviceOwner == "network:router_interface");

    public static SandboxResponse Add(Call call)
    {
        var router = Routers.Get(call, call["id"]);
        var body = call.Body();
        var port = body.Reference("port_id") is { } portId ? Bind(call, router, Ports.Get(call, portId))
            : body.Reference("subnet_id") is { } subnetId ? Make(call, router, Subnets.Get(call, subnetId))
            : throw ApiFault.Bad("Either subnet_id or port_id must be specified");
        NeutronWire.Touch(call, router);
        return SandboxResponse.Json(200, View(router, port));
    }

    public static SandboxResponse Remove(Call call)
    {
        var router = Routers.Get(call, call["id"]);
        var body = call.Body();
        var neutron = call.Cloud.Neutron;
        var port = Of(neutron, router).FirstOrDefault(p => body.Reference("port_id") is { } portId
                ? p.Id == portId
                : p.FixedIps.Exists(ip => ip.SubnetId == body.Reference("subnet_id")))
            ?? throw new ApiFault(404,
                $"Router {router.Id} does not have an interface with id {body.Reference("port_id") ?? body.Reference("subnet_id")}",
                "RouterInterfaceNotFound");
        var subnets = port.FixedIps.Select(ip => ip.SubnetId).ToHashSet();
        if (neutron.FloatingIps.Any(f => f.RouterId == router.Id && f.PortId is { } id
            && neutron.Ports.Find(id)!.FixedIps.Exists(ip => subnets.Contains(ip.SubnetId))))
            throw new ApiFault(409,
                $"Router interface for subnet {subnets.First()} on router {router.Id} cannot be deleted, as it is required by one or more floating IPs.",
                "RouterInterfaceInUseByFloatingIP");
        var view = View(router, port);
        neutron.Remove(port);
        return SandboxResponse.Json(200, view);
    }

    static Port Make(Call call, Router router, Subnet subnet)
    {
        if (subnet.Gateway is not { } gateway)
            throw new ApiFault(400, "Bad router request: Subnet for router interface must have a gateway IP.", "BadRequest");
        CheckOverlap(call.Cloud.Neutron, router, subnet);
        if (subnet.Taken.Contains(gateway))
            throw new ApiFault(409, $"IP address {gateway} already allocated in subnet {subnet.Id}", "IpAddressAlreadyAllocated");
        var network = call.Cloud.Neutron.Networks.Find(subnet.NetworkId)!;
        return call.Cloud.Neutron.AddOwnPort(network, router.ProjectId, "network:router_interface", router.Id, [new(subnet.Id, gateway)]);
    }

    static Port Bind(Call call, Router router, Port port)
    {
        if (port.DeviceId.Length > 0)
            throw new ApiFault(409,
                $"Unable to complete operation on port {port.Id} for network {port.NetworkId}. Port already has an attached device {port.DeviceId}.",
                "PortInUse");
        if (port.FixedIps.Count == 0)
            throw new ApiFault(400, "Bad router request: Router port must have at least one fixed IP.", "BadRequest");
        foreach (var ip in port.FixedIps)
            CheckOverlap(call.Cloud.Neutron, router, call.Cloud.Neutron.Subnets.Find(ip.SubnetId)!);
        port.DeviceId = router.Id;
        port.DeviceOwner = "network:router_interface";
        port.Status = "ACTIVE";
        return port;
    }

    static void CheckOverlap(Neutron neutron, Router router, Subnet subnet)
    {
        foreach (var other in Of(neutron, router).SelectMany(p => p.FixedIps).Select(ip => neutron.Subnets.Find(ip.SubnetId)!))
        {
            if (other.Id == subnet.Id)
                throw new ApiFault(400, $"Bad router request: Router already has a port on subnet {subnet.Id}.", "BadRequest");
            if (other.Cidr.Overlaps(subnet.Cidr))
                throw new ApiFault(400,
                    $"Bad router request: Cidr {subnet.Cidr} of subnet {subnet.Id} overlaps with cidr {other.Cidr} of subnet {other.Id}.",
                    "BadRequest");
        }
    }

    static JsonObject View(Router router, Port port) => new()
    {
        ["id"] = router.Id,
        ["tenant_id"] = router.ProjectId,
        ["project_id"] = router.ProjectId,
        ["port_id"] = port.Id,
        ["network_id"] = port.NetworkId,
        ["subnet_id"] = port.FixedIps[0].SubnetId,
        ["subnet_ids"] = port.FixedIps.Select(ip => ip.SubnetId).ToJson(),
    };
}
