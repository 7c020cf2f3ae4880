using Kedge.OpenStack;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Capture;

/// <summary>
/// Neutron's lists of one project, each read once, whatever the size of the workload; and single resources of other projects that the
/// workload refers to, each asked for once.
/// </summary>
sealed class ProjectNetworks
{
    readonly Cloud cloud;
    readonly Dictionary<PortId, Port> ports = [];
    readonly Dictionary<NetworkId, VirtualNetwork> networks = [];
    readonly Dictionary<SubnetId, Subnet?> subnets = [];
    readonly Dictionary<SecurityGroupId, SecurityGroup> securityGroups = [];

    ProjectNetworks(Cloud cloud) => this.cloud = cloud;

    public ProjectId Project => cloud.ProjectId;
    public IEnumerable<Port> Ports => ports.Values;
    public IEnumerable<VirtualNetwork> Networks => networks.Values;
    public IEnumerable<Subnet> Subnets => subnets.Values.OfType<Subnet>();
    public IEnumerable<SecurityGroup> SecurityGroups => securityGroups.Values;
    public IReadOnlyList<Router> Routers { get; private set; } = [];
    public IReadOnlyList<FloatingIp> FloatingIps { get; private set; } = [];

    public static async Task<ProjectNetworks> ReadAsync(Site source, CancellationToken cancel)
    {
        var cloud = source.Tenant;
        var read = new ProjectNetworks(cloud);
        var own = new NetworkFilter { ProjectId = cloud.ProjectId };
        await foreach (var port in cloud.Network.ListPortsAsync(new PortFilter { ProjectId = cloud.ProjectId }, cancel))
            Once(read.ports.TryAdd(port.Id, port), "port", port.Id.Value);
        await foreach (var network in cloud.Network.ListNetworksAsync(own, cancel))
            Once(read.networks.TryAdd(network.Id, network), "network", network.Id.Value);
        await foreach (var subnet in cloud.Network.ListSubnetsAsync(own, cancel))
            Once(read.subnets.TryAdd(subnet.Id, subnet), "subnet", subnet.Id.Value);
        await foreach (var group in cloud.Network.ListSecurityGroupsAsync(own, cancel))
            Once(read.securityGroups.TryAdd(group.Id, group), "security group", group.Id.Value);
        read.Routers = await RoutersAsync(source, own, cancel);
        read.FloatingIps = await ListAsync(cloud.Network.ListFloatingIpsAsync(own, cancel), cancel);
        return read;
    }

    /// <summary>Whether a router is distributed or highly available is shown to admins alone.</summary>
    static async Task<IReadOnlyList<Router>> RoutersAsync(Site source, NetworkFilter own, CancellationToken cancel)
    {
        var routers = await ListAsync(source.Tenant.Network.ListRoutersAsync(own, cancel), cancel);
        if (source.Admin is null || routers.TrueForAll(router => router is { IsDistributed: not null, IsHa: not null }))
            return routers;
        var seen = (await ListAsync(source.Admin.Network.ListRoutersAsync(own, cancel), cancel)).ToDictionary(router => router.Id);
        return [.. routers.Select(router => seen.TryGetValue(router.Id, out var full) ? router with { IsDistributed = full.IsDistributed, IsHa = full.IsHa } : router)];
    }

    public async Task<Port> PortAsync(PortId id, string whose, CancellationToken cancel) =>
        ports.TryGetValue(id, out var port) ? port : ports[id] = await cloud.Network.FindPortAsync(id, cancel) ?? throw Missing("Port", id.Value, whose);

    public async Task<VirtualNetwork> NetworkAsync(NetworkId id, string whose, CancellationToken cancel) =>
        networks.TryGetValue(id, out var network)
            ? network
            : networks[id] = await cloud.Network.FindNetworkAsync(id, cancel) ?? throw Missing("Network", id.Value, whose);

    public async Task<Subnet> SubnetAsync(SubnetId id, string whose, CancellationToken cancel) =>
        await FindSubnetAsync(id, cancel) ?? throw Missing("Subnet", id.Value, whose);

    /// <summary>Null: not there, or of an external network, whose subnets a tenant does not see.</summary>
    public async Task<Subnet?> FindSubnetAsync(SubnetId id, CancellationToken cancel) =>
        subnets.TryGetValue(id, out var subnet) ? subnet : subnets[id] = await cloud.Network.FindSubnetAsync(id, cancel);

    public async Task<SecurityGroup> SecurityGroupAsync(SecurityGroupId id, string whose, CancellationToken cancel) =>
        securityGroups.TryGetValue(id, out var group)
            ? group
            : securityGroups[id] = await cloud.Network.FindSecurityGroupAsync(id, cancel) ?? throw Missing("Security group", id.Value, whose);

    static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> list, CancellationToken cancel)
    {
        var items = new List<T>();
        await foreach (var item in list.WithCancellation(cancel))
            items.Add(item);
        return items;
    }

    /// <summary>A list that changes while its pages are read shows things twice, and others not at all.</summary>
    static void Once(bool isNew, string kind, string id)
    {
        if (!isNew)
            throw new CaptureException($"The list of {kind}s changed while it was read: {kind} {id} came twice. Capture again.", mayPass: true);
    }

    CaptureException Missing(string kind, string id, string whose) => new(
        $"{kind} {id} of {whose} cannot be seen by project {Project} of cloud {cloud.Name}: it was just deleted, or belongs to another project. Capture again; if it stays so, have it shared with this project.",
        mayPass: true);
}
