using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>A floating IP on its port, once a router connects both sides.</summary>
public sealed record AssociateFloatingIp(string Site, FloatingIpBlueprint FloatingIp, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Associate the floating IP in place of {FloatingIp.Address} with {FloatingIp.FixedIp}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public static string IdOf(SourceId floatingIp) => $"floating-ip-port/{floatingIp}";

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var port = new PortId(Targets.IdIn(run, FloatingIp.Port!.Value));
        var it = await neutron.GetFloatingIpAsync(new FloatingIpId(Targets.IdIn(run, FloatingIp.Id)), cancel);
        if (it.PortId != port)
            await neutron.AssociateFloatingIpAsync(it.Id, port, FloatingIp.FixedIp, cancel);
        return new StepOutcome.Done($"floating IP {it.Address} is on {FloatingIp.FixedIp}");
    }
}
