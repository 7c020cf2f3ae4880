using System.Text.Json;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>Makes one server of its two readings, and says which fields of the restore contract neither of them told.</summary>
static class ServerJson
{
    const string ExtendedAttributes = "needs the policy os_compute_api:os-extended-server-attributes, by default an administrator's";

    /// <summary>Fields that a server must be restored with: since when they are told, and what else they need.</summary>
    static readonly (string Field, Microversion Since, string Otherwise)[] Contract =
    [
        ("OS-EXT-SRV-ATTR:user_data", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:root_device_name", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:kernel_id", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:ramdisk_id", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:reservation_id", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:launch_index", new(2, 3), ExtendedAttributes),
        ("OS-EXT-SRV-ATTR:hostname", new(2, 3), ExtendedAttributes + ", or compute 2.90"),
        ("locked", new(2, 9), "the cloud did not tell it"),
        ("description", new(2, 19), "the cloud did not tell it"),
        ("tags", new(2, 26), "the cloud did not tell it"),
        ("trusted_image_certificates", new(2, 63), "the cloud did not tell it"),
        ("server_groups", new(2, 71), "is told only when one server is read"),
        ("locked_reason", new(2, 73), "the cloud did not tell it"),
        ("pinned_availability_zone", new(2, 96), "the cloud did not tell it"),
        ("scheduler_hints", new(2, 100), "the cloud did not tell it"),
    ];

    public static bool IsPartial(JsonElement server) =>
        !server.TryGetProperty("name", out _) || (server.TryGetProperty("status", out var status) && status.ValueEquals("UNKNOWN"));

    public static Server Read(Endpoint nova, JsonElement newer, JsonElement? older, ServerReading reading)
    {
        var server = nova.Parse(newer, ComputeJson.Default.Server);
        var flavorId = FlavorIdIn(newer) ?? (older is { } other ? FlavorIdIn(other) : null);
        server = server with
        {
            Flavor = server.Flavor with { Id = flavorId },
            ImageProperties = newer.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.Object ? Texts(image, "properties") : null,
            SchedulerHints = Texts(newer, "scheduler_hints"),
            IsPartial = IsPartial(newer),
            ReadWith = reading.Version <= Nova.LastWithFlavorId ? [reading.Version] : [Nova.LastWithFlavorId, reading.Version],
        };
        return server with { Unreadable = [.. Unreadable(newer, server, reading)] };
    }

    static FlavorId? FlavorIdIn(JsonElement server) =>
        server.TryGetProperty("flavor", out var flavor) && flavor.TryGetProperty("id", out var id) && id.GetString() is { } text ? new FlavorId(text) : null;

    static IEnumerable<UnreadableField> Unreadable(JsonElement newer, Server server, ServerReading reading)
    {
        foreach (var (field, since, otherwise) in Contract)
        {
            if (!newer.TryGetProperty(field, out _))
                yield return new(field, server.IsPartial ? "its cell is down" : reading.Version < since ? $"needs compute {since}, read with {reading.Version}" : otherwise);
        }

        if (server.Flavor.Id is null)
            yield return new("flavor.id", server.IsPartial ? "its cell is down" : "the server was gone at the second reading");
        if (server.Flavor.ExtraSpecs is null)
        {
            yield return new(
                "flavor.extra_specs",
                server.IsPartial ? "its cell is down"
                : reading.Version < new Microversion(2, 47) ? $"needs compute 2.47, read with {reading.Version}"
                : "needs the policy os_compute_api:os-flavor-extra-specs:index");
        }
    }

    static Dictionary<string, string>? Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().ToDictionary(
                item => item.Name,
                item => item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : item.Value.GetRawText())
            : null;
}
