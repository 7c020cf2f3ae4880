using System.Collections.Immutable;
using System.Globalization;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A network of the workload's own. The largest packet is the target's to decide: a smaller one is set as captured, a larger one cannot be,
/// and asking for it would have the network refused.
/// </summary>
public sealed record CreateNetwork(string Site, NetworkBlueprint Network) : RecoveryStep
{
    public override string Title => $"Create network {Network.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var marks = NeutronKinds.Networks.Marked(neutron, Mark.Of(run));
        var network = await marks.EnsureAsync(Network.Description, Network.Tags, mark => neutron.CreateNetworkAsync(Described(mark), cancel), cancel);
        var mtu = network.Mtu;
        if (Network.Mtu < mtu)
        {
            await neutron.SetMtuAsync(network.Id, Network.Mtu.Value, cancel);
            mtu = Network.Mtu;
        }
        return new Made(network.Id.Value) { NotAsCaptured = Differences(mtu) }.Done($"network {Network.Name} is {network.Id}");
    }

    NewNetwork Described(string mark) => new()
    {
        Name = Network.Name,
        Description = mark,
        IsAdminUp = Network.IsAdminStateUp,
        PortSecurityEnabled = Network.PortSecurityEnabled,
        DnsDomain = string.IsNullOrEmpty(Network.DnsDomain) ? null : Network.DnsDomain,
    };

    ImmutableArray<string> Differences(int? mtu) =>
    [
        .. Network.Mtu is { } captured && mtu is { } there && there < captured
            ? new[] { string.Create(CultureInfo.InvariantCulture, $"Network {Network.Name} carries packets of {there} bytes, not of {captured}: {Site} has no larger ones.") } : [],
        .. Network.AvailabilityZoneHints is not [] ? new[] { $"Network {Network.Name} has no availability zone hints: those of the source mean nothing at {Site}." } : [],
        .. Network.IsShared ? new[] { $"Network {Network.Name} is not shared with other projects." } : [],
    ];
}
