using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Network;
using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Capture;

/// <summary>Beside the three tiers one more server, at which every field has a value that no cloud would give it by itself.</summary>
sealed record RichWorkload(ThreeTierWorkload Tiers, string ServerId, string PortId, string VipPortId, string RouterId, string LonelyNetworkId)
{
    public const string Tag = "rich";

    public static async Task<RichWorkload> BuildAsync(House house, CancellationToken cancel)
    {
        var tiers = await ThreeTierWorkload.BuildAsync(house.A, cancel);
        var cloud = house.SiteA.Tenant;
        await cloud.AuthenticateAsync(cancel);
        var network = await MakeNetworkAsync(cloud, cancel);
        var (v4, v6) = await MakeSubnetsAsync(cloud, network, cancel);
        var router = await MakeRouterAsync(cloud, network, v4, cancel);
        var group = await MakeGroupAsync(cloud, cancel);
        var port = await cloud.Network.CreatePortAsync(new NewPort
        {
            NetworkId = network,
            Name = "rich-0",
            Description = "first NIC",
            MacAddress = "fa:16:3e:00:00:42",
            IsAdminUp = false,
            FixedIps = [new FixedIp(v4, "10.42.0.10"), new FixedIp(v4, "10.42.0.11"), new FixedIp(v6, "fd42::10")],
            SecurityGroups = [group],
            AllowedAddressPairs = [new AddressPair("10.42.0.100", "00:00:5e:00:01:2a"), new AddressPair("10.42.0.101")],
            ExtraDhcpOpts = [new DhcpOption { Name = "tftp-server", Value = "10.42.0.2", IpVersion = 4 }],
            VnicType = "normal",
            DnsName = "rich",
            DnsDomain = "rich.example.",
        }, cancel);
        await cloud.Network.SetTagsAsync(port.Id, ["nic", "kedge:0123456789abcdef0123456789abcdef:0123456789ab"], cancel);
        var vip = await cloud.Network.CreatePortAsync(new NewPort { NetworkId = network, Name = "vip", FixedIps = [new FixedIp(v4, "10.42.0.100")], DeviceOwner = "keepalived" }, cancel);
        var server = await MakeServerAsync(house, tiers, port.Id, cancel);
        await MakeFloatingIpAsync(cloud, port.Id, cancel);
        var lonely = await cloud.Network.CreateNetworkAsync(new NewNetwork { Name = "lonely" }, cancel);
        return new RichWorkload(tiers, server.Value, port.Id.Value, vip.Id.Value, router.Value, lonely.Id.Value);
    }

    static async Task<NetworkId> MakeNetworkAsync(Cloud cloud, CancellationToken cancel)
    {
        var network = await cloud.Network.CreateNetworkAsync(
            new NewNetwork { Name = "rich", Description = "of the rich", Mtu = 1300, DnsDomain = "rich.example.", PortSecurityEnabled = true, AvailabilityZoneHints = ["nova"] }, cancel);
        await cloud.Network.SetTagsAsync(network.Id, [Tag], cancel);
        return network.Id;
    }

    static async Task<(SubnetId V4, SubnetId V6)> MakeSubnetsAsync(Cloud cloud, NetworkId network, CancellationToken cancel)
    {
        var v4 = await cloud.Network.CreateSubnetAsync(new NewSubnet
        {
            NetworkId = network,
            Cidr = "10.42.0.0/24",
            IpVersion = 4,
            Name = "rich-v4",
            Description = "of the rich",
            Gateway = new SubnetGateway("10.42.0.254"),
            AllocationPools = [new AddressRange("10.42.0.2", "10.42.0.120")],
            DnsNameservers = ["192.0.2.54", "192.0.2.53"],
            HostRoutes = [new Route("192.168.1.0/24", "10.42.0.3")],
            IsDhcpEnabled = true,
        }, cancel);
        await cloud.Network.SetTagsAsync(v4.Id, [Tag], cancel);
        var v6 = await cloud.Network.CreateSubnetAsync(
            new NewSubnet { NetworkId = network, Cidr = "fd42::/64", IpVersion = 6, Name = "rich-v6", Ipv6AddressMode = "dhcpv6-stateful", Ipv6RaMode = "dhcpv6-stateful" }, cancel);
        return (v4.Id, v6.Id);
    }

    /// <summary>Its leg is not at the gateway address.</summary>
    static async Task<RouterId> MakeRouterAsync(Cloud cloud, NetworkId network, SubnetId v4, CancellationToken cancel)
    {
        var external = await ExternalAsync(cloud, cancel);
        var router = await cloud.Network.CreateRouterAsync(
            new NewRouter { Name = "rich", Description = "of the rich", Gateway = new ExternalGateway { NetworkId = external }, AvailabilityZoneHints = ["nova"] }, cancel);
        await cloud.Network.SetTagsAsync(router.Id, [Tag], cancel);
        var leg = await cloud.Network.CreatePortAsync(new NewPort { NetworkId = network, Name = "leg", FixedIps = [new FixedIp(v4, "10.42.0.7")] }, cancel);
        await cloud.Network.AddRouterInterfaceAsync(router.Id, leg.Id, cancel);
        await cloud.Network.SetRoutesAsync(router.Id, [new Route("192.168.2.0/24", "10.42.0.10")], cancel);
        return router.Id;
    }

    static async Task<SecurityGroupId> MakeGroupAsync(Cloud cloud, CancellationToken cancel)
    {
        var group = await cloud.Network.CreateSecurityGroupAsync(new NewSecurityGroup { Name = "rich", Description = "of the rich", IsStateful = true }, cancel);
        await cloud.Network.SetTagsAsync(group.Id, [Tag], cancel);
        await cloud.Network.CreateSecurityGroupRuleAsync(new NewSecurityGroupRule
        {
            SecurityGroupId = group.Id,
            Direction = "ingress",
            EtherType = "IPv4",
            Protocol = "tcp",
            PortRangeMin = 80,
            PortRangeMax = 81,
            RemoteIpPrefix = "192.0.2.0/24",
            Description = "web",
        }, cancel);
        return group.Id;
    }

    static async Task<ServerId> MakeServerAsync(House house, ThreeTierWorkload tiers, PortId port, CancellationToken cancel)
    {
        var cloud = house.SiteA.Tenant;
        var boot = await cloud.BlockStorage.CreateVolumeAsync(new NewVolume { Name = "rich-boot", SizeGib = 1, VolumeType = "fast", Image = new(tiers.ImageId) }, cancel);
        var data = await cloud.BlockStorage.CreateVolumeAsync(
            new NewVolume { Name = "rich-data", Description = "of the rich", SizeGib = 3, VolumeType = "standard", AvailabilityZone = "nova", Metadata = new Dictionary<string, string> { ["owner"] = "us", ["kedge_run"] = "old" } }, cancel);
        await cloud.BlockStorage.SetImageMetadataAsync(data.Id, new Dictionary<string, string> { ["hw_disk_bus"] = "scsi", ["os_glance_x"] = "there" }, cancel);
        await cloud.BlockStorage.MakeReadOnlyAsync(data.Id, cancel);
        var id = await cloud.Compute.CreateServerAsync(new NewServer
        {
            Name = "rich",
            Hostname = "rich-host",
            Description = "of the rich",
            Flavor = new FlavorId("1"),
            Ports = [new ServerPort(port, "nic0")],
            BlockDevices =
            [
                BlockDevice.OfVolume(boot.Id, 0) with { Tag = "system", DeleteOnTermination = true },
                BlockDevice.OfVolume(data.Id, -1) with { Tag = "store" },
            ],
            UserData = Convert.ToBase64String("#!/bin/sh"u8),
            ConfigDrive = true,
            KeyName = tiers.KeyName,
            AvailabilityZone = "nova",
            DiskConfig = "MANUAL",
            AccessIpv4 = "192.0.2.10",
            AccessIpv6 = "2001:db8::10",
            Metadata = new Dictionary<string, string> { ["tier"] = "rich", ["kedge_run"] = "0123" },
            Tags = [Tag, "kedge:0123456789abcdef0123456789abcdef:0123456789ab"],
            Group = new ServerGroupId(tiers.ServerGroupId),
        }, cancel);
        await cloud.Compute.LockServerAsync(id, "do not touch", cancel);
        return id;
    }

    static async Task MakeFloatingIpAsync(Cloud cloud, PortId port, CancellationToken cancel)
    {
        var floatingIp = await cloud.Network.CreateFloatingIpAsync(new NewFloatingIp
        {
            NetworkId = await ExternalAsync(cloud, cancel),
            PortId = port,
            FixedIpAddress = "10.42.0.11",
            Description = "of the rich",
            DnsName = "rich",
            DnsDomain = "rich.example.",
        }, cancel);
        await cloud.Network.SetTagsAsync(floatingIp.Id, [Tag], cancel);
    }

    static async Task<NetworkId> ExternalAsync(Cloud cloud, CancellationToken cancel)
    {
        await foreach (var network in cloud.Network.ListNetworksAsync(NetworkFilter.None, cancel))
        {
            if (network.IsExternal)
                return network.Id;
        }
        throw new InvalidOperationException("The sandbox has no external network.");
    }
}
