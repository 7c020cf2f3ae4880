using Kedge.OpenStack;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// The rules of a group, once all groups exist. In a group of ours the set becomes exactly the captured one: the two rules that Neutron adds
/// by itself go when they were not captured. In <c>default</c>, which other servers of the project use too, rules are added and none is taken;
/// what is added there carries the mark in its description, so that cleanup finds it.
/// </summary>
public sealed record CreateSecurityGroupRules(string Site, SecurityGroupBlueprint Group, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Set the rules of security group {Group.Name} ({Group.Rules.Length})";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(1 + (Group.Rules.Length / 4));

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var id = new SecurityGroupId(Targets.IdIn(run, Group.Id));
        var there = (await neutron.GetSecurityGroupAsync(id, cancel)).Rules;
        var wanted = Group.Rules.Select(r => (Rule: KeyOf(r, run), Description: DescriptionOf(r, run))).DistinctBy(w => w.Rule).ToList();
        var extra = there.Where(r => !wanted.Any(w => w.Rule == KeyOf(r))).ToList();

        // Taken before added: a rule that differs in its description alone would be refused beside the other.
        foreach (var rule in Group.IsDefault ? [] : extra)
            await neutron.DeleteSecurityGroupRuleAsync(rule.Id, cancel);
        foreach (var (rule, description) in wanted.Where(w => !there.Any(r => KeyOf(r) == w.Rule)))
            await CreateAsync(neutron, rule.ToNew(id, description), cancel);

        return new Made(id.Value, Adopted: true) { NotAsCaptured = Group.IsDefault && extra is not [] ? [$"Security group default of {Site} had {extra.Count} rules that were not captured; they were left."] : [] }
            .Done($"security group {Group.Name} has its {wanted.Count} rules");
    }

    Rule KeyOf(SecurityGroupRuleBlueprint r, StepRun run) => new(
        r.Direction,
        r.EtherType,
        r.Protocol,
        r.PortRangeMin,
        r.PortRangeMax,
        r.RemoteIpPrefix,
        r.RemoteGroup is { } remote ? Targets.IdIn(run, remote) : null,
        Group.IsDefault ? "" : r.Description ?? "");

    Rule KeyOf(SecurityGroupRule r) => new(
        r.Direction, r.EtherType, r.Protocol, r.PortRangeMin, r.PortRangeMax, r.RemoteIpPrefix, r.RemoteGroupId?.Value, Group.IsDefault ? "" : r.Description);

    string DescriptionOf(SecurityGroupRuleBlueprint r, StepRun run) => Group.IsDefault ? $"{r.Description} {Mark.Of(run).Tag}".Trim() : r.Description ?? "";

    static async Task CreateAsync(NetworkClient neutron, NewSecurityGroupRule rule, CancellationToken cancel)
    {
        try
        {
            await neutron.CreateSecurityGroupRuleAsync(rule, cancel);
        }
        catch (OpenStackException e) when (e.Fault is Fault.Conflict)
        {
            // An equal rule is there: written by Neutron in another spelling than ours, or by the attempt before this one.
        }
    }

    /// <summary>What makes two rules the same. In <c>default</c> descriptions do not count: ours carry a mark.</summary>
    sealed record Rule(string Direction, string EtherType, string? Protocol, int? Min, int? Max, string? Prefix, string? RemoteGroup, string Description)
    {
        public NewSecurityGroupRule ToNew(SecurityGroupId group, string description) => new()
        {
            SecurityGroupId = group,
            Direction = Direction,
            EtherType = EtherType,
            Protocol = Protocol,
            PortRangeMin = Min,
            PortRangeMax = Max,
            RemoteIpPrefix = Prefix,
            RemoteGroupId = RemoteGroup is null ? null : new SecurityGroupId(RemoteGroup),
            Description = description is "" ? null : description,
        };
    }
}
