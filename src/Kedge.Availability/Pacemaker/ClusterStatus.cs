using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>What <c>crm_mon --output-as=xml --include=all</c> shows at one moment.</summary>
/// <param name="Dc">The elected node that decides; null: none now.</param>
/// <param name="HasQuorum">False also while there is no DC that could know.</param>
public sealed record ClusterStatus(
    string? Dc,
    bool HasQuorum,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<ResourceStatus> Resources,
    IReadOnlyList<FailureStatus> Failures,
    IReadOnlyList<FencingStatus> Fencing)
{
    /// <exception cref="ClusterException">Not what crm_mon prints.</exception>
    public static ClusterStatus Parse(string xml)
    {
        var root = ClusterXml.Parse(xml, "pacemaker-result");
        var dc = root.Element("summary")?.Element("current_dc")
            ?? throw new ClusterException(ClusterFault.Unreadable, "crm_mon's answer has no <current_dc>; give it --include=all.");
        var present = Is(dc, "present");
        return new(
            present ? (string?)dc.Attribute("name") : null,
            present && Is(dc, "with_quorum"),
            [.. root.Elements("nodes").Elements("node").Select(NodeStatus.Read)],
            [.. root.Elements("resources").Descendants("resource").Select(ResourceStatus.Read)],
            [.. root.Elements("failures").Elements("failure").Select(FailureStatus.Read)],
            [.. root.Elements("fence_history").Elements("fence_event").Select(FencingStatus.Read)]);
    }

    internal static bool Is(XElement element, string name) => (string?)element.Attribute(name) is "true" or "1";

    internal static string Text(XElement element, string name) => (string?)element.Attribute(name)
        ?? throw new ClusterException(ClusterFault.Unreadable, $"<{element.Name.LocalName}> of crm_mon has no {name}.");
}

/// <param name="Unclean">Lost and not yet fenced: nothing of it may start elsewhere.</param>
public sealed record NodeStatus(string Name, bool Online, bool Unclean, bool Standby, bool Maintenance, bool Pending)
{
    internal static NodeStatus Read(XElement node) => new(
        ClusterStatus.Text(node, "name"),
        ClusterStatus.Is(node, "online"),
        ClusterStatus.Is(node, "unclean"),
        ClusterStatus.Is(node, "standby"),
        ClusterStatus.Is(node, "maintenance"),
        ClusterStatus.Is(node, "pending"));

    /// <summary>One word for a screen.</summary>
    public string State => this switch
    {
        { Unclean: true } => "unclean",
        { Online: false } => "offline",
        { Pending: true } => "joining",
        { Standby: true } => "standby",
        { Maintenance: true } => "maintenance",
        _ => "online",
    };
}

/// <summary>One instance of a resource; a clone has several of the same id.</summary>
public sealed record ResourceStatus(string Id, string Agent, string Role, bool Failed, bool Blocked, bool Managed, IReadOnlyList<string> Nodes)
{
    internal static ResourceStatus Read(XElement resource) => new(
        ClusterStatus.Text(resource, "id"),
        ClusterStatus.Text(resource, "resource_agent"),
        ClusterStatus.Text(resource, "role"),
        ClusterStatus.Is(resource, "failed"),
        ClusterStatus.Is(resource, "blocked"),
        ClusterStatus.Is(resource, "managed"),
        [.. resource.Elements("node").Select(node => ClusterStatus.Text(node, "name"))]);
}

/// <summary>An operation that failed and has not been cleaned up.</summary>
public sealed record FailureStatus(string Operation, string Node, string Answer, string Reason, string At)
{
    internal static FailureStatus Read(XElement failure) => new(
        (string?)failure.Attribute("op_key") ?? (string?)failure.Attribute("id") ?? "",
        ClusterStatus.Text(failure, "node"),
        (string?)failure.Attribute("exitstatus") ?? "",
        (string?)failure.Attribute("exitreason") ?? "",
        (string?)failure.Attribute("last-rc-change") ?? "");
}

/// <param name="Outcome"><c>success</c>, <c>failed</c> or <c>pending</c>.</param>
/// <param name="Completed">Null while pending.</param>
public sealed record FencingStatus(string Action, string Target, string? By, string Outcome, string? Completed, string? Reason)
{
    internal static FencingStatus Read(XElement fencing) => new(
        ClusterStatus.Text(fencing, "action"),
        ClusterStatus.Text(fencing, "target"),
        (string?)fencing.Attribute("delegate"),
        ClusterStatus.Text(fencing, "status"),
        (string?)fencing.Attribute("completed"),
        (string?)fencing.Attribute("exit-reason"));
}
