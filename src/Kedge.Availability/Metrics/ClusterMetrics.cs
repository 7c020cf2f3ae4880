using Kedge.Availability.Drills;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Metrics;

/// <summary>The cluster as metrics; the names are documented in docs/operate/ha.md.</summary>
public static class ClusterMetrics
{
    /// <param name="proofs">Fencing trials that this data directory knows of.</param>
    /// <param name="drills">Drills that it knows of.</param>
    public static MetricsText Write(MetricsText text, ClusterStatus status, IReadOnlyList<FenceProof> proofs, IReadOnlyList<DrillResult> drills, DateTimeOffset now) => text
        .Gauge("kedge_ha_up", "1: Pacemaker's tools answered.", 1)
        .Gauge("kedge_ha_quorum", "1: the cluster has quorum.", One(status.HasQuorum))
        .Gauge("kedge_ha_dc", "1 for the node that decides; no value: there is none now.", status.Dc is { } dc ? [([("node", dc)], 1)] : [])
        .Gauge("kedge_ha_node_online", "1: a member that serves.", status.Nodes.Select(node => Labelled("node", node.Name, One(node.State == "online"))))
        .Gauge("kedge_ha_node_unclean", "1: lost and not fenced yet.", status.Nodes.Select(node => Labelled("node", node.Name, One(node.Unclean))))
        .Gauge("kedge_ha_resource_running", "Running instances of a resource on a node.", Running(status))
        .Gauge("kedge_ha_resource_failed", "Instances of a resource that are failed or blocked.", status.Resources.GroupBy(one => one.Id, StringComparer.Ordinal)
            .Select(instances => Labelled("resource", instances.Key, instances.Count(one => one.Failed || one.Blocked))))
        .Gauge("kedge_ha_failures", "Failed operations since the last cleanup.", status.Failures.Count)
        .Gauge("kedge_ha_fencing_history", "Fencings in Pacemaker's history, which is lost when all nodes stop.", status.Fencing.GroupBy(one => (one.Target, one.Outcome))
            .Select(some => ((IReadOnlyList<(string, string)>)[("node", some.Key.Target), ("outcome", some.Key.Outcome)], (double)some.Count())))
        .Gauge("kedge_ha_fence_test_age_seconds", "Since a device last worked in a trial on a node.", proofs.Where(proof => proof.Worked).GroupBy(proof => (proof.Node, proof.Device))
            .Select(some => ((IReadOnlyList<(string, string)>)[("node", some.Key.Node), ("device", some.Key.Device)], Math.Max(0, Math.Round((now - some.Last().At).TotalSeconds)))))
        .Gauge("kedge_ha_drill_recovered_seconds", "The last drill of each fault: until all answered again.", drills.Where(drill => drill.Recovered).GroupBy(drill => (drill.Fault, drill.Target))
            .Select(some => ((IReadOnlyList<(string, string)>)[("fault", some.Key.Fault.ToString()), ("target", some.Key.Target)], some.Last().RecoveredS!.Value)));

    static IEnumerable<(IReadOnlyList<(string Key, string Value)> Labels, double Value)> Running(ClusterStatus status) =>
        from resource in status.Resources
        from node in resource.Nodes
        group resource by (resource.Id, Node: node, resource.Role) into some
        select ((IReadOnlyList<(string, string)>)[("resource", some.Key.Id), ("node", some.Key.Node), ("role", some.Key.Role)], (double)some.Count());

    static (IReadOnlyList<(string Key, string Value)> Labels, double Value) Labelled(string key, string name, double value) => ([(key, name)], value);

    static double One(bool yes) => yes ? 1 : 0;
}
