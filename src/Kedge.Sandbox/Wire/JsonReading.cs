using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Wire;

/// <summary>Reads callers' JSON; what has the wrong type is their mistake (400), not ours.</summary>
static class JsonReading
{
    public static string? Text(this JsonObject json, string key) => json[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => throw ApiFault.Bad($"Invalid input for field/attribute {key}. It is not a string."),
    };

    public static string RequiredText(this JsonObject json, string key) =>
        json.Text(key) is { } text ? text : throw ApiFault.Bad($"Invalid input for field/attribute {key}. '{key}' is a required property");

    /// <summary>An id or a name: empty counts as absent.</summary>
    public static string? Reference(this JsonObject json, string key) => json.Text(key) is { Length: > 0 } text ? text : null;

    public static int? Number(this JsonObject json, string key)
    {
        if (json.Text(key) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiFault.Bad($"Invalid input for field/attribute {key}. Value: {text}. '{text}' is not an integer.");
    }

    public static bool? Flag(this JsonObject json, string key) => json.Text(key)?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "1" or "YES" or "ON" or "T" => true,
        "FALSE" or "0" or "NO" or "OFF" or "F" or "" => false,
        var text => throw ApiFault.Bad($"Invalid input for field/attribute {key}. Value: {text}. It is not a boolean."),
    };

    public static JsonObject? Object(this JsonObject json, string key) => json[key] switch
    {
        null => null,
        JsonObject value => value,
        _ => throw ApiFault.Bad($"Invalid input for field/attribute {key}. It is not an object."),
    };

    public static JsonArray? List(this JsonObject json, string key) => json[key] switch
    {
        null => null,
        JsonArray value => value,
        _ => throw ApiFault.Bad($"Invalid input for field/attribute {key}. It is not a list."),
    };

    public static IEnumerable<JsonObject> Objects(this JsonObject json, string key) =>
        (json.List(key) ?? []).Select(item => item as JsonObject
            ?? throw ApiFault.Bad($"Invalid input for field/attribute {key}. Its items must be objects."));

    public static List<string> Texts(this JsonObject json, string key) =>
        (json.List(key) ?? []).Select(item => item is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : throw ApiFault.Bad($"Invalid input for field/attribute {key}. Its items must be strings.")).ToList();

    /// <summary>A flat object of texts, as metadata is.</summary>
    public static Dictionary<string, string> Map(this JsonObject json, string key)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in json.Object(key) ?? [])
            map[name] = json.Object(key)!.Text(name) ?? "";
        return map;
    }

    public static JsonObject ToJson(this IEnumerable<KeyValuePair<string, string>> map)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map)
            json[key] = value;
        return json;
    }

    public static JsonArray ToJson(this IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    public static JsonArray ToJson(this IEnumerable<JsonObject> objects) => new([.. objects]);
}
