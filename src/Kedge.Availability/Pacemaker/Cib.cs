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
        .Element("configuration")?.Element("crm_config")?.Elements("cluster_property_set").Elements("nvpair")
        .FirstOrDefault(pair => (string?)pair.Attribute("name") == name)?.Attribute("value")?.Value;

    public IReadOnlyList<string> Nodes =>
    [
        .. root.Element("configuration")!.Elements("nodes").Elements("node")
            .Where(node => (string?)node.Attribute("type") is null or "member").Select(node => (string?)node.Attribute("uname") ?? ""),
    ];

    /// <summary>Every primitive, wherever it stands: alone, in a group, in a clone.</summary>
    public IReadOnlyList<CibPrimitive> Primitives => [.. root.Descendants("primitive").Select(CibPrimitive.Read)];

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

    public override string ToString() => root.ToString();

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

    public bool IsFencingDevice => Agent.StartsWith("stonith:", StringComparison.Ordinal);

    internal static CibPrimitive Read(XElement element) => new(
        (string?)element.Attribute("id") ?? throw new ClusterException(ClusterFault.Unreadable, "A primitive of the CIB has no id."),
        string.Join(':', AgentParts.Select(name => (string?)element.Attribute(name)).OfType<string>()),
        [
            .. element.Elements("operations").Elements("op").Select(op => new CibOperation(
                (string?)op.Attribute("name") ?? "", Durations.Read((string?)op.Attribute("interval")), Durations.Read((string?)op.Attribute("timeout")))),
        ],
        element.Elements("meta_attributes").Elements("nvpair")
            .GroupBy(pair => (string?)pair.Attribute("name") ?? "", StringComparer.Ordinal)
            .ToDictionary(pairs => pairs.Key, pairs => (string?)pairs.First().Attribute("value") ?? "", StringComparer.Ordinal));
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
