using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.Recovery.Formats;

/// <summary>
/// Holds what a person wrote against the shape of the record before it is read: the serializer would stop at the first mistake and name it in
/// .NET's words.
/// </summary>
static class RecordShape
{
    /// <summary>Every mistake with its place, e.g. <c>flavors[0].targt</c>.</summary>
    public static IEnumerable<(string Path, string Mistake)> MistakesIn(JsonNode? node, JsonTypeInfo type) => Check(node, type, "");

    static IEnumerable<(string Path, string Mistake)> Check(JsonNode? node, JsonTypeInfo type, string path) => (type.Kind, node) switch
    {
        (_, null) => [],
        (JsonTypeInfoKind.Object, JsonObject fields) => Fields(fields, type, path),
        (JsonTypeInfoKind.Object, _) => [(path, "takes fields of its own, one a line and indented")],
        (JsonTypeInfoKind.Enumerable, JsonArray items) => items.SelectMany((item, at) => Items(item, type.Options.GetTypeInfo(type.ElementType!), $"{path}[{at}]")),
        (JsonTypeInfoKind.Enumerable, _) => [(path, "takes a list, each item of which begins with '- '")],
        _ => Value(node, type, path),
    };

    static IEnumerable<(string Path, string Mistake)> Items(JsonNode? item, JsonTypeInfo type, string path) =>
        item is null ? [(path, "is empty")] : Check(item, type, path);

    static IEnumerable<(string Path, string Mistake)> Fields(JsonObject fields, JsonTypeInfo type, string path)
    {
        // What is not written has neither getter nor setter here.
        var known = type.Properties.Where(property => property.Get is not null || property.Set is not null).ToDictionary(property => property.Name);
        foreach (var (name, value) in fields)
        {
            var at = Joined(path, name);
            if (!known.TryGetValue(name, out var property))
            {
                yield return (at, $"is not a field; those here are {string.Join(", ", known.Keys)}");
                continue;
            }
            if (value is null && !property.IsSetNullable)
                yield return (at, "is empty");
            foreach (var mistake in Check(value, type.Options.GetTypeInfo(property.PropertyType), at))
                yield return mistake;
        }
        foreach (var missing in type.Properties.Where(property => property.IsRequired && !fields.ContainsKey(property.Name)))
            yield return (Joined(path, missing.Name), "is missing");
    }

    /// <summary>Whatever its converter says.</summary>
    static IEnumerable<(string Path, string Mistake)> Value(JsonNode node, JsonTypeInfo type, string path)
    {
        string mistake;
        try
        {
            node.Deserialize(type);
            yield break;
        }
        catch (JsonException e)
        {
            mistake = e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
                ? $"cannot be {node.ToJsonString()}: {Wanted(type.Type)}"
                : e.Message.Split(" Path: ")[0];
        }
        yield return (path, mistake);
    }

    static string Wanted(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } named => $"one of {string.Join(", ", Enum.GetNames(named))} is wanted",
        var plain when plain == typeof(bool) => "true or false is wanted",
        var plain when plain == typeof(int) || plain == typeof(long) => "a whole number is wanted",
        var plain when plain == typeof(string) => "a text is wanted (numbers and booleans in quotes)",
        _ => "another kind of value is wanted",
    };

    static string Joined(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
