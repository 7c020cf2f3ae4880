using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Images;

/// <summary>Glance mixes its own fields and people's properties in one object: takes them apart and puts them together.</summary>
static class ImageJson
{
    static readonly HashSet<string> Core =
    [
        "id", "name", "status", "disk_format", "container_format", "size", "virtual_size", "min_disk", "min_ram", "checksum", "os_hash_algo",
        "os_hash_value", "visibility", "protected", "os_hidden", "owner", "tags", "created_at", "updated_at", "self", "file", "schema",
        "locations", "direct_url", "stores",
    ];

    public static Image Read(Endpoint glance, JsonElement json) => glance.Parse(json, ImagesJson.Default.Image) with
    {
        Properties = json.EnumerateObject()
            .Where(field => !Core.Contains(field.Name) && field.Value.ValueKind is not JsonValueKind.Null)
            .ToDictionary(field => field.Name, field => field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()),
    };

    public static JsonNode Write(NewImage image)
    {
        var json = JsonSerializer.SerializeToNode(image, ImagesJson.Default.NewImage)!.AsObject();
        foreach (var (name, value) in image.Properties)
            json[name] = value;
        return json;
    }
}
