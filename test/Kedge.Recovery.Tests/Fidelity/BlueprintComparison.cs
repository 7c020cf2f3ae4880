using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>A field that is not at the target as it was at the source.</summary>
/// <param name="Key">In the words of <see cref="FidelityContract"/>, e.g. <c>server.hostname</c>.</param>
/// <param name="Of">The resource, by name or id.</param>
public sealed record FieldDifference(string Key, string Of, string? Source, string? Target)
{
    public override string ToString() => $"{Key} of {Of}: {Source ?? "nothing"} became {Target ?? "nothing"}";
}

/// <summary>Two captures of one workload, at its source and at its target, field by field; ids are translated first.</summary>
static class BlueprintComparison
{
    static readonly (string List, string Resource)[] Lists =
    [
        ("servers", "server"), ("serverGroups", "serverGroup"), ("flavors", "flavor"), ("keypairs", "keypair"), ("volumes", "volume"), ("networks", "network"),
        ("subnets", "subnet"), ("routers", "router"), ("securityGroups", "securityGroup"), ("ports", "port"), ("floatingIps", "floatingIp"),
    ];

    /// <summary>Records within records; other objects are maps of the tenant's own keys and count as one field.</summary>
    static readonly HashSet<string> Parts = ["embeddedFlavor", "shape"];

    /// <summary>Lists whose order means something; all others are sets.</summary>
    static readonly HashSet<string> Ordered = ["server.volumes", "server.ports", "subnet.dnsNameservers"];

    /// <summary>Not as captured, and why it cannot or shall not be.</summary>
    public static ImmutableSortedDictionary<string, string> NotRestored { get; } = new Dictionary<string, string>
    {
        ["floatingIp.address"] = "as the mapping's policy says: a new address, or the same where the target has it",
        ["floatingIp.externalNetwork"] = "the network that stands for it",
        ["flavor.description"] = "the target's flavor stands for it",
        ["flavor.isPublic"] = "the target's flavor stands for it",
        ["network.availabilityZoneHints"] = "zones of the source mean nothing at the target; told in the result",
        ["network.isShared"] = "sharing with other projects is not granted unasked; told in the result",
        ["router.availabilityZoneHints"] = "zones of the source mean nothing at the target; told in the result",
        ["router.externalFixedIps.address"] = "an address of the target's external network; told in the result",
        ["router.externalFixedIps.subnet"] = "a subnet of the target's external network",
        ["router.isDistributed"] = "the target's default; told in the result",
        ["router.isHighlyAvailable"] = "the target's default; told in the result",
        ["server.schedulerHints"] = "they name what the source has; told in the result",
        ["server.trustedImageCertificates"] = "they lie in the source's key manager; told in the result",
        ["server.pinnedAvailabilityZone"] = "the zone that stands for where it was is asked for",
        ["server.volumes.device"] = "libvirt does not honour it",
        ["server.image"] = "it boots from the copy of its root disk",
        ["volume.group"] = "groups are not made at the target; told in the result",
        ["volume.isEncrypted"] = "refused: no supported path leads across clouds by this method",
        ["keypair.user"] = "the user that stands for him",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>For who has no run's results: resources are paired by what stays the same. What need not come back is left out.</summary>
    public static ImmutableArray<FieldDifference> Compare(Blueprint source, Blueprint target) =>
        [.. Between(source, target, BlueprintPairing.Of(source, target)).Where(difference => !NotRestored.ContainsKey(difference.Key))];

    /// <param name="ids">What each id of the source is at the target.</param>
    public static ImmutableArray<FieldDifference> Between(Blueprint source, Blueprint target, IReadOnlyDictionary<string, string> ids)
    {
        var (before, after) = (Translated(Json(source), ids)!, Json(target));
        return [.. Lists.SelectMany(list => OfList(list.Resource, before[list.List]!.AsArray(), after[list.List]!.AsArray()))];
    }

    static JsonNode Json(Blueprint blueprint) => JsonNode.Parse(BlueprintJson.Write(blueprint))!;

    static IEnumerable<FieldDifference> OfList(string resource, JsonArray before, JsonArray after)
    {
        var there = after.OfType<JsonObject>().ToDictionary(KeyOf);
        foreach (var one in before.OfType<JsonObject>())
        {
            if (there.Remove(KeyOf(one), out var same))
            {
                foreach (var difference in OfObject(resource, NameOf(one), one, same))
                    yield return difference;
            }
            else
            {
                yield return new FieldDifference(resource, NameOf(one), "there", null);
            }
        }
        foreach (var extra in there.Values)
            yield return new FieldDifference(resource, NameOf(extra), null, "there");
    }

    static IEnumerable<FieldDifference> OfObject(string key, string of, JsonObject before, JsonObject after) =>
        before.Select(p => p.Key).Union(after.Select(p => p.Key)).Where(name => name != "id")
            .SelectMany(name => OfField($"{key}.{name}", name, of, before[name], after[name]));

    static IEnumerable<FieldDifference> OfField(string key, string name, string of, JsonNode? before, JsonNode? after) => (before, after) switch
    {
        (JsonObject b, JsonObject a) when Parts.Contains(name) => OfObject(key, of, b, a),
        (JsonArray b, JsonArray a) when b.Count == a.Count && b.All(item => item is JsonObject) => InOrder(key, b).Zip(InOrder(key, a))
            .SelectMany(pair => OfObject(key, of, pair.First.AsObject(), pair.Second.AsObject())),
        _ => Text(key, before) == Text(key, after) ? [] : [new FieldDifference(key, of, Text(key, before), Text(key, after))],
    };

    static IEnumerable<JsonNode> InOrder(string key, JsonArray array) =>
        Ordered.Contains(key) ? array.Select(item => item!) : array.Select(item => item!).OrderBy(WithoutId, StringComparer.Ordinal);

    static string? Text(string key, JsonNode? node) => node is JsonArray array ? string.Join(',', InOrder(key, array).Select(WithoutId)) : node?.ToJsonString();

    static string WithoutId(JsonNode node)
    {
        var copy = node.DeepClone();
        if (copy is JsonObject json)
            json.Remove("id");
        return copy.ToJsonString();
    }

    static string KeyOf(JsonObject one) => (one["id"] ?? one["name"])!.GetValue<string>();

    static string NameOf(JsonObject one) => (one["name"]?.GetValue<string>() is { Length: > 0 } name ? name : KeyOf(one))!;

    static JsonNode? Translated(JsonNode? node, IReadOnlyDictionary<string, string> ids) => node switch
    {
        JsonObject json => new JsonObject(json.Select(p => KeyValuePair.Create(p.Key, Translated(p.Value, ids)))),
        JsonArray array => new JsonArray([.. array.Select(item => Translated(item, ids))]),
        JsonValue value when value.TryGetValue<string>(out var text) && ids.TryGetValue(text, out var there) => JsonValue.Create(there),
        _ => node?.DeepClone(),
    };
}

/// <summary>
/// What each id of a source is at a target, by what a failover keeps: MACs, addresses, CIDRs, order of disks, and names, which in a test's
/// workload are unique.
/// </summary>
static class BlueprintPairing
{
    public static Dictionary<string, string> Of(Blueprint source, Blueprint target)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal) { [source.Origin.Project.Value] = target.Origin.Project.Value };
        foreach (var (before, after) in Pairs(source.Networks, target.Networks, n => n.Name))
            (ids[before.Id.Value], ids[before.Project.Value]) = (after.Id.Value, after.Project.Value);
        foreach (var (before, after) in Pairs(source.Subnets, target.Subnets, s => s.Cidr))
            ids[before.Id.Value] = after.Id.Value;
        foreach (var (before, after) in Pairs(source.SecurityGroups, target.SecurityGroups, g => g.Name))
            ids[before.Id.Value] = after.Id.Value;
        foreach (var (before, after) in Pairs(source.Ports, target.Ports, p => p.MacAddress))
            ids[before.Id.Value] = after.Id.Value;
        foreach (var (before, after) in Pairs(source.FloatingIps, target.FloatingIps, f => f.FixedIp ?? ""))
            ids[before.Id.Value] = after.Id.Value;
        foreach (var (before, after) in Pairs(source.ServerGroups, target.ServerGroups, g => g.Name))
            ids[before.Id.Value] = after.Id.Value;
        foreach (var (before, after) in Pairs(source.Keypairs, target.Keypairs, k => k.Name))
            ids[before.User.Value] = after.User.Value;
        foreach (var (before, after) in Pairs(source.Routers, target.Routers, r => r.Name))
            Add(ids, before, after);
        foreach (var (before, after) in Pairs(source.Servers, target.Servers, s => s.Name))
            Add(ids, before, after);
        foreach (var volume in source.Volumes)
            Add(ids, volume, target.Volumes.FirstOrDefault(v => ids.TryGetValue(volume.Id.Value, out var id) ? v.Id.Value == id : v.Name == volume.Name));
        return ids;
    }

    static void Add(Dictionary<string, string> ids, RouterBlueprint before, RouterBlueprint after)
    {
        ids[before.Id.Value] = after.Id.Value;
        foreach (var (leg, there) in Pairs(before.Interfaces, after.Interfaces, l => string.Join(',', l.FixedIps.Select(ip => ip.Address))))
            ids[leg.Port.Value] = there.Port.Value;
    }

    static void Add(Dictionary<string, string> ids, ServerBlueprint before, ServerBlueprint after)
    {
        ids[before.Id.Value] = after.Id.Value;
        foreach (var (disk, there) in before.Volumes.Zip(after.Volumes))
            ids[disk.Volume.Value] = there.Volume.Value;
        if (before.Flavor is { } flavor && after.Flavor is { } thereFlavor)
            ids[flavor.Value] = thereFlavor.Value;
        if (before.Image is { } image && after.Image is { } thereImage)
            ids[image.Value] = thereImage.Value;
        if (before.KeyOwner is { } owner && after.KeyOwner is { } thereOwner)
            ids[owner.Value] = thereOwner.Value;
    }

    static void Add(Dictionary<string, string> ids, VolumeBlueprint before, VolumeBlueprint? after)
    {
        if (after is null)
            return;
        ids[before.Id.Value] = after.Id.Value;
        if (before.VolumeTypeId is { } type && after.VolumeTypeId is { } thereType)
            ids[type.Value] = thereType.Value;
    }

    static IEnumerable<(T Before, T After)> Pairs<T>(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> key) =>
        before.Join(after, key, key, (b, a) => (b, a));
}
