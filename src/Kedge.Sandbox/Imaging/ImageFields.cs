using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Imaging;

/// <summary>What a caller may set on an image, and how it is changed.</summary>
static class ImageFields
{
    static readonly HashSet<string> readOnly =
    [
        "status", "size", "checksum", "os_hash_algo", "os_hash_value", "created_at", "updated_at", "virtual_size", "self", "file", "schema",
        "direct_url", "locations", "stores",
    ];

    public static void RefuseReserved(string key)
    {
        if (readOnly.Contains(key))
            throw new ApiFault(403, $"Attribute '{key}' is read-only.");
        if (key.StartsWith("os_glance_", StringComparison.Ordinal))
            throw new ApiFault(403, $"Attribute '{key}' is reserved.");
    }

    public static void Set(Image image, string key, JsonNode? value)
    {
        var holder = new JsonObject { [key] = value?.DeepClone() };
        switch (key)
        {
            case "name":
                image.Name = holder.Text(key);
                break;
            case "visibility":
                image.Visibility = holder.Text(key) is "public" or "private" or "shared" or "community"
                    ? holder.Text(key)!
                    : throw ApiFault.Bad($"Provided object does not match schema 'image': {holder.Text(key)} is not a visibility.");
                break;
            case "protected":
                image.IsProtected = holder.Flag(key) ?? false;
                break;
            case "os_hidden":
                image.IsHidden = holder.Flag(key) ?? false;
                break;
            case "min_disk":
                image.MinDiskGibibytes = holder.Number(key) ?? 0;
                break;
            case "min_ram":
                image.MinRamMebibytes = holder.Number(key) ?? 0;
                break;
            case "container_format":
                image.ContainerFormat = holder.Text(key);
                break;
            case "disk_format":
                image.DiskFormat = holder.Text(key);
                break;
            case "tags":
                image.Tags.Clear();
                image.Tags.AddRange(holder.Texts(key).Distinct());
                break;
            default:
                image.Properties[key] = holder.Text(key) ?? "";
                break;
        }
    }

    public static void Change(Image image, string operation, string key, JsonNode? value)
    {
        if (key is "id" or "owner")
            throw new ApiFault(403, $"Attribute '{key}' is read-only.");
        switch (operation)
        {
            case "remove" when image.Properties.Remove(key):
                return;
            case "remove":
                throw ApiFault.Conflict($"Can't remove property {key}: it does not exist or is a base property.");
            case "add" or "replace":
                Set(image, key, value);
                return;
            default:
                throw ApiFault.Bad($"Operations must be in the list of add, replace, remove; not '{operation}'.");
        }
    }
}
