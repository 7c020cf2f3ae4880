using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>Extra routes: their next hop must lie in a subnet that the router has an interface on.</summary>
static class RouterRoutes
{
    public static SandboxResponse Add(Call call)
    {
        var router = Routers.Get(call, call["id"]);
        var all = new JsonArray([.. router.Routes.Select(r => r!.DeepClone())]);
        foreach (var route in call.Body("router").Objects("routes"))
            if (!all.Any(known => Same(known!.AsObject(), route)))
                all.Add(route.DeepClone());
        Replace(call, router, all);
        return NeutronWire.One(call, 200, "router", Routers.View(call, router));
    }

    public static SandboxResponse Remove(Call call)
    {
        var router = Routers.Get(call, call["id"]);
        var gone = call.Body("router").Objects("routes").ToList();
        router.Routes = new JsonArray([.. router.Routes.Where(r => !gone.Exists(g => Same(r!.AsObject(), g))).Select(r => r!.DeepClone())]);
        return NeutronWire.One(call, 200, "router", Routers.View(call, router));
    }

    public static void Replace(Call call, Router router, JsonArray routes)
    {
        var neutron = call.Cloud.Neutron;
        var reachable = RouterInterfaces.Of(neutron, router).SelectMany(p => p.FixedIps)
            .Concat(router.GatewayPortId is { } id ? neutron.Ports.Find(id)!.FixedIps : [])
            .Select(ip => neutron.Subnets.Find(ip.SubnetId)!.Cidr).ToList();
        foreach (var route in routes.OfType<JsonObject>())
        {
            IpRange.Parse(route.RequiredText("destination"));
            var hop = IpAddress.Parse(route.RequiredText("nexthop"));
            if (!reachable.Exists(range => range.Contains(hop)))
                throw new ApiFault(400,
                    $"Invalid format for routes: {route.ToJsonString()}, the nexthop is not connected with router", "InvalidRoutes");
        }
        router.Routes = (JsonArray)routes.DeepClone();
    }

    static bool Same(JsonObject a, JsonObject b) =>
        a.Text("destination") == b.Text("destination") && a.Text("nexthop") == b.Text("nexthop");
}
