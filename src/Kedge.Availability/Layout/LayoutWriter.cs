using System.Collections.Immutable;
using System.Globalization;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>From a description to what Pacemaker is told. A pure function: the same file and nodes give the same layout.</summary>
public static class LayoutWriter
{
    static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <param name="nodes">All nodes of the cluster, those that the file does not name among them: nothing of ours runs there.</param>
    public static ClusterLayout Write(ClusterDescription description, IReadOnlyList<string> nodes)
    {
        var all = KeptEntry.Of(description);
        var kept = all.Where(service => service.Keeper is Keeper.Pacemaker).ToImmutableArray();
        var everyNode = description.Controllers.Concat(nodes).Distinct().ToArray();
        var services = kept.ToDictionary(service => service.Name, service => ResourceOf(service, description), StringComparer.Ordinal);
        var ips = description.VirtualIps.DistinctBy(ip => ip.Name).ToDictionary(ip => ip.Name, ResourceOf, StringComparer.Ordinal);
        var resources = services.Concat(ips).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal);
        var behind = new BehindAddress(description, kept, resources);
        return new(
            [.. description.Fencing.Select(FencingDevices.ResourceOf), .. ips.Values, .. services.Values],
            [.. Orders(description, kept, resources).Concat(behind.Orders).DistinctBy(order => order.Id)],
            [.. Togethers(kept, resources).Concat(behind.Togethers).DistinctBy(together => together.Id)],
            [.. Aparts(kept, resources)],
            [.. Bans(kept, description, resources, everyNode), .. FencingDevices.Bans(description)],
            [.. description.Profile is Profile.Paper ? [] : description.VirtualIps.Select(ip => new AwayFromDc($"{ClusterLayout.Prefix}not-on-dc.{ip.Name}", ips[ip.Name].Whole)).DistinctBy(away => away.Id)],
            [.. FencingDevices.Levels(description)],
            Properties(description),
            [.. LayoutNotes.Of(description, all)]);
    }

    /// <summary>Whoever writes the same pair twice means it once.</summary>
    static IEnumerable<Order> Orders(ClusterDescription description, ImmutableArray<KeptEntry> kept, Dictionary<string, Resource> resources) =>
        from service in kept
        from earlier in service.After
        where earlier != service.Name && resources.ContainsKey(earlier)
        let first = resources[earlier]
        select new Order(
            $"{ClusterLayout.Prefix}order.{earlier}.{service.Name}",
            first.Whole,
            first.Runs is Runs.Promoted ? "promote" : "start",
            resources[service.Name].Whole,
            IsMandatory: description.Profile is not Profile.Modern || service.Entry.After.Contains(earlier));

    static IEnumerable<Together> Togethers(ImmutableArray<KeptEntry> kept, Dictionary<string, Resource> resources) =>
        from service in kept
        from with in service.Entry.With
        where with != service.Name && resources.ContainsKey(with)
        select new Together(
            $"{ClusterLayout.Prefix}with.{service.Name}.{with}", resources[service.Name].Whole, resources[with].Whole, resources[with].Runs is Runs.Promoted);

    static IEnumerable<Apart> Aparts(ImmutableArray<KeptEntry> kept, Dictionary<string, Resource> resources) =>
        (from service in kept
         from other in service.Entry.Apart
         where other != service.Name && resources.ContainsKey(other)
         let pair = string.CompareOrdinal(service.Name, other) < 0 ? (One: service.Name, Other: other) : (One: other, Other: service.Name)
         select pair).Distinct()
        .Select(pair => new Apart($"{ClusterLayout.Prefix}apart.{pair.One}.{pair.Other}", resources[pair.One].Whole, resources[pair.Other].Whole));

    static IEnumerable<Ban> Bans(ImmutableArray<KeptEntry> kept, ClusterDescription description, Dictionary<string, Resource> resources, string[] nodes) =>
        from limited in kept.Select(service => (service.Name, service.Entry.On)).Concat(description.VirtualIps.Select(ip => (ip.Name, ip.On)))
        from node in nodes.Except(limited.On ?? description.Controllers)
        select new Ban($"{ClusterLayout.Prefix}ban.{limited.Name}.{node}", resources[limited.Name].Whole, node);

    static Resource ResourceOf(KeptEntry service, ClusterDescription description)
    {
        var meta = service.Entry.Meta.ToImmutableSortedDictionary(StringComparer.Ordinal);
        if (description.Profile is not Profile.Paper)
        {
            foreach (var (name, value) in new[] { ("migration-threshold", "5"), ("failure-timeout", "60s"), ("resource-stickiness", "100") })
                meta = meta.ContainsKey(name) ? meta : meta.Add(name, value);
        }
        var parameters = service.Entry.Parameters.ToImmutableSortedDictionary(StringComparer.Ordinal);
        // The agent for any service must be told which; the others know their own unit.
        if (service.Agent == "ocf:openstack:service" && !parameters.ContainsKey("service"))
            parameters = parameters.Add("service", service.Name);
        var whole = service.Runs switch
        {
            Runs.Once => None,
            Runs.Promoted => None.Add("interleave", "true").Add("promotable", "true"),
            _ => None.Add("interleave", "true"),
        };
        return new(ClusterLayout.Prefix + service.Name, service.Agent, service.Runs, parameters, OperationsOf(service), meta, whole);
    }

    static ImmutableArray<Operation> OperationsOf(KeptEntry service)
    {
        TimeSpan? Limit(string name, int seconds) => service.Entry.Timeouts.TryGetValue(name, out var given) ? given
            : service.IsOfThePaper ? null : TimeSpan.FromSeconds(seconds);

        var operations = ImmutableArray.CreateBuilder<Operation>();
        // Pacemaker tells recurring operations of one resource apart by their interval alone.
        operations.Add(new("monitor", service.Monitor, Limit("monitor", 20), service.Runs is Runs.Promoted ? "Promoted" : null, LevelOf(service)));
        if (service.Runs is Runs.Promoted)
            operations.Add(new("monitor", service.Monitor + TimeSpan.FromSeconds(1), Limit("monitor", 20), "Unpromoted"));
        string[] once = service.Runs is Runs.Promoted ? ["start", "stop", "promote", "demote"] : ["start", "stop"];
        operations.AddRange(once.Select(name => new Operation(name, TimeSpan.Zero, Limit(name, 60))).Where(operation => operation.Timeout is not null));
        return operations.ToImmutable();
    }

    /// <summary>Other agents than ours mean other things by their levels.</summary>
    static int? LevelOf(KeptEntry service) => service.IsOfThePaper ? null : service.Entry.Depth switch
    {
        Depth.Process => null,
        Depth.Answers => 10,
        _ => service.Agent.StartsWith("ocf:openstack:", StringComparison.Ordinal) ? 10 : null,
    };

    static Resource ResourceOf(VirtualIp ip)
    {
        var parameters = None.Add("ip", ip.Address);
        if (ip.Prefix is { } prefix)
            parameters = parameters.Add("cidr_netmask", prefix.ToString(CultureInfo.InvariantCulture));
        if (ip.Interface is { } nic)
            parameters = parameters.Add("nic", nic);
        var second = TimeSpan.FromSeconds(1);
        return new(
            ClusterLayout.Prefix + ip.Name,
            ip.Agent ?? "ocf:heartbeat:IPaddr2",
            Runs.Once,
            parameters,
            [new("monitor", ip.Monitor ?? 5 * second, 20 * second), new("start", TimeSpan.Zero, 20 * second), new("stop", TimeSpan.Zero, 20 * second)],
            None.Add("failure-timeout", "60s").Add("migration-threshold", "5").Add("resource-stickiness", "100"),
            None);
    }

    static ImmutableSortedDictionary<string, string> Properties(ClusterDescription description)
    {
        var properties = description.Properties.ToImmutableSortedDictionary(StringComparer.Ordinal);
        if (!description.Fencing.IsEmpty)
            properties = properties.SetItem("stonith-enabled", "true");
        return description.Profile is Profile.Paper || properties.ContainsKey("no-quorum-policy") ? properties : properties.Add("no-quorum-policy", "stop");
    }
}
