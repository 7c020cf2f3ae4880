using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Fencing;

/// <summary>What the loss of one node would mean now: asked before a node is switched off on purpose.</summary>
public static class NodeLoss
{
    /// <summary>Every reason against it, in words; empty: the others carry on.</summary>
    public static IReadOnlyList<string> Reasons(Cib cib, ClusterStatus status, string node)
    {
        var reasons = new List<string>();
        var members = cib.Nodes.Count;
        var remain = status.Nodes.Count(one => one.Online && !one.Unclean && one.Name != node);
        if (!status.HasQuorum)
            reasons.Add("the cluster has no quorum now");
        // Two nodes with corosync's two_node keep quorum, but then nothing is left to lose.
        else if (members > 2 ? remain * 2 <= members : remain < 1)
            reasons.Add($"{remain} of {members} nodes would be left, which is no quorum: all services would stop");
        foreach (var other in status.Nodes.Where(one => one.Name != node && one.State != "online"))
            reasons.Add($"{other.Name} is {other.State}: one node is missing already");
        return reasons;
    }

    /// <summary>Services of which no instance, or no promoted one, would be left running. Fencing devices are not services.</summary>
    public static IReadOnlyList<string> OnlyThere(ClusterStatus status, string node) =>
    [
        .. from instances in status.Resources.Where(one => !one.Agent.StartsWith("stonith:", StringComparison.Ordinal)).GroupBy(one => one.Id, StringComparer.Ordinal)
           let active = instances.Where(one => one.Nodes.Count > 0 && one.Role is not "Stopped").ToArray()
           let leading = active.Any(one => IsPromoted(one.Role)) ? active.Where(one => IsPromoted(one.Role)) : active
           where leading.Any() && leading.All(one => one.Nodes.All(place => place == node))
           select instances.Key,
    ];

    static bool IsPromoted(string role) => role is "Promoted" or "Master";
}
