using System.Collections.Immutable;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A router with its way out. Its addresses outside are the target's: those of the source lie in another external network. Switching
/// translation (SNAT) off is for administrators.
/// </summary>
public sealed record CreateRouter(string Site, RouterBlueprint Router, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Create router {Router.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(2);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        var hand = Router.IsSnatEnabled is false ? site.Admin ?? site.Tenant : site.Tenant;
        var router = await NeutronKinds.Routers.Marked(hand.Network, Mark.Of(run)).EnsureAsync(
            Router.Description, Router.Tags, mark => hand.Network.CreateRouterAsync(Described(run, mark), cancel), cancel);
        return new Made(router.Id.Value) { NotAsCaptured = Differences(), Address = router.Gateway?.ExternalFixedIps is [var outside, ..] ? outside.IpAddress : null }
            .Done($"router {Router.Name} is {router.Id}");
    }

    NewRouter Described(StepRun run, string mark) => new()
    {
        Name = Router.Name,
        Description = mark,
        IsAdminUp = Router.IsAdminStateUp,
        Gateway = Router.ExternalNetwork is { } external
            ? new ExternalGateway { NetworkId = new NetworkId(Targets.IdIn(run, external)), EnableSnat = Router.IsSnatEnabled is false ? false : null }
            : null,
    };

    ImmutableArray<string> Differences() =>
    [
        .. Router.ExternalFixedIps is not [] ? new[] { $"Router {Router.Name} has another address outside: {Site} chose it." } : [],
        .. Router.IsDistributed is true || Router.IsHighlyAvailable is true ? new[] { $"Whether router {Router.Name} is distributed or highly available is what {Site} does by default." } : [],
        .. Router.AvailabilityZoneHints is not [] ? new[] { $"Router {Router.Name} has no availability zone hints: those of the source mean nothing at {Site}." } : [],
    ];
}
