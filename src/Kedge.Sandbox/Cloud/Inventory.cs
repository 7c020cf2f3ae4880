using System.Text.Json.Nodes;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Orchestration;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Cloud;

/// <summary>Finds what the world's inspection asks for.</summary>
static class Inventory
{
    public static IReadOnlyList<JsonObject> List(CloudState cloud, ResourceKind kind) => throw new NotSupportedException($"{cloud.Now} {kind}");

    public static BlockStorage.Volume Volume(CloudState cloud, string id) => throw new KeyNotFoundException($"{cloud.Settings.Name} has no volume {id}.");

    public static SparseBytes RootDisk(CloudState cloud, string id) => throw new KeyNotFoundException($"{cloud.Settings.Name} has no server {id}.");

    public static SparseBytes ImageContent(CloudState cloud, string id) =>
        cloud.Glance.Images.Find(id)?.Content ?? throw new KeyNotFoundException($"{cloud.Settings.Name} has no image {id} with bytes.");

    public static Quotas Quotas(CloudState cloud, string service) => throw new KeyNotFoundException($"{cloud.Settings.Name} has no quotas of '{service}'.");

    public static JsonObject TemplateOf(IEnumerable<StackResource> resources)
    {
        var template = new JsonObject();
        foreach (var resource in resources)
            template[resource.LogicalName] = new JsonObject { ["type"] = resource.Type };
        return template;
    }
}
