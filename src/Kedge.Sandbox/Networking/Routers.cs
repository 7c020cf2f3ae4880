using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/routers</summary>
static class Routers
{
    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "routers", call.Cloud.Neutron.Routers.Where(r => call.Owns(r.ProjectId)), View);

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "router", View(call, Get(call, call["id"])));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("router");
        var project = NeutronWire.ProjectFor(call, body, "create_router");
        NeutronWire.Reserve(call, project, "router");
        var router = new Router { Id = call.Cloud.Ids.Uuid(), ProjectId = project, CreatedAt = call.Now, UpdatedAt = call.Now };
        Set(call, router, body, "create_router");
        call.Cloud.Neutron.Routers.Add(router);
        return NeutronWire.One(call, 201, "router", View(call, router));
    }

    public static SandboxResponse Update(Call call)
    {
        var router = Get(call, call["id"]);
        Set(call, router, call.Body("router"), "update_router");
        if (call.Body("router").List("routes") is { } routes)
            RouterRoutes.Replace(call, router, routes);
        NeutronWire.Touch(call, router);
        return NeutronWire.One(call, 200, "router", View(call, router));
    }

    public static SandboxResponse Delete(Call call)
    {
        var router = Get(call, call["id"]);
        if (RouterInterfaces.Of(call.Cloud.Neutron, router).Any())
            throw new ApiFault(409, $"Router {router.Id} still has ports", "RouterInUse");
        ClearGateway(call, router);
        call.Cloud.Neutron.Routers.Remove(router);
        return SandboxResponse.Empty(204);
    }

    public static Router Get(Call call, string id) => call.Cloud.Neutron.Routers.Find(id) is { } router && call.Owns(router.ProjectId)
        ? router
        : throw NeutronWire.NotFound("Router", id);

    public static JsonObject View(Call call, Router router)
    {
        var view = NeutronWire.Start(router);
        view["admin_state_up"] = router.IsAdminUp;
        view["status"] = "ACTIVE";
        view["routes"] = router.Routes.DeepClone();
        view["external_gateway_info"] = Gateway(call, router);
        view["availability_zone_hints"] = new JsonArray();
        view["availability_zones"] = new JsonArray("nova");
        view["flavor_id"] = null;
        if (!call.IsAdmin)
            return view;
        view["distributed"] = false;
        view["ha"] = false;
        return view;
    }

    static JsonObject? Gateway(Call call, Router router)
    {
        if (router.ExternalNetworkId is null)
            return null;
        var port = call.Cloud.Neutron.Ports.Find(router.GatewayPortId!);
        return new JsonObject
        {
            ["network_id"] = router.ExternalNetworkId,
            ["enable_snat"] = router.HasSnat,
            ["external_fixed_ips"] = (port?.FixedIps ?? []).Select(ip => new JsonObject
            {
                ["subnet_id"] = ip.SubnetId,
                ["ip_address"] = ip.Address.ToString(),
            }).ToJson(),
        };
    }

    static void Set(Call call, Router router, JsonObject body, string policy)
    {
        NeutronWire.Rename(body, router);
        router.IsAdminUp = body.Flag("admin_state_up") ?? router.IsAdminUp;
        if (!call.IsAdmin && (body.ContainsKey("distributed") || body.ContainsKey("ha")))
            throw NeutronWire.Denied(policy, body.ContainsKey("ha") ? "ha" : "distributed");
        if (!body.ContainsKey("external_gateway_info"))
            return;
        if (body.Object("external_gateway_info") is { Count: > 0 } gateway)
            SetGateway(call, router, gateway, policy);
        else
            ClearGateway(call, router);
    }

    static void SetGateway(Call call, Router router, JsonObject gateway, string policy)
    {
        foreach (var attribute in (string[])["enable_snat", "external_fixed_ips"])
            if (!call.IsAdmin && gateway.ContainsKey(attribute))
                throw NeutronWire.Denied(policy, "external_gateway_info:" + attribute);
        var network = Networks.Get(call, gateway.RequiredText("network_id"));
        if (!network.IsExternal)
            throw new ApiFault(400, $"Bad router request: Network {network.Id} is not an external network.", "BadRequest");
        var neutron = call.Cloud.Neutron;
        router.HasSnat = gateway.Flag("enable_snat") ?? true;
        if (router.ExternalNetworkId == network.Id && !gateway.ContainsKey("external_fixed_ips"))
            return;
        var addresses = neutron.Addresses.Choose(network, gateway.List("external_fixed_ips"), "", []);
        ClearGateway(call, router);
        router.ExternalNetworkId = network.Id;
        router.GatewayPortId = neutron.AddOwnPort(network, "", "network:router_gateway", router.Id, addresses).Id;
    }

    static void ClearGateway(Call call, Router router)
    {
        var neutron = call.Cloud.Neutron;
        if (router.GatewayPortId is null)
            return;
        if (neutron.FloatingIps.FirstOrDefault(f => f.RouterId == router.Id) is not null)
            throw new ApiFault(409,
                $"Gateway cannot be updated for router {router.Id}, since a gateway to external network {router.ExternalNetworkId} is required by one or more floating IPs.",
                "RouterExternalGatewayInUseByFloatingIp");
        if (neutron.Ports.Find(router.GatewayPortId) is { } port)
            neutron.Remove(port);
        router.GatewayPortId = null;
        router.ExternalNetworkId = null;
    }
}
