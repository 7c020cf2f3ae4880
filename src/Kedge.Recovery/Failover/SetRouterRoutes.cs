using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>Extra routes, after the interfaces: Neutron refuses a next hop that no interface reaches.</summary>
public sealed record SetRouterRoutes(string Site, RouterBlueprint Router, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Set the routes of router {Router.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var id = new RouterId(Targets.IdIn(run, Router.Id));
        var wanted = Router.Routes.Select(r => new Route(r.Destination, r.NextHop)).ToList();
        if (!wanted.ToHashSet().SetEquals((await neutron.GetRouterAsync(id, cancel)).Routes))
            await neutron.SetRoutesAsync(id, wanted, cancel);
        return new StepOutcome.Done($"router {Router.Name} has its {wanted.Count} routes");
    }
}
