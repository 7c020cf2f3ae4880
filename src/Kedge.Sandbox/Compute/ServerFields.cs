using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>Which fields a server's creation takes from which microversion on; others are refused, as Nova's schemas do.</summary>
static class ServerFields
{
    static readonly Dictionary<string, int> since = new(StringComparer.Ordinal)
    {
        ["name"] = 1, ["flavorRef"] = 1, ["imageRef"] = 1, ["networks"] = 1, ["metadata"] = 1, ["key_name"] = 1, ["user_data"] = 1,
        ["config_drive"] = 1, ["availability_zone"] = 1, ["security_groups"] = 1, ["block_device_mapping_v2"] = 1,
        ["block_device_mapping"] = 1,
        ["min_count"] = 1, ["max_count"] = 1, ["adminPass"] = 1, ["accessIPv4"] = 1, ["accessIPv6"] = 1, ["OS-DCF:diskConfig"] = 1,
        ["return_reservation_id"] = 1, ["description"] = 19, ["tags"] = 52, ["trusted_image_certificates"] = 63, ["host"] = 74,
        ["hypervisor_hostname"] = 74, ["hostname"] = 90,
    };

    public static void RefuseUnknown(Call call, JsonObject body)
    {
        foreach (var (key, _) in body)
            if (!since.TryGetValue(key, out var version) || version > call.Version)
                throw Servers.Unexpected(key);
        if (body.ContainsKey("config_drive") && body["config_drive"] is not null && body.Text("config_drive") is "")
            throw ApiFault.Bad(
                "Invalid input for field/attribute config_drive. Value: . '' is not one of [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', False, ...]");
        if (body.RequiredText("name") is not { Length: > 0 and <= 255 })
            throw ApiFault.Bad("Invalid input for field/attribute name.");
        if ((body.Number("max_count") ?? 1) != 1 || (body.Number("min_count") ?? 1) != 1)
            throw ApiFault.Bad("This cloud makes one server per call.");
        ServerTags.Check(body.Texts("tags"));
    }

    public static JsonObject Hints(Call call) =>
        call.Body().Object("os:scheduler_hints") ?? call.Body().Object("OS-SCH-HNT:scheduler_hints") ?? [];
}
