using System.Collections.Immutable;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A floating IP, on its port or kept in reserve as it was. The same address is for administrators, and where the project holds it already,
/// unused, that one is adopted: an address is unique, unlike a name. A new address is told in the result.
/// </summary>
public sealed record AssociateFloatingIp(string Site, FloatingIpBlueprint FloatingIp, FloatingIpPolicy Policy, Counterparts Targets) : RecoveryStep
{
    public override string Title => (Policy, FloatingIp.Port) switch
    {
        (FloatingIpPolicy.SameAddress, null) => $"Reserve floating IP {FloatingIp.Address}",
        (FloatingIpPolicy.SameAddress, _) => $"Associate floating IP {FloatingIp.Address} with {FloatingIp.FixedIp}",
        (_, null) => $"Reserve a floating IP in place of {FloatingIp.Address}",
        _ => $"Associate a floating IP in place of {FloatingIp.Address} with {FloatingIp.FixedIp}",
    };

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override TimeSpan Expected => TimeSpan.FromSeconds(2);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        var isSame = Policy is FloatingIpPolicy.SameAddress;
        var neutron = (isSame ? site.Admin ?? site.Tenant : site.Tenant).Network;
        var network = new NetworkId(Targets.IdIn(run, FloatingIp.ExternalNetwork));
        PortId? port = FloatingIp.Port is { } source ? new PortId(Targets.IdIn(run, source)) : null;
        var marks = NeutronKinds.FloatingIps.Marked(neutron, Mark.Of(run));

        if (isSame && await marks.FindAsync(cancel) is null && await HeldAsync(neutron, site, network, cancel) is { } held)
            return held.PortId is null || held.PortId == port
                ? await ConnectedAsync(neutron, held, port, isAdopted: true, cancel)
                : new StepOutcome.Stop(
                    $"Floating IP {held.Address} ({held.Id}) is at {Site}, on another port: {held.PortId}.",
                    "Free it there, or choose new addresses in the mapping for the next run; then resume the run.");

        var made = await marks.EnsureAsync(
            FloatingIp.Description, FloatingIp.Tags, mark => neutron.CreateFloatingIpAsync(Described(network, port, mark), cancel), cancel);
        return await ConnectedAsync(neutron, made, port, isAdopted: false, cancel);
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

    NewFloatingIp Described(NetworkId network, PortId? port, string mark) => new()
    {
        NetworkId = network,
        Address = Policy is FloatingIpPolicy.SameAddress ? FloatingIp.Address : null,
        PortId = port,
        FixedIpAddress = port is null ? null : FloatingIp.FixedIp,
        Description = mark,
        DnsName = string.IsNullOrEmpty(FloatingIp.DnsName) ? null : FloatingIp.DnsName,
        DnsDomain = string.IsNullOrEmpty(FloatingIp.DnsDomain) ? null : FloatingIp.DnsDomain,
    };

    async Task<StepOutcome> ConnectedAsync(NetworkClient neutron, FloatingIp it, PortId? port, bool isAdopted, CancellationToken cancel)
    {
        if (it.PortId != port)
            await neutron.AssociateFloatingIpAsync(it.Id, port, port is null ? null : FloatingIp.FixedIp, cancel);
        ImmutableArray<string> differs = it.Address == FloatingIp.Address ? [] : [$"Floating IP {FloatingIp.Address} became {it.Address}."];
        return new Made(it.Id.Value, isAdopted) { Address = it.Address, NotAsCaptured = differs }
            .Done($"floating IP {it.Address} is {(port is null ? "in reserve" : $"on {FloatingIp.FixedIp}")}");
    }
}
