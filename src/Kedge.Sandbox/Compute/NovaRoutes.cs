using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

static class NovaRoutes
{
    public static Service Define(SandboxSettings settings) => new("compute", "nova", "compute", "/compute/v2.1", "v2.1", new RouteTable(), Refusals.Nova);
}
