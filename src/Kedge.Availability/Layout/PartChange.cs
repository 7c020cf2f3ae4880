using System.Collections.Immutable;
using System.Xml.Linq;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Layout;

public enum ChangeKind
{
    Added,
    Changed,
    Removed,
}

/// <summary>What is different about one resource, constraint, level or property of ours.</summary>
/// <param name="Subject">Its id, or the property's name.</param>
/// <param name="Kind">What kind of thing: primitive, clone, rsc_order, …, property.</param>
/// <param name="Details">Field by field: <c>op monitor interval: 30s -> 5s</c>. Values of secrets are not in it.</param>
public sealed record PartChange(ChangeKind Change, string Kind, string Subject, ImmutableArray<string> Details)
{
    /// <summary>What leads from one part to the other; empty where they say the same.</summary>
    public static ImmutableArray<PartChange> Between(ClusterPart before, ClusterPart after)
    {
        var old = before.Elements.ToDictionary(ClusterPart.IdOf, StringComparer.Ordinal);
        var wanted = after.Elements.ToDictionary(ClusterPart.IdOf, StringComparer.Ordinal);
        return
        [
            .. Properties(before, after),
            .. wanted.Select(pair => Between(pair.Key, old.GetValueOrDefault(pair.Key), pair.Value)).OfType<PartChange>(),
            .. old.Where(pair => !wanted.ContainsKey(pair.Key)).Select(pair => Between(pair.Key, pair.Value, null)).OfType<PartChange>(),
        ];
    }

    static IEnumerable<PartChange> Properties(ClusterPart before, ClusterPart after)
    {
        foreach (var name in before.Properties.Keys.Union(after.Properties.Keys).Order(StringComparer.Ordinal))
        {
            // A property that one side does not name is not its concern.
            if (!before.Properties.TryGetValue(name, out var old) || !after.Properties.TryGetValue(name, out var wanted) || old == wanted)
                continue;
            var change = old is null ? ChangeKind.Added : wanted is null ? ChangeKind.Removed : ChangeKind.Changed;
            yield return new(change, "property", name, [$"{old ?? "not set"} -> {wanted ?? "not set"}"]);
        }
    }

    static PartChange? Between(string id, XElement? before, XElement? after)
    {
        var old = Flat.Of(before);
        var wanted = Flat.Of(after);
        if (old.SequenceEqual(wanted))
            return null;
        var kind = (after ?? before)!.Name.LocalName;
        if (before is null)
            return new(ChangeKind.Added, kind, id, [.. wanted.Select(field => $"{field.Key}: {Shown(field)}")]);
        if (after is null)
            return new(ChangeKind.Removed, kind, id, []);
        var details = old.Keys.Union(wanted.Keys, StringComparer.Ordinal)
            .Where(key => old.GetValueOrDefault(key) != wanted.GetValueOrDefault(key))
            .Select(key => IsSecret(key)
                ? $"{key}: (another value)"
                : $"{key}: {old.GetValueOrDefault(key) ?? "not set"} -> {wanted.GetValueOrDefault(key) ?? "not set"}");
        return new(ChangeKind.Changed, kind, id, [.. details]);
    }

    static string Shown(KeyValuePair<string, string> field) => IsSecret(field.Key) ? "(a secret)" : field.Value;

    /// <summary>The path of a script that prints a password is none.</summary>
    static bool IsSecret(string key) =>
        !key.EndsWith("_script", StringComparison.Ordinal) && key.Contains("pass", StringComparison.OrdinalIgnoreCase)
        || key.Contains("secret", StringComparison.OrdinalIgnoreCase) || key.Contains("token", StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// An element as fields with a path each, without the ids of its inner parts and whatever order they stand in: two that Pacemaker reads alike are alike.
/// </summary>
static class Flat
{
    static readonly string[] AgentParts = ["class", "provider", "type"];

    public static ImmutableSortedDictionary<string, string> Of(XElement? element)
    {
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (element is not null)
            Add(element, "", fields);
        return fields.ToImmutable();
    }

    static void Add(XElement element, string path, ImmutableSortedDictionary<string, string>.Builder fields)
    {
        if (element.Name.LocalName == "primitive")
            fields[$"{path}agent"] = string.Join(':', AgentParts.Select(name => (string?)element.Attribute(name)).OfType<string>());
        foreach (var attribute in element.Attributes().Where(attribute => !AgentParts.Contains(attribute.Name.LocalName) && attribute.Name.LocalName is not ("id" or "description")))
            fields[path + attribute.Name.LocalName] = Value(attribute);
        foreach (var child in element.Elements())
        {
            switch (child.Name.LocalName)
            {
                case "nvpair":
                    fields[$"{path}{(string?)child.Attribute("name")}"] = (string?)child.Attribute("value") ?? "";
                    break;
                case "operations":
                    Operations(child, path, fields);
                    break;
                case "primitive" or "group" or "clone":
                    fields[$"{path}of"] = (string?)child.Attribute("id") ?? "";
                    Add(child, path, fields);
                    break;
                case "instance_attributes":
                    Add(child, $"{path}parameter ", fields);
                    break;
                case "meta_attributes":
                    Add(child, element.Name.LocalName == "clone" ? $"{path}clone meta " : $"{path}meta ", fields);
                    break;
                case "rule" or "expression":
                    Add(child, $"{path}{child.Name.LocalName} ", fields);
                    break;
                default:
                    Add(child, $"{path}{child.Name.LocalName} {(string?)child.Attribute("id")} ", fields);
                    break;
            }
        }
    }

    static void Operations(XElement operations, string path, ImmutableSortedDictionary<string, string>.Builder fields)
    {
        foreach (var op in operations.Elements())
        {
            var role = (string?)op.Attribute("role") is { } given ? $" {given}" : "";
            var name = $"{path}op {(string?)op.Attribute("name")}{role} ";
            // Two monitors of one role differ by their interval alone.
            if (fields.ContainsKey($"{name}interval"))
                name = $"{name}{(string?)op.Attribute("interval")} ";
            Add(op, name, fields);
            fields.Remove($"{name}name");
            fields.Remove($"{name}role");
            // An operation that is done once has no interval, whether that is written or not.
            if (fields.GetValueOrDefault($"{name}interval") is "0s" && fields.ContainsKey($"{name}timeout"))
                fields.Remove($"{name}interval");
        }
    }

    /// <summary>Pacemaker reads 5, 5s and 5000ms alike.</summary>
    static string Value(XAttribute attribute) => attribute.Name.LocalName is "interval" or "timeout" && Durations.Read(attribute.Value) is { } time
        ? PacemakerTime.Write(time)
        : attribute.Value;
}
