using System.Collections.Immutable;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A floating IP of the project, on no port yet. The same address is for administrators, and routers come after it, or they might take it for
/// their own way out; where the project holds it already, unused, that one is adopted: an address is unique, unlike a name. A new address is
/// told in the result.
/// </summary>
public sealed record ReserveFloatingIp(string Site, FloatingIpBlueprint FloatingIp, FloatingIpPolicy Policy, Counterparts Targets) : RecoveryStep
{
    bool IsSame => Policy is FloatingIpPolicy.SameAddress;

    public override string Title => IsSame ? $"Reserve floating IP {FloatingIp.Address}" : $"Reserve a floating IP in place of {FloatingIp.Address}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        var neutron = (IsSame ? site.Admin ?? site.Tenant : site.Tenant).Network;
        var network = new NetworkId(Targets.IdIn(run, FloatingIp.ExternalNetwork));
        var marks = NeutronKinds.FloatingIps.Marked(neutron, Mark.Of(run));
        if (IsSame && await marks.FindAsync(cancel) is null && await HeldAsync(neutron, site, network, cancel) is { } held)
            return held.PortId is null
                ? Reserved(held, isAdopted: true)
                : new StepOutcome.Stop(
                    $"Floating IP {held.Address} ({held.Id}) is at {Site} already, on port {held.PortId}.",
                    "Free it there and resume the run; or abandon the run and choose new addresses in the mapping.");
        return Reserved(
            await marks.EnsureAsync(FloatingIp.Description, FloatingIp.Tags, mark => neutron.CreateFloatingIpAsync(Described(network, mark), cancel), cancel),
            isAdopted: false);
    }

    async Task<FloatingIp?> HeldAsync(NetworkClient neutron, Site site, NetworkId network, CancellationToken cancel)
    {
        var project = (await site.Tenant.AuthenticateAsync(cancel)).Project?.Id;
        await foreach (var it in neutron.ListFloatingIpsAsync(new NetworkFilter { ProjectId = project }, cancel))
        {
            if (it.Address == FloatingIp.Address && it.NetworkId == network && it.ProjectId == project)
                return it;
        }
        return null;
    }

    NewFloatingIp Described(NetworkId network, string mark) => new()
    {
        NetworkId = network,
        Address = IsSame ? FloatingIp.Address : null,
        Description = mark,
        DnsName = string.IsNullOrEmpty(FloatingIp.DnsName) ? null : FloatingIp.DnsName,
        DnsDomain = string.IsNullOrEmpty(FloatingIp.DnsDomain) ? null : FloatingIp.DnsDomain,
    };

    StepOutcome Reserved(FloatingIp it, bool isAdopted)
    {
        ImmutableArray<string> differs = it.Address == FloatingIp.Address ? [] : [$"Floating IP {FloatingIp.Address} became {it.Address}."];
        return new Made(it.Id.Value, isAdopted) { Address = it.Address, NotAsCaptured = differs }.Done($"floating IP {it.Address} is {(isAdopted ? "there" : "reserved")}");
    }
}
