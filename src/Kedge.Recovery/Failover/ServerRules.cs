using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>The rules of a workload by server: who waits for whom, who comes first, who is asked whether he is well.</summary>
sealed class ServerRules
{
    readonly ImmutableDictionary<SourceId, Rule> rules;

    ServerRules(ImmutableDictionary<SourceId, Rule> rules) => this.rules = rules;

    public ImmutableArray<SourceId> After(ServerBlueprint server) => rules.TryGetValue(server.Id, out var rule) ? rule.After : [];

    public int PriorityOf(ServerBlueprint server) => rules.TryGetValue(server.Id, out var rule) ? rule.Priority : 0;

    /// <summary>Null: none is named, or the server is not to be left running.</summary>
    public HealthCheck? HealthOf(ServerBlueprint server) =>
        server.Power is ServerPower.Active && rules.TryGetValue(server.Id, out var rule) ? rule.Health : null;

    /// <summary>Who waits for whom in a circle is told by the plan, which refuses circles.</summary>
    public static ServerRules Of(Workload workload, Blueprint blueprint, ImmutableArray<string>.Builder problems)
    {
        var rules = ImmutableDictionary.CreateBuilder<SourceId, Rule>();
        foreach (var rule in workload.Servers)
        {
            if (Find(rule.Server, blueprint, problems) is not { } server)
                continue;
            var after = rule.After.Select(name => Find(name, blueprint, problems)).OfType<SourceId>().ToImmutableArray();
            if (!rules.TryAdd(server, new Rule(after, rule.Priority, rule.Health)))
                problems.Add($"Two rules of {workload.Name} are about server {rule.Server}: keep one.");
        }
        return new ServerRules(rules.ToImmutable());
    }

    static SourceId? Find(string idOrName, Blueprint blueprint, ImmutableArray<string>.Builder problems)
    {
        var found = blueprint.Servers.Where(s => s.Id.Value == idOrName).ToList();
        if (found is [])
            found = [.. blueprint.Servers.Where(s => s.Name == idOrName)];
        if (found is [var one])
            return one.Id;
        problems.Add(found is []
            ? $"A rule names server {idOrName}, which point and blueprint do not have: correct the rule."
            : $"A rule names server {idOrName}, and there are {found.Count} of that name: name it by id.");
        return null;
    }

    sealed record Rule(ImmutableArray<SourceId> After, int Priority, HealthCheck? Health);
}
