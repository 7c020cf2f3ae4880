using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests;

/// <summary>
/// Two servers written by hand, as small as a workload can be that needs every kind of step: <c>db</c> boots from a volume with a chain of
/// two backups and is left locked and stopped; <c>web</c> boots from an image, waits for db, and both share a volume.
/// </summary>
static class SmallWorkload
{
    public const string User = "user-1";

    public static SourceId Id(string text) => new(text);

    public static Workload Workload { get; } = new()
    {
        Name = "small",
        From = "A",
        To = "B",
        Selection = new WorkloadSelection.ByTag("small"),
        Servers = [new ServerRule { Server = "web", After = ["db"], Priority = 1 }],
    };

    public static Blueprint Blueprint { get; } = new()
    {
        Schema = Blueprint.CurrentSchema,
        Workload = "small",
        Origin = new BlueprintOrigin { Site = "A", Region = "RegionOne", Project = Id("project-1"), ProjectName = "demo" },
        Servers = [Db, Web],
        ServerGroups = [new ServerGroupBlueprint { Id = Id("group-1"), Name = "apart", Policy = "anti-affinity", Members = [Id("server-db"), Id("server-web")] }],
        Flavors = [new FlavorBlueprint { Id = Id("flavor-1"), Shape = Shape }],
        Keypairs = [new KeypairBlueprint { Name = "key", User = Id(User), Type = "ssh", PublicKey = PublicKey, Fingerprint = "aa:bb" }],
        Volumes =
        [
            new VolumeBlueprint
            {
                Id = Id("volume-root"), Name = "db-root", Description = "the database's root", SizeGib = 1, VolumeType = "standard", IsBootable = true,
                Metadata = Map(("tier", "db")), ImageMetadata = Map(("hw_firmware_type", "uefi")),
            },
            new VolumeBlueprint { Id = Id("volume-shared"), Name = null, SizeGib = 1, VolumeType = "shared", IsMultiattach = true },
        ],
        Networks =
        [
            new NetworkBlueprint { Id = Id("network-front"), Name = "front", Description = "where people come in", Project = Id("project-1"), Mtu = 1400, Tags = ["tier"] },
            new NetworkBlueprint { Id = Id("network-public"), Name = "public", Project = Id("other"), IsMapped = true, IsExternal = true },
        ],
        Subnets =
        [
            Subnet("subnet-1", "10.1.0", isDhcp: true) with { HostRoutes = [new RouteBlueprint("10.9.0.0/16", "10.1.0.9")], DnsNameservers = ["10.1.0.53"] },
            Subnet("subnet-2", "10.2.0", isDhcp: false) with { GatewayIp = null },
        ],
        Routers =
        [
            new RouterBlueprint
            {
                Id = Id("router-1"), Name = "way-out", ExternalNetwork = Id("network-public"),
                Interfaces =
                [
                    new RouterInterface { Port = Id("leg-1"), Network = Id("network-front"), FixedIps = [new FixedIp(Id("subnet-1"), "10.1.0.1")] },
                    new RouterInterface { Port = Id("leg-2"), Network = Id("network-front"), FixedIps = [new FixedIp(Id("subnet-2"), "10.2.0.254")] },
                ],
                Routes = [new RouteBlueprint("10.8.0.0/16", "10.1.0.8")],
            },
        ],
        SecurityGroups =
        [
            Group("sg-db", "db", Rule("r1", "ingress") with { Protocol = "tcp", PortRangeMin = 5432, PortRangeMax = 5432, RemoteGroup = Id("sg-web") }),
            new SecurityGroupBlueprint { Id = Id("sg-default"), Name = "default", IsDefault = true, Rules = [Rule("r2", "ingress") with { Protocol = "icmp", Description = "ping" }] },
            Group("sg-web", "web", Rule("r3", "egress"), Rule("r4", "ingress") with { Protocol = "tcp", PortRangeMin = 80, PortRangeMax = 81, RemoteGroup = Id("sg-db"), Description = "from db" }),
        ],
        Ports =
        [
            Port("port-db", "fa:16:3e:00:00:01", "10.1.0.11", "sg-db", "server-db") with { Name = "db-eth0", Description = "of db" },
            Port("port-vip", "fa:16:3e:00:00:03", "10.1.0.99", "sg-web", null) with { Name = "vip" },
            Port("port-web", "fa:16:3e:00:00:02", "10.1.0.12", "sg-default", "server-web") with { AllowedAddressPairs = [new AddressPair("10.1.0.99", null)], Tags = ["nic"] },
        ],
        FloatingIps =
        [
            new FloatingIpBlueprint { Id = Id("fip-1"), Address = "198.51.100.110", ExternalNetwork = Id("network-public"), Port = Id("port-web"), FixedIp = "10.1.0.12", Description = "www" },
            new FloatingIpBlueprint { Id = Id("fip-2"), Address = "198.51.100.10", ExternalNetwork = Id("network-public") },
        ],
    };

    public const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGu0kT9w6uWlkmNZ8QhSxwq1cTk0oYB8rJj3rm5VtTzL small";

    static FlavorShape Shape => new() { Name = "m1.small", Vcpus = 1, RamMib = 512, DiskGib = 1 };

    static ServerBlueprint Db => new()
    {
        Id = Id("server-db"), Name = "db", Hostname = "db", Description = "keeps it all", Flavor = Id("flavor-1"), EmbeddedFlavor = Shape, KeyName = "key", KeyOwner = Id(User),
        UserData = Convert.ToBase64String("#!/bin/sh\n"u8), Metadata = Map(("tier", "db")), Tags = ["small"], ServerGroup = Id("group-1"),
        Volumes = [new AttachedVolume { Volume = Id("volume-root"), BootIndex = 0 }, new AttachedVolume { Volume = Id("volume-shared") }],
        Ports = [new AttachedPort { Port = Id("port-db") }], Power = ServerPower.Stopped, IsLocked = true, LockedReason = "do not touch",
    };

    static ServerBlueprint Web => new()
    {
        Id = Id("server-web"), Name = "web", Hostname = "web", Flavor = Id("flavor-1"), EmbeddedFlavor = Shape, Image = Id("image-1"), ConfigDrive = true,
        Tags = ["small"], ServerGroup = Id("group-1"), Volumes = [new AttachedVolume { Volume = Id("volume-shared") }],
        Ports = [new AttachedPort { Port = Id("port-web"), Tag = "nic0" }], Power = ServerPower.Active, AccessIpv4 = "198.51.100.110",
    };

    /// <summary>A point of it whose chains and images a test has made.</summary>
    public static RecoveryPoint Point(ImmutableArray<BackupLink> root, ImmutableArray<BackupLink> shared, string rootDiskImage) => new()
    {
        Schema = RecoveryPoint.CurrentSchema, Id = "20260102T030000Z-0000", Workload = "small", SourceSite = "A", TargetSite = "B", Run = "1", Blueprint = "0",
        BlueprintAt = At, DataAt = At, Skew = TimeSpan.FromSeconds(1), Consistency = PointConsistency.PerVolume,
        Volumes =
        [
            new VolumeCopy { Volume = Id("volume-root"), DataAt = At, SizeGib = 1, Chain = root },
            new VolumeCopy { Volume = Id("volume-shared"), DataAt = At, SizeGib = 1, Chain = shared },
        ],
        Images = [new ImageCopy { RootDiskOf = Id("server-web"), TargetImageId = rootDiskImage, SizeBytes = 1, HashAlgorithm = "sha512", HashValue = "" }],
    };

    public static DateTimeOffset At { get; } = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    public static SiteMapping Mapping(string project, string flavor, string external, string standard, string shared, string? owner) => new()
    {
        Schema = SiteMapping.CurrentSchema, Workload = "small", From = "A", To = "B",
        Project = Mapped("project-1", "demo", project),
        Flavors = [Mapped("flavor-1", "m1.small", flavor)],
        Networks = [Mapped("network-public", "public", external)],
        VolumeTypes = [Mapped("type-1", "standard", standard), Mapped("type-2", "shared", shared)],
        KeypairOwners = owner is null ? [] : [Mapped(User, "ann", owner)],
    };

    static MappedResource Mapped(string source, string name, string target) => new(Id(source), name, target, name, "chosen by the test");

    static SubnetBlueprint Subnet(string id, string prefix, bool isDhcp) => new()
    {
        Id = Id(id), Name = id, Network = Id("network-front"), IpVersion = 4, Cidr = $"{prefix}.0/24", GatewayIp = $"{prefix}.1", IsDhcpEnabled = isDhcp,
        AllocationPools = [new AddressRange($"{prefix}.2", $"{prefix}.200")],
    };

    static SecurityGroupBlueprint Group(string id, string name, params ImmutableArray<SecurityGroupRuleBlueprint> rules) =>
        new() { Id = Id(id), Name = name, Description = $"for {name}", Rules = rules };

    static SecurityGroupRuleBlueprint Rule(string id, string direction) => new() { Id = Id(id), Direction = direction, EtherType = "IPv4" };

    static PortBlueprint Port(string id, string mac, string address, string group, string? server) => new()
    {
        Id = Id(id), Name = "", Network = Id("network-front"), MacAddress = mac, FixedIps = [new FixedIp(Id("subnet-1"), address)],
        SecurityGroups = [Id(group)], VnicType = "normal", Server = server is null ? null : Id(server),
    };

    static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] items) =>
        items.ToImmutableSortedDictionary(i => i.Key, i => i.Value, StringComparer.Ordinal);
}
