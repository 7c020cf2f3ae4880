using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kedge.OpenStack;

/// <summary>
/// Finds what a cloud says in the body of a refusal: <c>{"badRequest": {"message"}}</c> (Nova, Cinder), <c>{"NeutronError": {"type", "message"}}</c>,
/// <c>{"error": {"message"}}</c> (Keystone, Heat), <c>{"message"}</c>, a page of HTML (Glance, proxies), or text.
/// </summary>
static partial class CloudMessage
{
    const int MostCharacters = 1000;

    public static string? In(string body)
    {
        var text = (FromJson(body) ?? Tags().Replace(HiddenParts().Replace(body, " "), " ")).Trim();
        text = Blanks().Replace(text, " ");
        return text.Length switch
        {
            0 => null,
            > MostCharacters => text[..MostCharacters] + "…",
            _ => text,
        };
    }

    static string? FromJson(string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith("{"))
            return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            return FromObject(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string? FromObject(JsonElement json)
    {
        string? type = null;
        foreach (var field in json.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Object && FromObject(field.Value) is { } inner)
                return inner;
            if (field.NameEquals("type") && field.Value.ValueKind == JsonValueKind.String)
                type = field.Value.GetString();
        }

        foreach (var name in (ReadOnlySpan<string>)["message", "explanation", "detail", "title"])
        {
            if (json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } said)
                return type is null ? said : $"{type}: {said}";
        }

        return null;
    }

    [GeneratedRegex("<(head|style|script)[^>]*>.*?</\\1>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex HiddenParts();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
