using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>Reads what the configuration and the state of a cluster promise, and says where they promise too much. Changes nothing.</summary>
public static class ClusterAudit
{
    /// <param name="promised">A service is answering again within this time after it died.</param>
    public static IReadOnlyList<Finding> Of(Cib cib, ClusterStatus status, AuditFacts facts, TimeSpan promised) =>
    [
        .. FencingRules.Of(cib, status, facts),
        .. Quorum(cib, status, facts),
        .. Nodes(status),
        .. NodeRules.Of(cib, status, facts, promised),
        .. cib.Primitives.Where(primitive => !primitive.IsFencingDevice).SelectMany(primitive => ResourceRules.Of(cib, primitive, promised)),
    ];

    static IEnumerable<Finding> Quorum(Cib cib, ClusterStatus status, AuditFacts facts)
    {
        if (!status.HasQuorum)
        {
            yield return new("no-quorum", Weight.Danger, "cluster", "there is no quorum now",
                "Pacemaker stops services, or freezes them, and fences nobody.", "Bring nodes back until more than half are online.");
        }
        if (cib.Property("no-quorum-policy") is "ignore")
        {
            yield return new("quorum-ignored", Weight.Danger, "no-quorum-policy", "both halves of a split cluster go on",
                "After a cut each half fences the other, or runs the same service.", "Set no-quorum-policy=stop (or freeze).");
        }
        if (cib.Nodes.Count == 1)
        {
            yield return new("one-node", Weight.Danger, "cluster", "the cluster has one node", "Its loss is the loss of everything.", "Add nodes up to three.");
        }
        if (cib.Nodes.Count == 2 && !HasTieBreaker(cib, facts))
        {
            yield return new("two-nodes", Weight.Warning, "cluster", "the cluster has two nodes and no tie-breaker",
                "After a cut neither half is the larger: both race to fence, or both stop.",
                "Add a third node or a qdevice; else two_node with a delay on one device (pcmk_delay_base, priority-fencing-delay).");
        }
        if (cib.Nodes.Count % 2 == 0 && cib.Nodes.Count > 2 && !facts.Nodes.Any(node => node.Corosync.ContainsKey("quorum.device.model")))
        {
            yield return new("even-nodes", Weight.Remark, "cluster", $"the cluster has {cib.Nodes.Count} nodes and no quorum device",
                "A cut through the middle leaves no half with quorum: all services stop.", "Add a node, or a qdevice.");
        }
    }

    /// <summary>A third voice, or a delay that lets one side win the race.</summary>
    static bool HasTieBreaker(Cib cib, AuditFacts facts) =>
        facts.Nodes.Any(node => node.Corosync.ContainsKey("quorum.device.model"))
        || (facts.Nodes.Any(node => node.Corosync.GetValueOrDefault("quorum.two_node") == "1")
            && (Durations.Read(cib.Property("priority-fencing-delay")) is { Ticks: > 0 }
                || cib.Primitives.Any(one => one.IsFencingDevice && (one.Parameters.ContainsKey("pcmk_delay_base") || one.Parameters.ContainsKey("pcmk_delay_max")))));

    static IEnumerable<Finding> Nodes(ClusterStatus status)
    {
        foreach (var node in status.Nodes.Where(node => node.State is not "online"))
        {
            yield return new("node-not-serving", node.Unclean ? Weight.Danger : Weight.Warning, node.Name, $"the node is {node.State}",
                "The next fault finds one node fewer.", node.Unclean ? "See fencing-failing." : "Start Pacemaker there, or end standby or maintenance.");
        }
    }
}
