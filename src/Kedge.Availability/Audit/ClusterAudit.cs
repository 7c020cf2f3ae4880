using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>Reads what the configuration and the state of a cluster promise, and says where they promise too much. Changes nothing.</summary>
public static class ClusterAudit
{
    /// <param name="promised">A service is answering again within this time after it died.</param>
    public static IReadOnlyList<Finding> Of(Cib cib, ClusterStatus status, TimeSpan promised) =>
    [
        .. Fencing(cib, status),
        .. Quorum(cib, status),
        .. Nodes(status),
        .. cib.Primitives.Where(primitive => !primitive.IsFencingDevice).SelectMany(primitive => Resource(primitive, promised)),
    ];

    static IEnumerable<Finding> Fencing(Cib cib, ClusterStatus status)
    {
        var devices = cib.Primitives.Where(primitive => primitive.IsFencingDevice).ToArray();
        if (cib.Property("stonith-enabled") is "false" or "no" or "off" or "0" or "n")
        {
            yield return new("stonith-off", Weight.Danger, "stonith-enabled", "fencing is switched off",
                "A node that is lost but alive goes on writing while its services start elsewhere: two writers, damaged data.",
                "Configure a fencing device for every node, prove it, then set stonith-enabled=true.");
        }
        if (devices.Length == 0)
        {
            yield return new("no-fencing-device", Weight.Danger, "cluster", "there is no fencing device",
                "With stonith on, nothing of a lost node ever starts elsewhere; with it off, see stonith-off.",
                "Add a device of fence-agents (IPMI, Redfish, libvirt) for every node.");
        }
        foreach (var node in devices.Length == 0 ? [] : status.Nodes)
        {
            var history = status.Fencing.Where(fencing => fencing.Target == node.Name).ToArray();
            if (!history.Any(fencing => fencing.Outcome == "success"))
            {
                yield return new("fencing-untested", Weight.Warning, node.Name, "the fencing history has no success for this node",
                    "Whether the node can be switched off shows only at the first disaster.",
                    $"At a quiet hour: stonith_admin --reboot {node.Name}. The history is lost when all nodes stop at once.");
            }
            if (history.FirstOrDefault() is { Outcome: "failed" or "pending" } last)
            {
                yield return new("fencing-failing", Weight.Danger, node.Name, $"the last fencing of this node is {last.Outcome}",
                    "What ran on the node does not start elsewhere until fencing succeeds or a person confirms that it is off.",
                    $"Mend the device; or see that the node is really off, then: stonith_admin --confirm {node.Name}");
            }
        }
    }

    static IEnumerable<Finding> Quorum(Cib cib, ClusterStatus status)
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
        if (cib.Nodes.Count == 2)
        {
            yield return new("two-nodes", Weight.Warning, "cluster", "the cluster has two nodes",
                "After a cut neither half is the larger: both race to fence, or both stop, unless there is a tie-breaker (not visible in the CIB).",
                "Add a third node or a qdevice; else two_node with a delay on one device (pcmk_delay_base, priority-fencing-delay).");
        }
    }

    static IEnumerable<Finding> Nodes(ClusterStatus status)
    {
        foreach (var node in status.Nodes.Where(node => node.State is not "online"))
        {
            yield return new("node-not-serving", node.Unclean ? Weight.Danger : Weight.Warning, node.Name, $"the node is {node.State}",
                "The next fault finds one node fewer.", node.Unclean ? "See fencing-failing." : "Start Pacemaker there, or end standby or maintenance.");
        }
    }

    static IEnumerable<Finding> Resource(CibPrimitive primitive, TimeSpan promised)
    {
        var monitors = primitive.Operations.Where(op => op.Name == "monitor" && op.Interval > TimeSpan.Zero).ToArray();
        if (monitors.Length == 0)
        {
            yield return new("no-monitor", Weight.Danger, primitive.Id, "no recurring monitor",
                "Its death is never noticed.", "Add op monitor with an interval shorter than the promised recovery.");
        }
        else if (monitors.Min(op => op.Interval) is { } interval && interval > promised)
        {
            yield return new("monitor-too-slow", Weight.Warning, primitive.Id, $"its shortest monitor runs every {interval.TotalSeconds:0.#} s",
                $"A death is noticed after up to that time; {promised.TotalSeconds:0.#} s are promised until it answers again.",
                "Shorten the interval.");
        }
        if (primitive.Meta.GetValueOrDefault("is-managed") is "false")
        {
            yield return new("unmanaged", Weight.Warning, primitive.Id, "Pacemaker only watches it", "When it dies, it stays dead.", $"crm_resource --meta -r {primitive.Id} -p is-managed -v true");
        }
        if (primitive.Meta.ContainsKey("migration-threshold") && Durations.Read(primitive.Meta.GetValueOrDefault("failure-timeout")) is null or { Ticks: 0 })
        {
            yield return new("failures-never-forgotten", Weight.Remark, primitive.Id, "a migration-threshold without a failure-timeout",
                "A node that reached the threshold is banned for it until a person cleans up; after some faults no node is left.",
                "Set failure-timeout, e.g. 10 min.");
        }
    }
}
