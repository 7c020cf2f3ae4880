using System.Collections.Immutable;
using Kedge.OpenStack.Identity;
using Kedge.Recovery.Blueprints;
using Neutron = Kedge.OpenStack.Network;

namespace Kedge.Recovery.Capture;

/// <summary>Neutron's records as a blueprint has them: ordered, without what belongs to hosts, without our own marks.</summary>
sealed class NetworkGraph(ProjectId project, Unreadables unreadable)
{
    const string AdminsOnly = "shown to admins only: give the site an admin cloud";
    const string NoQos = "QoS policies are made by the target's operator: have one set there";

    public ImmutableArray<NetworkBlueprint> Networks(IEnumerable<Neutron.VirtualNetwork> networks) => [.. networks.Select(Of).OrderBy(network => network.Id)];

    public ImmutableArray<SubnetBlueprint> Subnets(IEnumerable<Neutron.Subnet> subnets) => [.. subnets.Select(Of).OrderBy(subnet => subnet.Id)];

    public ImmutableArray<RouterBlueprint> Routers(IEnumerable<Neutron.Router> routers, IEnumerable<Neutron.Port> legs)
    {
        var legsOf = legs.ToLookup(leg => leg.DeviceId);
        return [.. routers.Select(router => Of(router, legsOf[router.Id.Value])).OrderBy(router => router.Id)];
    }

    public ImmutableArray<SecurityGroupBlueprint> SecurityGroups(IEnumerable<Neutron.SecurityGroup> groups) =>
        [.. groups.Select(Of).OrderBy(group => group.Id)];

    public ImmutableArray<PortBlueprint> Ports(IEnumerable<Neutron.Port> ports) => [.. ports.Select(Of).OrderBy(port => port.Id)];

    public ImmutableArray<FloatingIpBlueprint> FloatingIps(IEnumerable<Neutron.FloatingIp> floatingIps) =>
        [.. floatingIps.Select(Of).OrderBy(floatingIp => floatingIp.Id)];

    NetworkBlueprint Of(Neutron.VirtualNetwork network)
    {
        var isMapped = network.IsExternal || network.ProjectId != project;
        if (!isMapped)
            unreadable.NotCarried("network", network.Id.Value, "qosPolicy", network.QosPolicyId is not null, NoQos);
        return new NetworkBlueprint
        {
            Id = new SourceId(network.Id.Value),
            Name = OwnMarks.NameWithout(network.Name),
            Description = OwnMarks.DescriptionWithout(network.Description),
            Project = new SourceId(network.ProjectId.Value),
            IsAdminStateUp = network.IsAdminUp,
            IsMapped = isMapped,
            IsExternal = network.IsExternal,
            IsShared = network.IsShared,
            Mtu = network.Mtu,
            PortSecurityEnabled = network.PortSecurityEnabled,
            DnsDomain = Text(network.DnsDomain),
            AvailabilityZoneHints = Ordered(network.AvailabilityZoneHints),
            Tags = OwnMarks.TagsWithout(network.Tags),
        };
    }

    SubnetBlueprint Of(Neutron.Subnet subnet)
    {
        if (subnet.ProjectId == project)
            unreadable.NotCarried("subnet", subnet.Id.Value, "subnetPool", subnet.SubnetPoolId is not null, "its CIDR is kept, which need not come from a pool");
        return new SubnetBlueprint
        {
            Id = new SourceId(subnet.Id.Value),
            Name = OwnMarks.NameWithout(subnet.Name),
            Description = OwnMarks.DescriptionWithout(subnet.Description),
            Network = new SourceId(subnet.NetworkId.Value),
            IpVersion = subnet.IpVersion,
            Cidr = subnet.Cidr,
            GatewayIp = Text(subnet.GatewayIp),
            IsDhcpEnabled = subnet.IsDhcpEnabled,
            AllocationPools = [.. subnet.AllocationPools.Select(pool => new AddressRange(pool.Start, pool.End)).OrderBy(pool => pool.Start, StringComparer.Ordinal)],
            DnsNameservers = [.. subnet.DnsNameservers],
            HostRoutes = Of(subnet.HostRoutes),
            Ipv6AddressMode = Text(subnet.Ipv6AddressMode),
            Ipv6RaMode = Text(subnet.Ipv6RaMode),
            ServiceTypes = Ordered(subnet.ServiceTypes),
            DnsPublishFixedIp = subnet.DnsPublishFixedIp,
            Tags = OwnMarks.TagsWithout(subnet.Tags),
        };
    }

    RouterBlueprint Of(Neutron.Router router, IEnumerable<Neutron.Port> legs)
    {
        if (router.IsDistributed is null)
            unreadable.Add("router", router.Id.Value, "isDistributed", AdminsOnly);
        if (router.IsHa is null)
            unreadable.Add("router", router.Id.Value, "isHighlyAvailable", AdminsOnly);
        unreadable.NotCarried("router", router.Id.Value, "flavor", !string.IsNullOrEmpty(router.FlavorId), "router flavors are made by the target's operator");
        unreadable.NotCarried("router", router.Id.Value, "externalGateway.qosPolicy", router.Gateway?.QosPolicyId is not null, NoQos);
        return new RouterBlueprint
        {
            Id = new SourceId(router.Id.Value),
            Name = OwnMarks.NameWithout(router.Name),
            Description = OwnMarks.DescriptionWithout(router.Description),
            IsAdminStateUp = router.IsAdminUp,
            ExternalNetwork = router.Gateway is { } gateway ? new SourceId(gateway.NetworkId.Value) : null,
            IsSnatEnabled = router.Gateway?.EnableSnat,
            ExternalFixedIps = Of(router.Gateway?.ExternalFixedIps ?? []),
            Interfaces = [.. legs.Select(leg => new RouterInterface
            {
                Port = new SourceId(leg.Id.Value),
                Network = new SourceId(leg.NetworkId.Value),
                FixedIps = Of(leg.FixedIps),
            }).OrderBy(leg => leg.Port)],
            Routes = Of(router.Routes),
            IsDistributed = router.IsDistributed,
            IsHighlyAvailable = router.IsHa,
            AvailabilityZoneHints = Ordered(router.AvailabilityZoneHints),
            Tags = OwnMarks.TagsWithout(router.Tags),
        };
    }

    SecurityGroupBlueprint Of(Neutron.SecurityGroup group)
    {
        // Without its addresses such a rule would let in the whole world.
        foreach (var rule in group.Rules)
        {
            unreadable.NotCarried("securityGroup", group.Id.Value, $"rules.{rule.Id}", !string.IsNullOrEmpty(rule.RemoteAddressGroupId),
                "the rule refers to an address group, which Kedge does not know: make the rule at the target by hand");
        }
        return new SecurityGroupBlueprint
        {
            Id = new SourceId(group.Id.Value),
            Name = OwnMarks.NameWithout(group.Name),
            Description = OwnMarks.DescriptionWithout(group.Description),
            IsDefault = group.Name == "default",
            IsStateful = group.IsStateful,
            Rules = [.. group.Rules.Where(rule => string.IsNullOrEmpty(rule.RemoteAddressGroupId)).Select(Of).OrderBy(rule => rule.Id)],
            Tags = OwnMarks.TagsWithout(group.Tags),
        };
    }

    static SecurityGroupRuleBlueprint Of(Neutron.SecurityGroupRule rule) => new()
    {
        Id = new SourceId(rule.Id.Value),
        Direction = rule.Direction,
        EtherType = rule.EtherType,
        Protocol = Text(rule.Protocol),
        PortRangeMin = rule.PortRangeMin,
        PortRangeMax = rule.PortRangeMax,
        RemoteIpPrefix = Text(rule.RemoteIpPrefix),
        RemoteGroup = rule.RemoteGroupId is { } remote ? new SourceId(remote.Value) : null,
        Description = OwnMarks.DescriptionWithout(rule.Description),
    };

    PortBlueprint Of(Neutron.Port port)
    {
        var isBound = port.DeviceOwner.StartsWith("compute:", StringComparison.Ordinal);
        NameWhatPortsLose(port);
        return new PortBlueprint
        {
            Id = new SourceId(port.Id.Value),
            Name = OwnMarks.NameWithout(port.Name),
            Description = OwnMarks.DescriptionWithout(port.Description),
            Network = new SourceId(port.NetworkId.Value),
            MacAddress = port.MacAddress,
            FixedIps = Of(port.FixedIps),
            IsAdminStateUp = port.IsAdminUp,
            PortSecurityEnabled = port.PortSecurityEnabled,
            SecurityGroups = [.. port.SecurityGroups.Select(group => new SourceId(group.Value)).Order()],
            AllowedAddressPairs = [.. port.AllowedAddressPairs.Select(pair => new AddressPair(pair.IpAddress, OtherMac(pair.MacAddress, port)))
                .OrderBy(pair => pair.IpAddress, StringComparer.Ordinal).ThenBy(pair => pair.MacAddress, StringComparer.Ordinal)],
            ExtraDhcpOptions = [.. port.ExtraDhcpOpts.Select(option => new DhcpOption(option.Name, option.Value ?? "", option.IpVersion ?? 4))
                .OrderBy(option => option.Name, StringComparer.Ordinal).ThenBy(option => option.IpVersion)],
            VnicType = Text(port.VnicType),
            DnsName = Text(port.DnsName),
            DnsDomain = Text(port.DnsDomain),
            Server = isBound ? new SourceId(port.DeviceId) : null,
            DeviceOwner = isBound ? null : Text(port.DeviceOwner),
            Tags = OwnMarks.TagsWithout(port.Tags),
        };
    }

    void NameWhatPortsLose(Neutron.Port port)
    {
        var id = port.Id.Value;
        unreadable.NotCarried("port", id, "qosPolicy", port.QosPolicyId is not null, NoQos);
        unreadable.NotCarried("port", id, "deviceProfile", !string.IsNullOrEmpty(port.DeviceProfile), "accelerators must be asked for at the target by hand");
        unreadable.NotCarried("port", id, "numaAffinityPolicy", !string.IsNullOrEmpty(port.NumaAffinityPolicy), "it must be set at the target by hand");
        unreadable.NotCarried("port", id, "trunkDetails", port.TrunkDetails is { ValueKind: System.Text.Json.JsonValueKind.Object },
            "trunks are not made: the port comes back without its subports");
    }

    /// <summary>Neutron fills in the port's own MAC where none was given; so written, a restore would not depend on keeping it.</summary>
    static string? OtherMac(string? mac, Neutron.Port port) =>
        string.IsNullOrEmpty(mac) || string.Equals(mac, port.MacAddress, StringComparison.OrdinalIgnoreCase) ? null : mac;

    FloatingIpBlueprint Of(Neutron.FloatingIp floatingIp)
    {
        unreadable.NotCarried("floatingIp", floatingIp.Id.Value, "qosPolicy", floatingIp.QosPolicyId is not null, NoQos);
        return new FloatingIpBlueprint
        {
            Id = new SourceId(floatingIp.Id.Value),
            Address = floatingIp.Address,
            Description = OwnMarks.DescriptionWithout(floatingIp.Description),
            ExternalNetwork = new SourceId(floatingIp.NetworkId.Value),
            Port = floatingIp.PortId is { } port ? new SourceId(port.Value) : null,
            FixedIp = Text(floatingIp.FixedIpAddress),
            DnsName = Text(floatingIp.DnsName),
            DnsDomain = Text(floatingIp.DnsDomain),
            Tags = OwnMarks.TagsWithout(floatingIp.Tags),
        };
    }

    static ImmutableArray<FixedIp> Of(IEnumerable<Neutron.FixedIp> addresses) =>
        [.. addresses.Select(ip => new FixedIp(new SourceId(ip.SubnetId?.Value ?? ""), ip.IpAddress ?? "")).OrderBy(ip => ip.Subnet).ThenBy(ip => ip.Address, StringComparer.Ordinal)];

    static ImmutableArray<RouteBlueprint> Of(IEnumerable<Neutron.Route> routes) =>
        [.. routes.Select(route => new RouteBlueprint(route.Destination, route.Nexthop))
            .OrderBy(route => route.Destination, StringComparer.Ordinal).ThenBy(route => route.NextHop, StringComparer.Ordinal)];

    static ImmutableArray<string> Ordered(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal)];

    static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
