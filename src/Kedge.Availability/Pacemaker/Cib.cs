using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>The version that Pacemaker compares when somebody writes: the older one loses.</summary>
public readonly record struct CibVersion(int AdminEpoch, int Epoch, int Updates)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AdminEpoch}.{Epoch}.{Updates}");
}

/// <summary>The cluster's configuration and state as <c>cibadmin --query</c> prints it. Immutable: every reader gets a copy of the XML.</summary>
public sealed class Cib
{
    readonly XElement root;

    Cib(XElement root, CibVersion version)
    {
        this.root = root;
        Version = version;
    }

    public CibVersion Version { get; }

    /// <exception cref="ClusterException">Not XML, or not a CIB.</exception>
    public static Cib Parse(string xml)
    {
        var root = ClusterXml.Parse(xml, "cib");
        if (root.Element("configuration") is null)
            throw new ClusterException(ClusterFault.Unreadable, "The CIB has no <configuration>.");
        return new Cib(root, new CibVersion(Number(root, "admin_epoch"), Number(root, "epoch"), Number(root, "num_updates")));
    }

    /// <summary>Value of a cluster property, e.g. <c>stonith-enabled</c>; null: Pacemaker's default holds.</summary>
    public string? Property(string name) => root
        .Element("configuration")?.Element("crm_config")?.Elements("cluster_property_set")
        // Pacemaker gives this set the word over all others.
        .OrderByDescending(set => (string?)set.Attribute("id") == "cib-bootstrap-options")
        .Elements("nvpair").FirstOrDefault(pair => (string?)pair.Attribute("name") == name)?.Attribute("value")?.Value;

    public IReadOnlyList<string> Nodes =>
    [
        .. root.Element("configuration")!.Elements("nodes").Elements("node")
            .Where(node => (string?)node.Attribute("type") is null or "member").Select(node => (string?)node.Attribute("uname") ?? ""),
    ];

    /// <summary>Remote nodes and guests among them.</summary>
    public IReadOnlyList<string> AllNodes => [.. root.Element("configuration")!.Elements("nodes").Elements("node").Select(node => (string?)node.Attribute("uname") ?? "")];

    /// <summary>Every primitive, wherever it stands: alone, in a group, in a clone.</summary>
    public IReadOnlyList<CibPrimitive> Primitives => [.. root.Descendants("primitive").Select(CibPrimitive.Read)];

    /// <summary>What each node has written down about each resource: the state, not the configuration.</summary>
    public IReadOnlyList<ResourceHistory> Histories => [.. ResourceHistory.Read(root)];

    /// <summary>Values of the resource's own nvpairs named so: of the primitive, else of the clone or group around it, else the default of all.</summary>
    public string? Meta(string resource, string name)
    {
        var primitive = root.Element("configuration")!.Descendants("primitive").FirstOrDefault(one => (string?)one.Attribute("id") == resource);
        return primitive?.AncestorsAndSelf().Elements("meta_attributes")
            .Concat(root.Element("configuration")!.Elements("rsc_defaults").Elements("meta_attributes")).Elements("nvpair")
            .FirstOrDefault(pair => (string?)pair.Attribute("name") == name)?.Attribute("value")?.Value;
    }

    /// <summary>A node's own attribute, e.g. <c>maintenance</c>; null: not set.</summary>
    public string? NodeAttribute(string node, string name) => root
        .Element("configuration")!.Elements("nodes").Elements("node").Where(one => (string?)one.Attribute("uname") == node)
        .Elements("instance_attributes").Elements("nvpair").FirstOrDefault(pair => (string?)pair.Attribute("name") == name)?.Attribute("value")?.Value;

    /// <summary>Fencing levels, as they are written: target and devices, in the order in which they are tried.</summary>
    public IReadOnlyList<FencingLevel> FencingLevels => [.. root.Element("configuration")!.Elements("fencing-topology").Elements("fencing-level").Select(FencingLevel.Read)];

    /// <summary>
    /// A copy with the change made and the version as it was read: Pacemaker refuses a replace that is older than what it has, and raises
    /// the epoch itself when it takes one.
    /// </summary>
    public XElement With(Action<XElement> change)
    {
        var copy = new XElement(root);
        change(copy.Element("configuration")!);
        return copy;
    }

    /// <summary>True: the change would alter nothing but the order in which things stand.</summary>
    public bool Has(Action<XElement> change) => XNode.DeepEquals(Sorted(root.Element("configuration")!), Sorted(With(change).Element("configuration")!));

    public override string ToString() => root.ToString();

    static XElement Sorted(XElement configuration) => new(
        configuration.Name,
        configuration.Elements().Where(section => section.HasElements).OrderBy(section => section.Name.LocalName, StringComparer.Ordinal)
            .Select(section => new XElement(section.Name, section.Elements().OrderBy(element => (string?)element.Attribute("id"), StringComparer.Ordinal))));

    static int Number(XElement element, string name) =>
        int.TryParse((string?)element.Attribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ClusterException(ClusterFault.Unreadable, $"The CIB's {name} is '{(string?)element.Attribute(name) ?? "missing"}', not a number.");
}

/// <summary>A primitive resource or fencing device.</summary>
/// <param name="Agent"><c>ocf:openstack:nova-api</c>, <c>stonith:fence_ipmilan</c>.</param>
public sealed record CibPrimitive(string Id, string Agent, IReadOnlyList<CibOperation> Operations, IReadOnlyDictionary<string, string> Meta)
{
    static readonly string[] AgentParts = ["class", "provider", "type"];

    /// <summary>What the agent is given: <c>url</c>, <c>pid</c>, <c>port</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public bool IsFencingDevice => Agent.StartsWith("stonith:", StringComparison.Ordinal);

    internal static CibPrimitive Read(XElement element) => new(
        (string?)element.Attribute("id") ?? throw new ClusterException(ClusterFault.Unreadable, "A primitive of the CIB has no id."),
        string.Join(':', AgentParts.Select(name => (string?)element.Attribute(name)).OfType<string>()),
        [
            .. element.Elements("operations").Elements("op").Select(op => new CibOperation(
                (string?)op.Attribute("name") ?? "", Durations.Read((string?)op.Attribute("interval")), Durations.Read((string?)op.Attribute("timeout")))),
        ],
        Pairs(element.Elements("meta_attributes")))
    {
        Parameters = Pairs(element.Elements("instance_attributes")),
    };

    static Dictionary<string, string> Pairs(IEnumerable<XElement> sets) => sets.Elements("nvpair")
        .GroupBy(pair => (string?)pair.Attribute("name") ?? "", StringComparer.Ordinal)
        .ToDictionary(pairs => pairs.Key, pairs => (string?)pairs.First().Attribute("value") ?? "", StringComparer.Ordinal);
}

/// <summary>One level of a fencing topology: all its devices must succeed, else the next level is tried.</summary>
/// <param name="Target">The node; null: the level is for a pattern or an attribute.</param>
public sealed record FencingLevel(string Id, string? Target, string? Pattern, int Index, IReadOnlyList<string> Devices)
{
    internal static FencingLevel Read(XElement level) => new(
        (string?)level.Attribute("id") ?? "",
        (string?)level.Attribute("target"),
        (string?)level.Attribute("target-pattern"),
        (int?)level.Attribute("index") ?? 0,
        [.. ((string?)level.Attribute("devices") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);
}

/// <param name="Interval">Zero: once, at its moment; null: not given.</param>
public sealed record CibOperation(string Name, TimeSpan? Interval, TimeSpan? Timeout);

/// <summary>XML of Pacemaker's tools.</summary>
static class ClusterXml
{
    public static XElement Parse(string xml, string name)
    {
        try
        {
            var root = XElement.Parse(xml);
            return root.Name.LocalName == name
                ? root
                : throw new ClusterException(ClusterFault.Unreadable, $"Expected <{name}> of Pacemaker, found <{root.Name.LocalName}>.");
        }
        catch (XmlException e)
        {
            throw new ClusterException(ClusterFault.Unreadable, $"Expected <{name}> of Pacemaker, found no XML: {e.Message}", e);
        }
    }
}
