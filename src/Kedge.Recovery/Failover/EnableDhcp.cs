using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>After every port of the subnet has its address, the agents may take theirs.</summary>
public sealed record EnableDhcp(string Site, SubnetBlueprint Subnet, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Switch DHCP on in subnet {Subnet.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public static string IdOf(SourceId subnet) => $"dhcp/{subnet}";

    public static bool IsNeeded(SubnetBlueprint subnet) => subnet is { IsDhcpEnabled: true, Ipv6AddressMode: null, Ipv6RaMode: null };

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var id = new SubnetId(Targets.IdIn(run, Subnet.Id));
        if (!(await neutron.GetSubnetAsync(id, cancel)).IsDhcpEnabled)
            await neutron.EnableDhcpAsync(id, cancel);
        return new StepOutcome.Done($"DHCP serves {Subnet.Cidr}");
    }
}
