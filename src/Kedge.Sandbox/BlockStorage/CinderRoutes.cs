using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

static class CinderRoutes
{
    public static Service Define(SandboxSettings settings) => new("volumev3", "cinderv3", "volume", "/volume/v3/{project}", "v3", new RouteTable(), Refusals.Nova);
}
