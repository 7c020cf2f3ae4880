using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Imaging;

static class GlanceRoutes
{
    public static Api Define() => new("image", "glance", "image", "/image", "v2", new RouteTable()
        .Get("/images", Images.List)
        .Post("/images", Images.Create)
        .Get("/images/{id}", Images.Show)
        .Patch("/images/{id}", Images.Update)
        .Delete("/images/{id}", Images.Delete)
        .Put("/images/{id}/file", ImageFiles.Upload)
        .Get("/images/{id}/file", ImageFiles.Download)
        .Put("/images/{id}/tags/{tag}", Images.AddTag)
        .Delete("/images/{id}/tags/{tag}", Images.RemoveTag)
        .Get("/images/{id}/members", ImageMembers.List)
        .Post("/images/{id}/members", ImageMembers.Add)
        .Delete("/images/{id}/members/{member}", ImageMembers.Remove)
        .Get("/schemas/image", Schema)
        .Get("/schemas/images", Schema)
        .Get("/info/import", _ => SandboxResponse.Json(200, new JsonObject
        {
            ["import-methods"] = new JsonObject { ["description"] = "Import methods available.", ["type"] = "array",
                ["value"] = new JsonArray() },
        }))
        .Get("/info/stores", _ => throw ApiFault.NotFound("Multi backend is not supported at this site.")),
        Refusals.Glance);

    static SandboxResponse Schema(Call call) => SandboxResponse.Json(200, new JsonObject
    {
        ["name"] = "image",
        ["properties"] = new JsonObject(),
        ["additionalProperties"] = new JsonObject { ["type"] = "string" },
    });
}
