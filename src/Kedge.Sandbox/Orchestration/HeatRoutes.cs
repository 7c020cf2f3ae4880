using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Orchestration;

static class HeatRoutes
{
    public static Api Define() => new("orchestration", "heat", "orchestration", "/orchestration/v1/{project}", "v1", new RouteTable()
        .Get("/stacks", Stacks.List)
        .Get("/stacks/{name}", Stacks.Show)
        .Get("/stacks/{name}/resources", Stacks.Resources)
        .Get("/stacks/{name}/template", Stacks.Template)
        .Get("/stacks/{name}/environment", Stacks.Environment)
        .Get("/stacks/{name}/{id}", Stacks.Show)
        .Delete("/stacks/{name}/{id}", Stacks.Delete)
        .Get("/stacks/{name}/{id}/resources", Stacks.Resources)
        .Get("/stacks/{name}/{id}/resources/{resource}", Stacks.Resource)
        .Get("/stacks/{name}/{id}/template", Stacks.Template)
        .Get("/stacks/{name}/{id}/environment", Stacks.Environment)
        .Get("/build_info", _ => SandboxResponse.Json(200, new JsonObject
        {
            ["api"] = new JsonObject { ["revision"] = "sandbox" },
            ["engine"] = new JsonObject { ["revision"] = "sandbox" },
        })),
        Refusals.Heat);
}
