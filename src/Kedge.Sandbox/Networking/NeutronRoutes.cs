using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

static class NeutronRoutes
{
    public static Service Define() => new("network", "neutron", "network", "/network", "v2.0", new RouteTable(), Refusals.Nova);
}
