using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A subnet, without DHCP at first: an agent would take an address as soon as the subnet exists, and it might be one that a port wants.
/// Subnets with an IPv6 mode cannot be without, and their agents do not choose among the addresses of ports.
/// </summary>
public sealed record CreateSubnet(string Site, SubnetBlueprint Subnet, Counterparts Targets) : RecoveryStep
{
    public override string Title => $"Create subnet {Subnet.Name} with {Subnet.Cidr}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        // Keeping addresses for kinds of devices is for administrators.
        var site = sites[Site];
        var neutron = (Subnet.ServiceTypes is [] ? site.Tenant : site.Admin ?? site.Tenant).Network;
        var network = new NetworkId(Targets.IdIn(run, Subnet.Network));
        var subnet = await NeutronKinds.Subnets.Marked(neutron, Mark.Of(run)).EnsureAsync(
            Subnet.Description, Subnet.Tags, mark => neutron.CreateSubnetAsync(Described(network, mark), cancel), cancel);
        return new Made(subnet.Id.Value).Done($"subnet {Subnet.Name} is {subnet.Id}");
    }

    NewSubnet Described(NetworkId network, string mark) => new()
    {
        NetworkId = network,
        Name = Subnet.Name,
        Description = mark,
        Cidr = Subnet.Cidr,
        IpVersion = Subnet.IpVersion,
        Gateway = new SubnetGateway(Subnet.GatewayIp),
        AllocationPools = [.. Subnet.AllocationPools.Select(p => new OpenStack.Network.AddressRange(p.Start, p.End))],
        DnsNameservers = [.. Subnet.DnsNameservers],
        HostRoutes = [.. Subnet.HostRoutes.Select(r => new Route(r.Destination, r.NextHop))],
        IsDhcpEnabled = Subnet.IsDhcpEnabled && !EnableDhcp.IsNeeded(Subnet),
        Ipv6AddressMode = Subnet.Ipv6AddressMode,
        Ipv6RaMode = Subnet.Ipv6RaMode,
        ServiceTypes = Subnet.ServiceTypes is [] ? null : Subnet.ServiceTypes,
        DnsPublishFixedIp = Subnet.DnsPublishFixedIp is true ? true : null,
    };
}
