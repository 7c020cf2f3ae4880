using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;

namespace Kedge.Recovery.Workloads;

/// <summary>How one server comes back, with servers as ids.</summary>
public sealed record ResolvedRule(SourceId Server, ImmutableArray<SourceId> After, int Priority, HealthCheck? Health)
{
    /// <summary>The rule of a server that has none.</summary>
    public static ResolvedRule DefaultOf(SourceId server) => new(server, [], 0, null);
}

/// <summary>Makes ids of what a person wrote in the rules of a workload's servers.</summary>
public static class WorkloadRules
{
    /// <summary>The rules of the blueprint's servers, each of which has one.</summary>
    /// <exception cref="CaptureException">A rule names no server, several, or the rules go round in a circle.</exception>
    public static ImmutableSortedDictionary<SourceId, ResolvedRule> Resolve(Workload workload, Blueprint blueprint) =>
        Resolve(workload, blueprint.Servers.Select(server => (server.Id, server.Name)));

    /// <inheritdoc cref="Resolve(Workload, Blueprint)"/>
    public static ImmutableSortedDictionary<SourceId, ResolvedRule> Resolve(Workload workload, IEnumerable<(SourceId Id, string Name)> servers)
    {
        var known = servers.ToList();
        var rules = known.ToDictionary(server => server.Id, server => ResolvedRule.DefaultOf(server.Id));
        var named = new HashSet<SourceId>();
        foreach (var rule in workload.Servers)
        {
            var server = IdOf(rule.Server, workload, known);
            if (!named.Add(server))
                throw new CaptureException($"Workload {workload.Name} has two rules for server {rule.Server} ({server}): make them one.");
            rules[server] = new ResolvedRule(server, [.. rule.After.Select(other => IdOf(other, workload, known)).Distinct()], rule.Priority, rule.Health);
        }
        RefuseCircles(workload, rules, known.ToDictionary(server => server.Id, server => server.Name));
        return rules.ToImmutableSortedDictionary();
    }

    static SourceId IdOf(string text, Workload workload, List<(SourceId Id, string Name)> servers)
    {
        var byId = servers.FindIndex(server => server.Id.Value == text);
        if (byId >= 0)
            return servers[byId].Id;
        var byName = servers.FindAll(server => server.Name == text);
        return byName switch
        {
            [var only] => only.Id,
            [] => throw new CaptureException(
                $"Workload {workload.Name} has a rule for server {text}, which is neither the id nor the name of one of its servers. Correct the rule or the selection."),
            _ => throw new CaptureException(
                $"Workload {workload.Name} has a rule for server {text}, and {byName.Count} of its servers have that name: {string.Join(", ", byName.Select(server => server.Id))}. Write the id instead."),
        };
    }

    static void RefuseCircles(Workload workload, Dictionary<SourceId, ResolvedRule> rules, Dictionary<SourceId, string> names)
    {
        var waiting = rules.Values.ToDictionary(rule => rule.Server, rule => rule.After.ToHashSet());
        while (waiting.Where(server => server.Value.Count == 0).Select(server => server.Key).ToHashSet() is { Count: > 0 } free)
        {
            foreach (var server in free)
                waiting.Remove(server);
            foreach (var others in waiting.Values)
                others.ExceptWith(free);
        }
        if (waiting.Count > 0)
        {
            var stuck = string.Join(", ", waiting.Keys.Order().Select(server => $"{names[server]} ({server})"));
            throw new CaptureException($"In workload {workload.Name} these servers wait for each other in a circle: {stuck}. Take one 'after' away.");
        }
    }
}
