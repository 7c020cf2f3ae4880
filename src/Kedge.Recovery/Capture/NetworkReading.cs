using Kedge.OpenStack.Network;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Capture;

/// <summary>
/// Finds what of Neutron belongs to a workload: the ports of its servers, the networks they are in, the routers on those networks and the
/// networks behind them, virtual IPs, security groups with all that their rules refer to, and floating IPs.
/// </summary>
sealed class NetworkReading(ProjectNetworks project, Unreadables unreadable)
{
    readonly Dictionary<PortId, Port> ports = [];
    readonly Dictionary<PortId, Port> legs = [];
    readonly Dictionary<RouterId, Router> routers = [];
    readonly Dictionary<NetworkId, VirtualNetwork> networks = [];
    readonly Dictionary<SubnetId, Subnet> subnets = [];
    readonly Dictionary<SecurityGroupId, SecurityGroup> groups = [];
    readonly List<FloatingIp> floatingIps = [];

    /// <param name="servers">The workload's servers.</param>
    /// <param name="isWholeProject">Also what no server uses.</param>
    /// <param name="source">Asked as the tenant, and as an admin for what only admins see.</param>
    /// <param name="unreadable">Takes the names of what is left out.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ReadNetwork> ReadAsync(
        IReadOnlyList<ReadServer> servers, bool isWholeProject, Site source, Unreadables unreadable, CancellationToken cancel)
    {
        var reading = new NetworkReading(await ProjectNetworks.ReadAsync(source, cancel), unreadable);
        await reading.TakePortsOfServersAsync(servers, cancel);
        if (isWholeProject)
            reading.TakeOwnNetworks();
        await reading.TakeVirtualIpsAsync(cancel);
        await reading.TakeRoutersAsync(isWholeProject, cancel);
        await reading.TakeFloatingIpsAsync(isWholeProject, cancel);
        await reading.TakeSubnetsAsync(cancel);
        await reading.TakeSecurityGroupsAsync(isWholeProject, cancel);
        return reading.Taken();
    }

    async Task TakePortsOfServersAsync(IReadOnlyList<ReadServer> servers, CancellationToken cancel)
    {
        var byServer = project.Ports.Where(port => port.DeviceOwner.StartsWith("compute:", StringComparison.Ordinal)).ToLookup(port => port.DeviceId);
        foreach (var (server, _, nics) in servers)
        {
            var whose = $"server {server.Name} ({server.Id})";
            foreach (var nic in nics)
                await TakePortAsync(await project.PortAsync(nic.PortId, whose, cancel), whose, cancel);
            var unknownToNova = byServer[server.Id.Value].Where(port => !ports.ContainsKey(port.Id)).Select(port => port.Id.Value).Order().ToList();
            if (unknownToNova.Count > 0 || nics.Any(nic => ports[nic.PortId].DeviceId != server.Id.Value))
            {
                throw new CaptureException(
                    $"Nova and Neutron do not agree on the ports of {whose}{(unknownToNova.Count > 0 ? $" (port {string.Join(", ", unknownToNova)})" : "")}: one is being plugged or unplugged. Capture again when that has ended.",
                    mayPass: true);
            }
        }
    }

    async Task TakePortAsync(Port port, string whose, CancellationToken cancel)
    {
        ports[port.Id] = port;
        networks[port.NetworkId] = await project.NetworkAsync(port.NetworkId, whose, cancel);
    }

    void TakeOwnNetworks()
    {
        foreach (var network in project.Networks.Where(IsOwn))
            networks[network.Id] = network;
    }

    /// <summary>
    /// Ports that no server has: those on the workload's own networks, and those whose address one of its ports may take over. What another
    /// service minds on those networks is named, and left to that service.
    /// </summary>
    async Task TakeVirtualIpsAsync(CancellationToken cancel)
    {
        var own = networks.Values.Where(IsOwn).Select(network => network.Id).ToHashSet();
        var shared = ports.Values.SelectMany(port => port.AllowedAddressPairs.Select(pair => (port.NetworkId, pair.IpAddress))).ToHashSet();
        foreach (var port in project.Ports.Where(port => port.ProjectId == project.Project && !ports.ContainsKey(port.Id)))
        {
            var isHere = own.Contains(port.NetworkId);
            if (isHere && ForeignOwners.Of(port) is { } owner)
                unreadable.Add("port", port.Id.Value, "*", $"left out: it belongs to {owner}, which would have to make it at the target");
            else if (port.DeviceId.Length == 0 && (isHere || port.FixedIps.Any(ip => ip.IpAddress is { } address && shared.Contains((port.NetworkId, address)))))
                await TakePortAsync(port, $"port {port.Id}", cancel);
        }
    }

    /// <summary>A router on a network of the workload is taken with all its legs, and with the networks at their other ends: until nothing is new.</summary>
    async Task TakeRoutersAsync(bool isWholeProject, CancellationToken cancel)
    {
        var legsOf = project.Ports.Where(IsRouterLeg).ToLookup(port => port.DeviceId);
        for (var found = true; found;)
        {
            found = false;
            foreach (var router in project.Routers.Where(router => !routers.ContainsKey(router.Id)))
            {
                var own = legsOf[router.Id.Value].ToList();
                if (!isWholeProject && !own.Exists(leg => networks.ContainsKey(leg.NetworkId)))
                    continue;
                found = true;
                await TakeRouterAsync(router, own, cancel);
            }
        }
    }

    async Task TakeRouterAsync(Router router, List<Port> own, CancellationToken cancel)
    {
        var whose = $"router {router.Name} ({router.Id})";
        routers[router.Id] = router;
        foreach (var leg in own)
        {
            legs[leg.Id] = leg;
            networks[leg.NetworkId] = await project.NetworkAsync(leg.NetworkId, whose, cancel);
        }
        if (router.Gateway is not { } gateway)
            return;
        networks[gateway.NetworkId] = await project.NetworkAsync(gateway.NetworkId, whose, cancel);
        foreach (var id in (gateway.ExternalFixedIps ?? []).Select(ip => ip.SubnetId).OfType<SubnetId>())
        {
            if (await project.FindSubnetAsync(id, cancel) is { } subnet)
                subnets[id] = subnet;
            else
                unreadable.Add("subnet", id.Value, "*", $"the external subnet of {whose} is not shown to this project: the external network's owner could share it");
        }
    }

    async Task TakeFloatingIpsAsync(bool isWholeProject, CancellationToken cancel)
    {
        foreach (var floatingIp in project.FloatingIps)
        {
            if (floatingIp.PortId is { } port ? ports.ContainsKey(port) : isWholeProject)
            {
                floatingIps.Add(floatingIp);
                networks[floatingIp.NetworkId] = await project.NetworkAsync(floatingIp.NetworkId, $"floating IP {floatingIp.Address}", cancel);
            }
            else if (isWholeProject)
            {
                unreadable.Add("floatingIp", floatingIp.Id.Value, "*", $"left out: its port {floatingIp.PortId} belongs to another service");
            }
        }
    }

    /// <summary>Of own networks all; of others those in which the workload has addresses.</summary>
    async Task TakeSubnetsAsync(CancellationToken cancel)
    {
        foreach (var network in networks.Values.Where(IsOwn))
        {
            foreach (var id in network.Subnets)
                subnets[id] = await project.SubnetAsync(id, $"network {network.Name} ({network.Id})", cancel);
        }
        foreach (var port in ports.Values.Concat(legs.Values))
        {
            foreach (var id in port.FixedIps.Select(ip => ip.SubnetId).OfType<SubnetId>())
                subnets[id] = await project.SubnetAsync(id, $"port {port.Id}", cancel);
        }
    }

    /// <summary>Rules may name groups whose rules name others, and come back to the first.</summary>
    async Task TakeSecurityGroupsAsync(bool isWholeProject, CancellationToken cancel)
    {
        var open = new Queue<(SecurityGroupId Id, string Whose)>(ports.Values.SelectMany(port => port.SecurityGroups.Select(id => (id, $"port {port.Id}"))));
        if (isWholeProject)
        {
            foreach (var group in project.SecurityGroups.ToList())
                open.Enqueue((group.Id, "the project"));
        }
        while (open.TryDequeue(out var next))
        {
            if (groups.ContainsKey(next.Id))
                continue;
            var group = groups[next.Id] = await project.SecurityGroupAsync(next.Id, next.Whose, cancel);
            foreach (var remote in group.Rules.Select(rule => rule.RemoteGroupId).OfType<SecurityGroupId>())
                open.Enqueue((remote, $"a rule of security group {group.Name} ({group.Id})"));
        }
    }

    ReadNetwork Taken() => new()
    {
        Ports = [.. ports.Values],
        Networks = [.. networks.Values],
        Subnets = [.. subnets.Values],
        Routers = [.. routers.Values],
        RouterPorts = [.. legs.Values],
        SecurityGroups = [.. groups.Values],
        FloatingIps = floatingIps,
    };

    bool IsOwn(VirtualNetwork network) => network.ProjectId == project.Project && !network.IsExternal;

    /// <summary>Also those of distributed and of highly available routers, whose other ports Neutron makes for itself.</summary>
    static bool IsRouterLeg(Port port) =>
        port.DeviceOwner is "network:router_interface" or "network:router_interface_distributed" or "network:ha_router_replicated_interface";
}
