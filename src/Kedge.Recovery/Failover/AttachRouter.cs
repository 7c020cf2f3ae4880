using System.Collections.Immutable;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using RouterInterface = Kedge.Recovery.Blueprints.RouterInterface;

namespace Kedge.Recovery.Failover;

/// <summary>
/// An interface of a router with its own address. The gateway's address Neutron gives by itself; any other needs a port of ours. What is
/// attached is found by router and address: the router is this run's own.
/// </summary>
/// <param name="Router">The source's router.</param>
/// <param name="Gateways">The gateway addresses of the subnets it lies in.</param>
public sealed record AttachRouter(
    string Site, SourceId Router, string RouterName, RouterInterface Interface, ImmutableArray<string> Gateways, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Attach router {RouterName} as {string.Join(" and ", Interface.FixedIps.Select(ip => ip.Address))}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var neutron = sites[Site].Tenant.Network;
        var router = new RouterId(Targets.IdIn(run, Router));
        if (await FindAsync(neutron, router, run, cancel) is { } there)
            return Attached(there.Id);

        if (Interface.FixedIps is [var only] && Gateways.Contains(only.Address))
            return Attached((await neutron.AddRouterInterfaceAsync(router, new SubnetId(Targets.IdIn(run, only.Subnet)), cancel)).PortId);

        var port = await NeutronKinds.Ports.Marked(neutron, Mark.Of(run)).EnsureAsync("", [], mark => neutron.CreatePortAsync(Described(run, mark), cancel), cancel);
        await neutron.AddRouterInterfaceAsync(router, port.Id, cancel);
        return Attached(port.Id);
    }

    async Task<Port?> FindAsync(NetworkClient neutron, RouterId router, StepRun run, CancellationToken cancel)
    {
        var wanted = Addresses(run).ToHashSet();
        await foreach (var port in neutron.ListPortsAsync(new PortFilter { DeviceId = router.Value }, cancel))
        {
            if (port.DeviceId == router.Value && wanted.SetEquals(port.FixedIps))
                return port;
        }
        return null;
    }

    NewPort Described(StepRun run, string mark) =>
        new() { NetworkId = new NetworkId(Targets.IdIn(run, Interface.Network)), Description = mark, FixedIps = [.. Addresses(run)] };

    IEnumerable<OpenStack.Network.FixedIp> Addresses(StepRun run) =>
        Interface.FixedIps.Select(ip => new OpenStack.Network.FixedIp(new SubnetId(Targets.IdIn(run, ip.Subnet)), ip.Address));

    StepOutcome Attached(PortId port) => new Made(port.Value).Done($"router {RouterName} is attached by port {port}");
}
