using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Definitions;

/// <summary>One field of one resource that is not as it was, in the words of docs/formats/blueprint.md.</summary>
/// <param name="Resource">The list that it is in, e.g. <c>servers</c>.</param>
/// <param name="Id">The source's id; of a keypair user and name.</param>
/// <param name="Name">Null where the resource has none.</param>
/// <param name="Field">E.g. <c>metadata.tier</c>; <c>*</c>: the whole resource has come or gone.</param>
/// <param name="Before">JSON; null: it was not there.</param>
/// <param name="After">JSON; null: it is not there any more.</param>
public sealed record DefinitionChange(string Resource, string Id, string? Name, string Field, string? Before, string? After)
{
    /// <summary>May hold passwords for the first boot: that it changed is told, not to what.</summary>
    static readonly ImmutableHashSet<string> Untold = ["userData"];

    /// <summary>What is different in <paramref name="after"/>, in the order of the format.</summary>
    public static ImmutableArray<DefinitionChange> Between(Blueprint before, Blueprint after)
    {
        var (old, now) = (Parts(before), Parts(after));
        var changes = ImmutableArray.CreateBuilder<DefinitionChange>();
        foreach (var list in old.Select(part => part.Key).Union(now.Select(part => part.Key)).Where(name => name is not ("schema" or "workload")))
        {
            if (old[list] is JsonArray || now[list] is JsonArray)
                CompareLists(list, old[list] as JsonArray ?? [], now[list] as JsonArray ?? [], changes);
            else
                CompareFields(new Whose(list, "", null), "", old[list], now[list], changes);
        }
        return changes.ToImmutable();
    }

    static JsonObject Parts(Blueprint blueprint) => JsonNode.Parse(BlueprintJson.Write(blueprint))!.AsObject();

    static void CompareLists(string list, JsonArray before, JsonArray after, ImmutableArray<DefinitionChange>.Builder changes)
    {
        var (old, now) = (ById(before), ById(after));
        foreach (var id in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var (was, came) = (old.GetValueOrDefault(id), now.GetValueOrDefault(id));
            var whose = new Whose(list, id, Text((came ?? was)?["name"]) ?? Text((came ?? was)?["address"]));
            if (was is null || came is null)
                changes.Add(whose.Change("*", was is null ? null : "there", came is null ? null : "there"));
            else
                CompareFields(whose, "", was, came, changes);
        }
    }

    static void CompareFields(Whose whose, string path, JsonNode? before, JsonNode? after, ImmutableArray<DefinitionChange>.Builder changes)
    {
        if (JsonNode.DeepEquals(before, after))
            return;
        if (Untold.Contains(path))
        {
            changes.Add(whose.Change(path, before is null ? null : "(not shown)", after is null ? null : "(not shown)"));
        }
        else if (before is JsonObject or null && after is JsonObject or null)
        {
            var (old, now) = (before as JsonObject ?? [], after as JsonObject ?? []);
            foreach (var name in old.Select(field => field.Key).Union(now.Select(field => field.Key)))
                CompareFields(whose, path.Length == 0 ? name : $"{path}.{name}", old[name], now[name], changes);
        }
        else if (before is JsonArray { } first && after is JsonArray { } second && IsKeyed(first) && IsKeyed(second))
        {
            var (old, now) = (ById(first), ById(second));
            foreach (var id in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
                CompareWhole(whose, $"{path}[{id}]", old.GetValueOrDefault(id), now.GetValueOrDefault(id), changes);
        }
        else
        {
            changes.Add(whose.Change(path, before?.ToJsonString(Relaxed), after?.ToJsonString(Relaxed)));
        }
    }

    /// <summary>What came or went within a resource (a rule, a disk) is told as one change, not as one for each of its fields.</summary>
    static void CompareWhole(Whose whose, string path, JsonNode? before, JsonNode? after, ImmutableArray<DefinitionChange>.Builder changes)
    {
        if (before is not null && after is not null)
            CompareFields(whose, path, before, after, changes);
        else
            changes.Add(whose.Change(path, before?.ToJsonString(Relaxed), after?.ToJsonString(Relaxed)));
    }

    static bool IsKeyed(JsonArray list) => list.All(item => item is JsonObject one && KeyOf(one) is not null);

    static Dictionary<string, JsonObject> ById(JsonArray list)
    {
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var item in list.OfType<JsonObject>())
            found[KeyOf(item) ?? item.ToJsonString()] = item;
        return found;
    }

    static string? KeyOf(JsonObject item) => item["field"] is { } field && item["id"] is { } owner ? $"{owner}/{field}"
        : Text(item["id"]) ?? (item["user"] is { } user ? $"{user}/{item["name"]}" : Text(item["volume"]) ?? Text(item["port"]));

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    sealed record Whose(string List, string Id, string? Name)
    {
        public DefinitionChange Change(string field, string? before, string? after) => new(List, Id, Name, field, before, after);
    }
}
