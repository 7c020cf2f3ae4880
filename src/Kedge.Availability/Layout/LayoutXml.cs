using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>A layout as the elements of a CIB.</summary>
static class LayoutXml
{
    const string Infinity = "INFINITY";

    public static ClusterPart Write(ClusterLayout layout) => ClusterPart.Make(
        layout.Properties.ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal),
        section => section switch
        {
            "resources" => layout.Resources.Select(Whole),
            "constraints" => layout.Bans.Select(Location).Concat(layout.AwayFromDc.Select(Location)).Concat(layout.Togethers.Select(Colocation)).Concat(layout.Aparts.Select(Separation)).Concat(layout.Orders.Select(Sequence)),
            _ => layout.Levels.Select(Rank),
        });

    public static XElement Pair(string id, string name, string value) =>
        new("nvpair", new XAttribute("id", id), new XAttribute("name", name), new XAttribute("value", value));

    static XElement Whole(Resource resource) => resource.Runs is Runs.Once
        ? Primitive(resource)
        : new("clone", new XAttribute("id", resource.Whole), Primitive(resource), Pairs("meta_attributes", resource.Whole, resource.CloneMeta));

    static XElement Primitive(Resource resource) => new(
        "primitive",
        new XAttribute("id", resource.Id),
        resource.Agent.Split(':') switch
        {
            [var kind, var provider, var type] => [new XAttribute("class", kind), new XAttribute("provider", provider), new XAttribute("type", type)],
            var two => new[] { new XAttribute("class", two[0]), new XAttribute("type", two[^1]) },
        },
        Pairs("instance_attributes", resource.Id, resource.Parameters),
        new XElement("operations", resource.Operations.Select(operation => Op(resource.Id, operation))),
        Pairs("meta_attributes", resource.Id, resource.Meta));

    static XElement? Pairs(string kind, string id, ImmutableSortedDictionary<string, string> pairs) => pairs.Count == 0
        ? null
        : new(kind, new XAttribute("id", $"{id}-{kind}"), pairs.Select(pair => Pair($"{id}-{kind}-{pair.Key}", pair.Key, pair.Value)));

    static XElement Op(string id, Operation operation)
    {
        var interval = PacemakerTime.Write(operation.Interval);
        return new(
            "op",
            new XAttribute("id", $"{id}-{operation.Name}-interval-{interval}"),
            new XAttribute("name", operation.Name),
            new XAttribute("interval", interval),
            operation.Timeout is { } timeout ? new XAttribute("timeout", PacemakerTime.Write(timeout)) : null,
            operation.Role is { } role ? new XAttribute("role", role) : null,
            operation.Level is { } level ? Level(id, operation, interval, level) : null);
    }

    static XElement Level(string id, Operation operation, string interval, int level)
    {
        var set = $"{id}-{operation.Name}-interval-{interval}-instance_attributes";
        return new(
            "instance_attributes",
            new XAttribute("id", set),
            Pair($"{set}-OCF_CHECK_LEVEL", "OCF_CHECK_LEVEL", level.ToString(CultureInfo.InvariantCulture)));
    }

    static XElement Location(Ban ban) => new(
        "rsc_location", new XAttribute("id", ban.Id), new XAttribute("rsc", ban.Resource), new XAttribute("node", ban.Node), new XAttribute("score", $"-{Infinity}"));

    /// <summary>Gladly where it is not so, and not "never where it is so": the last node that is left is the DC.</summary>
    static XElement Location(AwayFromDc away) => new(
        "rsc_location",
        new XAttribute("id", away.Id),
        new XAttribute("rsc", away.Resource),
        new XElement(
            "rule",
            new XAttribute("id", $"{away.Id}-rule"),
            new XAttribute("score", AwayFromDc.Score.ToString(CultureInfo.InvariantCulture)),
            new XElement(
                "expression",
                new XAttribute("id", $"{away.Id}-rule-expr"),
                new XAttribute("attribute", "#is_dc"),
                new XAttribute("operation", "ne"),
                new XAttribute("value", "true"))));

    static XElement Colocation(Together together) => new(
        "rsc_colocation",
        new XAttribute("id", together.Id),
        new XAttribute("rsc", together.Follower),
        new XAttribute("with-rsc", together.With),
        new XAttribute("score", Infinity),
        together.WithPromoted ? new XAttribute("with-rsc-role", "Promoted") : null);

    static XElement Separation(Apart apart) => new(
        "rsc_colocation", new XAttribute("id", apart.Id), new XAttribute("rsc", apart.One), new XAttribute("with-rsc", apart.Other), new XAttribute("score", $"-{Infinity}"));

    static XElement Sequence(Order order) => new(
        "rsc_order",
        new XAttribute("id", order.Id),
        new XAttribute("first", order.First),
        new XAttribute("first-action", order.FirstAction),
        new XAttribute("then", order.Then),
        new XAttribute("then-action", "start"),
        new XAttribute("kind", order.IsMandatory ? "Mandatory" : "Optional"));

    static XElement Rank(Level level) => new(
        "fencing-level",
        new XAttribute("id", level.Id),
        new XAttribute("target", level.Node),
        new XAttribute("index", level.Index.ToString(CultureInfo.InvariantCulture)),
        new XAttribute("devices", string.Join(',', level.Devices)));
}
