using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>What only the nodes themselves can tell: corosync's timing, what runs beside the cluster, clocks.</summary>
static class NodeRules
{
    static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(1);

    /// <summary>Below this a node that is only busy is taken for lost.</summary>
    static readonly TimeSpan NervousToken = TimeSpan.FromMilliseconds(1000);

    /// <summary>Units of Debian, Ubuntu and RDO that a control plane consists of, by how they begin.</summary>
    static readonly string[] ControlPlane =
    [
        "nova-", "openstack-nova-", "neutron-", "cinder-", "openstack-cinder-", "glance-", "openstack-glance-", "keystone", "placement-", "heat-",
        "openstack-heat-", "octavia-", "designate-", "barbican-", "manila-", "magnum-", "haproxy", "mariadb", "mysql", "rabbitmq-server", "memcached", "galera",
    ];

    /// <summary>They belong to one node each and are no business of Pacemaker's.</summary>
    static readonly string[] NodeOwn = ["nova-compute", "openstack-nova-compute", "neutron-openvswitch-agent", "neutron-ovn-metadata-agent", "neutron-linuxbridge-agent"];

    public static IEnumerable<Finding> Of(Cib cib, ClusterStatus status, AuditFacts facts, TimeSpan promised)
    {
        foreach (var node in cib.Nodes.Where(name => status.Nodes.Any(one => one.Name == name && one.Online)))
        {
            var looked = facts.Nodes.FirstOrDefault(one => one.Node == node);
            if (looked is null or { NotReached: not null })
            {
                yield return new("node-not-looked-at", Weight.Remark, node, looked?.NotReached ?? "nobody asked this node",
                    "Its clock, its corosync and what runs beside the cluster are not known.", "Let this machine reach it over ssh by its name, or say how: --reach.");
            }
        }
        foreach (var finding in Timing(facts, cib.Nodes.Count, promised).Concat(Outside(cib, facts)).Concat(Clocks(facts)))
            yield return finding;
    }

    static IEnumerable<Finding> Timing(AuditFacts facts, int nodes, TimeSpan promised)
    {
        var known = facts.Nodes.FirstOrDefault(node => node.Milliseconds("runtime.config.totem.token") is not null);
        if (known is null)
            yield break;
        var real = known.Milliseconds("runtime.config.totem.token")!.Value;
        var lost = real + (known.Milliseconds("runtime.config.totem.consensus") ?? real * 1.2);
        if (lost > promised)
        {
            yield return new("token-too-slow", Weight.Warning, "corosync token", $"a lost node is noticed after {lost.TotalSeconds:0.0} s (token {real.TotalMilliseconds:0} ms and consensus)",
                $"{promised.TotalSeconds:0.#} s are promised until services answer again, and fencing comes on top.", "Lower token, e.g. 1000 ms with token_coefficient 0 on a quiet network.");
        }
        if (known.Milliseconds("totem.token") is var written && real > (written ?? TimeSpan.FromSeconds(3)) && nodes > 2)
        {
            yield return new("token-coefficient", Weight.Remark, "corosync token_coefficient",
                $"the token is {real.TotalMilliseconds:0} ms, not the {(written ?? TimeSpan.FromSeconds(3)).TotalMilliseconds:0} ms that are written: each node above two adds token_coefficient",
                "Failover takes longer than the written figure lets one think, and longer with each node.", "Set token_coefficient: 0 and the token that is meant.");
        }
        if (real < NervousToken)
        {
            yield return new("token-nervous", Weight.Warning, "corosync token", $"a node that is silent for {real.TotalMilliseconds:0} ms is taken for lost",
                "A busy machine, a paused virtual one or a full link gets healthy nodes fenced.", "1000 ms or more.");
        }
        var tokens = facts.Nodes.Select(node => node.Milliseconds("runtime.config.totem.token")).Where(token => token is not null).Distinct().Count();
        if (tokens > 1)
        {
            yield return new("token-differs", Weight.Warning, "corosync token", "the nodes run with different tokens",
                "The most impatient one decides; what is measured on one node does not hold on another.", "The same corosync.conf everywhere, then corosync-cfgtool -R.");
        }
    }

    static IEnumerable<Finding> Outside(Cib cib, AuditFacts facts)
    {
        var kept = cib.Primitives
            .SelectMany(primitive => (string?[])[primitive.Agent.Split(':')[^1], primitive.Parameters.GetValueOrDefault("unit"), primitive.Parameters.GetValueOrDefault("systemd_unit")])
            .OfType<string>().Select(Plain).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var loose =
            from node in facts.Nodes
            from unit in node.Units ?? []
            where ControlPlane.Any(start => unit.StartsWith(start, StringComparison.Ordinal)) && !NodeOwn.Contains(unit) && !kept.Contains(Plain(unit))
            group node.Node by unit;
        foreach (var unit in loose)
        {
            yield return new("outside-the-cluster", Weight.Warning, unit.Key, $"it runs on {string.Join(", ", unit)} and is no resource of the cluster",
                "Nobody restarts it elsewhere, and after a fault it may run on both sides.", "Make it a resource and disable the unit; or see that it is meant to run alone on each node.");
        }
    }

    static string Plain(string unit) =>
        (unit.EndsWith(".service", StringComparison.Ordinal) ? unit[..^".service".Length] : unit) is var name && name.StartsWith("openstack-", StringComparison.Ordinal) ? name["openstack-".Length..] : name;

    static IEnumerable<Finding> Clocks(AuditFacts facts)
    {
        var known = facts.Nodes.Where(node => node.NotReached is null).ToArray();
        if (known.Length < 2)
            yield break;
        var first = known.MinBy(node => node.ClockAhead)!;
        var last = known.MaxBy(node => node.ClockAhead)!;
        var apart = last.ClockAhead - first.ClockAhead;
        if (apart - first.ClockWithin - last.ClockWithin > ClocksApart)
        {
            yield return new("clocks-apart", Weight.Warning, $"{first.Node}, {last.Node}", $"their clocks are {apart.TotalSeconds:0.0} s apart",
                "Tokens of Keystone, heartbeats of services and failure timeouts are judged wrongly; logs cannot be read together.", "Run chrony or systemd-timesyncd on every node, against the same sources.");
        }
    }
}
