using System.Collections.Immutable;
using System.Xml.Linq;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Layout;

/// <summary>
/// That part of a CIB's configuration which is ours: what has an id of ours, and the values of those properties that a file names. The rest is
/// somebody else's and is carried over as it stands. Immutable: the XML is copied on the way in and out.
/// </summary>
public sealed class ClusterPart
{
    static readonly string[] Sections = ["resources", "constraints", "fencing-topology"];

    /// <summary>Where the schema lets each section stand.</summary>
    static readonly string[] SectionOrder =
        ["crm_config", "rsc_defaults", "op_defaults", "nodes", "resources", "constraints", "acls", "fencing-topology", "tags", "alerts"];

    readonly XElement root;

    ClusterPart(XElement root) => this.root = root;

    /// <summary>Null: the property is not set.</summary>
    public IReadOnlyDictionary<string, string?> Properties => root.Elements("property")
        .ToDictionary(property => (string)property.Attribute("name")!, property => (string?)property.Attribute("value"), StringComparer.Ordinal);

    /// <summary>Resources, constraints and fencing levels, one each; clones whole.</summary>
    public IReadOnlyList<XElement> Elements => [.. Sections.SelectMany(section => root.Elements(section).Elements()).Select(element => new XElement(element))];

    public static ClusterPart Of(ClusterLayout layout) => LayoutXml.Write(layout);

    /// <summary>What is ours in a CIB.</summary>
    /// <param name="cib">As it was read.</param>
    /// <param name="properties">Names of the cluster properties that count.</param>
    public static ClusterPart In(Cib cib, IEnumerable<string> properties) => In(cib.With(_ => { }).Element("configuration")!, properties);

    internal static ClusterPart In(XElement configuration, IEnumerable<string> properties) => Make(
        properties.ToDictionary(name => name, name => (string?)PropertyIn(configuration, name)?.Attribute("value"), StringComparer.Ordinal),
        section => configuration.Elements(section).Elements().Where(IsOurs));

    internal static ClusterPart Make(IReadOnlyDictionary<string, string?> properties, Func<string, IEnumerable<XElement>> elements) => new(new XElement(
        "part",
        properties.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new XElement("property", new XAttribute("name", pair.Key), pair.Value is null ? null : new XAttribute("value", pair.Value))),
        Sections.Select(section => new XElement(section, elements(section).Select(element => new XElement(element))))));

    /// <summary>Puts this part in the place of what is ours there. Elements that say the same stay as they are, with ids that others gave their inner parts.</summary>
    internal void PutInto(XElement configuration)
    {
        foreach (var name in Sections)
        {
            var section = Section(configuration, name);
            var wanted = root.Elements(name).Elements().ToDictionary(IdOf, StringComparer.Ordinal);
            foreach (var there in section.Elements().Where(IsOurs).ToArray())
            {
                if (!wanted.Remove(IdOf(there), out var element))
                    there.Remove();
                else if (!Flat.Of(element).SequenceEqual(Flat.Of(there)))
                    there.ReplaceWith(new XElement(element));
            }
            section.Add(root.Elements(name).Elements().Where(element => wanted.ContainsKey(IdOf(element))).Select(element => new XElement(element)));
            if (!section.HasElements && name == "fencing-topology")
                section.Remove();
        }
        foreach (var (name, value) in Properties)
            SetProperty(configuration, name, value);
    }

    public bool Says(ClusterPart other) => PartChange.Between(this, other).IsEmpty;

    public string Write() => root.ToString();

    /// <exception cref="ClusterException">Not what <see cref="Write"/> wrote.</exception>
    public static ClusterPart Parse(string text) => new(ClusterXml.Parse(text, "part"));

    /// <summary>A level that names devices of ours alone is ours whatever its id: pcs and crm give it one of their own.</summary>
    static bool IsOurs(XElement element) =>
        IsOurs((string?)element.Attribute("id"))
        || (element.Name.LocalName == "fencing-level" && ((string?)element.Attribute("devices") ?? "").Split(',', StringSplitOptions.TrimEntries).All(IsOurs));

    static bool IsOurs(string? id) => id?.StartsWith(ClusterLayout.Prefix, StringComparison.Ordinal) is true;

    /// <summary>What an element is known by; a level by what it is for.</summary>
    internal static string IdOf(XElement element) => element.Name.LocalName == "fencing-level"
        ? $"{ClusterLayout.Prefix}level.{(string?)element.Attribute("target")}.{(string?)element.Attribute("index")}"
        : (string?)element.Attribute("id") ?? "";

    static XElement Section(XElement configuration, string name)
    {
        if (configuration.Element(name) is { } there)
            return there;
        var made = new XElement(name);
        var before = configuration.Elements().LastOrDefault(element => Array.IndexOf(SectionOrder, element.Name.LocalName) < Array.IndexOf(SectionOrder, name));
        if (before is null)
            configuration.AddFirst(made);
        else
            before.AddAfterSelf(made);
        return made;
    }

    static XElement? PropertyIn(XElement configuration, string name) => configuration.Elements("crm_config").Elements("cluster_property_set")
        // Pacemaker gives this set the word over all others.
        .OrderByDescending(set => (string?)set.Attribute("id") == "cib-bootstrap-options")
        .Elements("nvpair").FirstOrDefault(pair => (string?)pair.Attribute("name") == name);

    static void SetProperty(XElement configuration, string name, string? value)
    {
        var there = PropertyIn(configuration, name);
        if (there is not null && value is not null)
            there.SetAttributeValue("value", value);
        else if (there is not null)
            there.Remove();
        else if (value is not null)
            PropertySet(configuration).Add(LayoutXml.Pair($"cib-bootstrap-options-{name}", name, value));
    }

    static XElement PropertySet(XElement configuration)
    {
        var section = Section(configuration, "crm_config");
        var set = section.Elements("cluster_property_set").FirstOrDefault(one => (string?)one.Attribute("id") == "cib-bootstrap-options");
        if (set is null)
            section.AddFirst(set = new XElement("cluster_property_set", new XAttribute("id", "cib-bootstrap-options")));
        return set;
    }
}
