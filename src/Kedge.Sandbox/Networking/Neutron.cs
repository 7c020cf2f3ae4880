using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>Networks, ports and what lies around them.</summary>
sealed class Neutron
{
    public Neutron(CloudState cloud)
    {
        Cloud = cloud;
        Quotas = new Quotas(Defaults(cloud.Settings.Quotas));
        Addresses = new AddressBook(this);
        var admin = cloud.Keystone.ProjectNamed("admin").Id;
        AddNetwork("public", admin, cloud.Settings.ExternalCidr).IsExternal = true;
        AddNetwork("shared", admin, "198.51.100.0/24").IsShared = true;
    }

    public CloudState Cloud { get; }
    public Quotas Quotas { get; }
    public AddressBook Addresses { get; }
    public Table<Network> Networks { get; } = new(n => n.Id);
    public Table<Subnet> Subnets { get; } = new(s => s.Id);
    public Table<Port> Ports { get; } = new(p => p.Id);
    public Table<Router> Routers { get; } = new(r => r.Id);
    public Table<SecurityGroup> SecurityGroups { get; } = new(g => g.Id);
    public Table<FloatingIp> FloatingIps { get; } = new(f => f.Id);
    public Table<RbacPolicy> RbacPolicies { get; } = new(r => r.Id);

    public IEnumerable<SecurityGroupRule> Rules => SecurityGroups.SelectMany(g => g.Rules);

    /// <summary>Exists in every project from the first moment that somebody looks.</summary>
    public SecurityGroup DefaultGroup(string projectId)
    {
        if (SecurityGroups.FirstOrDefault(g => g.ProjectId == projectId && g.Name == "default") is { } known)
            return known;
        var group = AddGroup(projectId, "default", "Default security group");
        foreach (var type in (string[])["IPv4", "IPv6"])
            group.Rules.Add(new SecurityGroupRule
            {
                Id = Cloud.Ids.Uuid(),
                ProjectId = projectId,
                CreatedAt = Cloud.Now,
                UpdatedAt = Cloud.Now,
                GroupId = group.Id,
                Direction = "ingress",
                EtherType = type,
                RemoteGroupId = group.Id,
            });
        return group;
    }

    /// <summary>A new group lets everything out.</summary>
    public SecurityGroup AddGroup(string projectId, string name, string description)
    {
        var group = new SecurityGroup
        {
            Id = Cloud.Ids.Uuid(),
            ProjectId = projectId,
            CreatedAt = Cloud.Now,
            UpdatedAt = Cloud.Now,
            Name = name,
            Description = description,
        };
        foreach (var type in (string[])["IPv4", "IPv6"])
            group.Rules.Add(new SecurityGroupRule
            {
                Id = Cloud.Ids.Uuid(),
                ProjectId = projectId,
                CreatedAt = Cloud.Now,
                UpdatedAt = Cloud.Now,
                GroupId = group.Id,
                Direction = "egress",
                EtherType = type,
            });
        SecurityGroups.Add(group);
        return group;
    }

    /// <summary>A port that the cloud makes for itself: DHCP, router interfaces and gateways, floating IPs.</summary>
    public Port AddOwnPort(Network network, string projectId, string deviceOwner, string deviceId, IReadOnlyList<FixedIp> addresses)
    {
        var port = new Port
        {
            Id = Cloud.Ids.Uuid(),
            ProjectId = projectId,
            NetworkId = network.Id,
            CreatedAt = Cloud.Now,
            UpdatedAt = Cloud.Now,
            Mac = Addresses.NewMac(network),
            DeviceOwner = deviceOwner,
            DeviceId = deviceId,
            HasPortSecurity = false,
            Status = "ACTIVE",
        };
        network.Macs.Add(port.Mac);
        Addresses.Take(port, addresses);
        Ports.Add(port);
        return port;
    }

    public void Remove(Port port)
    {
        Addresses.Release(port);
        Networks.Find(port.NetworkId)?.Macs.Remove(port.Mac);
        Ports.Remove(port);
        foreach (var floating in FloatingIps.Where(f => f.PortId == port.Id))
        {
            floating.PortId = null;
            floating.FixedAddress = null;
            floating.RouterId = null;
        }
    }

    public bool MaySee(Call call, Network network) =>
        call.Owns(network.ProjectId) || network.IsShared || network.IsExternal || IsSharedWith(network, call.ProjectId);

    public bool IsSharedWith(Network network, string projectId) => network.IsShared || RbacPolicies.Any(p =>
        p.ObjectId == network.Id && p.Action == "access_as_shared" && (p.TargetProject == "*" || p.TargetProject == projectId));

    Network AddNetwork(string name, string projectId, string cidr)
    {
        var network = new Network
        {
            Id = Cloud.Ids.Uuid(),
            ProjectId = projectId,
            CreatedAt = Cloud.Now,
            UpdatedAt = Cloud.Now,
            Name = name,
            Mtu = 1500,
            NetworkType = "flat",
            PhysicalNetwork = name,
        };
        Networks.Add(network);
        var range = IpRange.Parse(cidr);
        var subnet = new Subnet
        {
            Id = Cloud.Ids.Uuid(),
            ProjectId = projectId,
            CreatedAt = Cloud.Now,
            UpdatedAt = Cloud.Now,
            Name = name + "-subnet",
            NetworkId = network.Id,
            Cidr = range,
            Gateway = range.First.Plus(1),
            HasDhcp = false,
        };
        subnet.Pools.Add(new(range.First.Plus(10), range.Last.Minus(1)));
        network.SubnetIds.Add(subnet.Id);
        Subnets.Add(subnet);
        return network;
    }

    static Dictionary<string, int> Defaults(SandboxQuotas quotas) => new(StringComparer.Ordinal)
    {
        ["network"] = quotas.Networks,
        ["subnet"] = quotas.Subnets,
        ["port"] = quotas.Ports,
        ["router"] = quotas.Routers,
        ["floatingip"] = quotas.FloatingIps,
        ["security_group"] = quotas.SecurityGroups,
        ["security_group_rule"] = quotas.SecurityGroupRules,
        ["rbac_policy"] = 10,
        ["subnetpool"] = -1,
    };
}
