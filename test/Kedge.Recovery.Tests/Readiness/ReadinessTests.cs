using System.Collections.Immutable;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Tests.Protection;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Readiness;

/// <summary>Each reason is provoked once, on a target that is ready otherwise.</summary>
public sealed class ReadinessTests
{
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_target_that_lacks_nothing_is_ready()
    {
        await using var scene = await Scene.MakeAsync();

        var report = await scene.AskAsync();

        Assert.True(report.IsReady, Text(report));
        Assert.DoesNotContain(report.Reasons, reason => reason.Code != ReasonCodes.Unreadable);
    }

    [Fact]
    public async Task Without_a_point_nothing_is_ready()
    {
        await using var scene = await Scene.MakeAsync();

        var report = await scene.AskAsync(question => question with { Point = null, Blueprint = null });

        Assert.Equal(ReasonCodes.NoPoint, Assert.Single(report.Reasons).Code);
        Assert.False(report.IsReady);
    }

    [Fact]
    public async Task Readiness_does_not_ask_the_primary()
    {
        await using var scene = await Scene.MakeAsync();
        await scene.House.House.A.KillAsync();

        var report = await scene.AskAsync();

        Assert.True(report.IsReady, Text(report));
    }

    [Theory]
    [InlineData("compute", "instances", 2, "instances")]
    [InlineData("compute", "cores", 1, "cores")]
    [InlineData("compute", "ram", 64, "ram")]
    [InlineData("compute", "server_groups", 0, "server groups")]
    [InlineData("compute", "server_group_members", 1, "members of server group")]
    [InlineData("compute", "key_pairs", 0, "keypairs")]
    [InlineData("volume", "volumes", 2, "volumes")]
    [InlineData("volume", "gigabytes", 1, "gigabytes")]
    [InlineData("volume", "volumes_standard", 0, "volumes of type standard")]
    [InlineData("volume", "gigabytes_standard", 0, "gigabytes of type standard")]
    [InlineData("volume", "backups", 2, "backups")]
    [InlineData("volume", "backup_gigabytes", 1, "backup gigabytes")]
    [InlineData("network", "network", 1, "networks")]
    [InlineData("network", "subnet", 1, "subnets")]
    [InlineData("network", "port", 3, "ports")]
    [InlineData("network", "router", 0, "routers")]
    [InlineData("network", "security_group", 1, "security groups")]
    [InlineData("network", "security_group_rule", 5, "security group rules")]
    [InlineData("network", "floatingip", 0, "floatingips")]
    public async Task A_quota_that_is_too_small_is_named_with_its_numbers(string service, string resource, int limit, string named)
    {
        await using var scene = await Scene.MakeAsync();
        scene.House.House.B.World.SetQuota(service, "demo", resource, limit);

        var report = await scene.AskAsync();

        var reason = Assert.Single(report.Reasons, reason => reason.Code == ReasonCodes.Quota && reason.Resource.StartsWith($"quota of {named}", StringComparison.Ordinal));
        Assert.Contains("are needed", reason.What, StringComparison.Ordinal);
        Assert.Contains($"of {limit} are used", reason.What, StringComparison.Ordinal);
    }

    public static TheoryData<string> Offline =>
    [
        ReasonCodes.PointTooOld, ReasonCodes.PointIncomplete, ReasonCodes.MappingMissing, ReasonCodes.MappingWrong, ReasonCodes.Encrypted,
        ReasonCodes.Unreadable, ReasonCodes.KeypairWithoutKey, ReasonCodes.ImageMissing, ReasonCodes.ImageDiffers, ReasonCodes.RightMissing,
    ];

    [Theory]
    [MemberData(nameof(Offline))]
    public async Task What_is_wrong_with_what_we_hold_is_told(string code)
    {
        await using var scene = await Scene.MakeAsync();

        var report = await scene.AskAsync(question => Provoke(code, question));

        Assert.True(report.Reasons.Any(reason => reason.Code == code), Text(report));
        Assert.All(report.Reasons, reason => Assert.NotEmpty(reason.WhatToDo));
    }

    static ReadinessQuestion Provoke(string code, ReadinessQuestion question)
    {
        var (point, blueprint) = (question.Point!, question.Blueprint!);
        return code switch
        {
            ReasonCodes.PointTooOld => question with { Workload = question.Workload with { Rpo = TimeSpan.FromMinutes(1) } },
            ReasonCodes.PointIncomplete => question with { Point = point with { Volumes = point.Volumes.RemoveAt(0) } },
            ReasonCodes.MappingMissing => question with { Mapping = null },
            ReasonCodes.MappingWrong => question with
            {
                Mapping = question.Mapping! with { Flavors = [.. question.Mapping.Flavors.Select(flavor => flavor with { Target = null })] },
            },
            ReasonCodes.Encrypted => question with
            {
                Blueprint = blueprint with { Volumes = blueprint.Volumes.SetItem(0, blueprint.Volumes[0] with { IsEncrypted = true }) },
            },
            ReasonCodes.Unreadable => question with
            {
                Blueprint = blueprint with { Unreadable = [new UnreadableField("server", blueprint.Servers[0].Id, "userData", "shown to admins only")] },
            },
            ReasonCodes.KeypairWithoutKey => question with
            {
                Blueprint = blueprint with { Keypairs = [.. blueprint.Keypairs.Select(keypair => keypair with { PublicKey = null })] },
            },
            ReasonCodes.ImageMissing => question with { Point = WithImage(point, copy => copy with { TargetImageId = "00000000-0000-4000-8000-000000000000" }) },
            ReasonCodes.ImageDiffers => question with { Point = WithImage(point, copy => copy with { HashValue = "0" }) },
            ReasonCodes.RightMissing => question with { To = new Site("B", question.To.Tenant, null) },
            _ => throw new ArgumentException(code, nameof(code)),
        };
    }

    static RecoveryPoint WithImage(RecoveryPoint point, Func<ImageCopy, ImageCopy> change)
    {
        var root = point.Images.First(copy => copy.RootDiskOf is not null);
        return point with { Images = point.Images.Replace(root, change(root)) };
    }

    [Fact]
    public async Task An_admin_cloud_without_the_role_is_told()
    {
        await using var scene = await Scene.MakeAsync();

        var report = await scene.AskAsync(question => question with { To = new Site("B", question.To.Tenant, question.To.Tenant) });

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.RightMissing && reason.What.Contains("not admin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_key_under_the_name_of_a_keypair_is_told()
    {
        await using var scene = await Scene.MakeAsync();
        await scene.House.House.LiveAsync(() => scene.House.House.SiteB.Tenant.Compute.ImportKeypairAsync(
            new OpenStack.Compute.NewKeypair(scene.House.ThreeTier.KeyName, SmallWorkload.PublicKey), Cancel));

        var report = await scene.AskAsync();

        Assert.Equal(ReasonCodes.KeypairDiffers, OnlyOne(report).Code);
    }

    [Fact]
    public async Task A_copy_that_is_not_active_is_told()
    {
        await using var scene = await Scene.MakeAsync();
        var queued = await scene.House.House.LiveAsync(() => scene.House.House.SiteB.Tenant.Images.CreateImageAsync(
            new NewImage { Name = "no bytes yet", DiskFormat = "raw" }, Cancel));

        var report = await scene.AskAsync(question => question with { Point = WithImage(question.Point!, copy => copy with { TargetImageId = queued.Id.Value }) });

        Assert.Equal(ReasonCodes.ImageNotActive, OnlyOne(report).Code);
    }

    [Fact]
    public async Task Addresses_in_use_on_a_network_that_is_there_are_told()
    {
        await using var scene = await Scene.MakeAsync();
        var (network, taken) = await scene.TakeAddressAsync("fa:16:3e:00:00:77");

        var report = await scene.AskAsync(question => Scene.WithPortOn(question, network, "fa:16:3e:00:00:77", taken));

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.MacInUse);
        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.AddressInUse);
    }

    [Fact]
    public async Task A_port_on_another_projects_network_needs_an_admin()
    {
        await using var scene = await Scene.MakeAsync();
        var external = scene.Question.Blueprint!.Networks.First(network => network.IsExternal);

        var report = await scene.AskAsync(question => Scene.WithPortOn(question, external.Id, "fa:16:3e:00:00:78", "203.0.113.77") with
        {
            To = new Site("B", question.To.Tenant, null),
        });

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.RightMissing && reason.Resource.StartsWith("network", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_subnet_that_overlaps_the_external_network_is_told()
    {
        await using var scene = await Scene.MakeAsync();

        var report = await scene.AskAsync(question => question with
        {
            Blueprint = question.Blueprint! with
            {
                Subnets = [.. question.Blueprint.Subnets.Select(subnet => subnet with { Cidr = "203.0.0.0/16" })],
            },
        });

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.CidrOverlap);
    }

    [Fact]
    public async Task An_external_network_without_a_free_address_is_told()
    {
        await using var scene = await Scene.MakeAsync(b => b with { ExternalCidr = "203.0.113.0/30" });

        var report = await scene.AskAsync();

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.NoFreeAddress);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_told_with_all_that_is_known_without_it()
    {
        await using var scene = await Scene.MakeAsync();
        await scene.House.House.B.KillAsync();

        var report = await scene.AskAsync(question => question with { Mapping = null });

        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.TargetUnreachable);
        Assert.Contains(report.Reasons, reason => reason.Code == ReasonCodes.MappingMissing);
    }

    [Fact]
    public async Task A_point_in_blocks_needs_movers_at_the_target_and_tells_when_its_standby_is_gone()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.HireMoversAsync(Recovery.Workloads.StandbyKind.Warm);
        var point = await house.ProtectAsync();
        var blueprint = await (await house.OpenAsync()).GetBlueprintAsync(point.Blueprint, Cancel);
        var question = new ReadinessQuestion { Workload = house.Workload, Mapping = house.Mapping, Point = point, Blueprint = blueprint, To = house.House.SiteB };
        Task<ReadinessReport> AskAsync(ReadinessQuestion asked) => house.House.LiveAsync(() => ReadinessCheck.RunAsync(asked, house.House.Clock, Cancel));

        var ready = await AskAsync(question);
        var withoutMovers = await AskAsync(question with { To = new Site("B", house.House.SiteB.Tenant, house.House.SiteB.Admin) });
        await house.House.LiveAsync(() => house.House.SiteB.Tenant.BlockStorage.DeleteSnapshotAsync(new(point.Volumes[0].Blocks!.Standby!.Snapshot), Cancel));
        await house.House.LiveAsync(() => Task.Delay(TimeSpan.FromMinutes(1), house.House.Clock, Cancel));
        var withoutStandby = await AskAsync(question);

        Assert.True(ready.IsReady, Text(ready));
        Assert.Equal((Severity.Blocks, ReasonCodes.MoversMissing), (OnlyOne(withoutMovers).Severity, OnlyOne(withoutMovers).Code));
        Assert.Equal((Severity.Warns, ReasonCodes.StandbyMissing), (OnlyOne(withoutStandby).Severity, OnlyOne(withoutStandby).Code));
    }

    /// <summary>The sandbox is older than scheduler hints that can be read: that reason is always there.</summary>
    static Reason OnlyOne(ReadinessReport report) => Assert.Single(report.Reasons, reason => reason.Code != ReasonCodes.Unreadable);

    static string Text(ReadinessReport report) => string.Join('\n', report.Reasons);

    /// <summary>A protected workload with a mapping.</summary>
    sealed class Scene : IAsyncDisposable
    {
        Scene(ProtectHouse house, ReadinessQuestion question)
        {
            House = house;
            Question = question;
        }

        public ProtectHouse House { get; }

        public ReadinessQuestion Question { get; }

        public static async Task<Scene> MakeAsync(Func<SandboxSettings, SandboxSettings>? b = null)
        {
            var house = await ProtectHouse.MakeAsync(b: b);
            var point = await house.ProtectAsync();
            var blueprint = await (await house.OpenAsync()).GetBlueprintAsync(point.Blueprint, Cancel);
            var mapping = await house.House.LiveAsync(() => MappingProposal.ProposeAsync(blueprint, house.House.SiteA, house.House.SiteB, null, Cancel));
            return new Scene(house, new ReadinessQuestion { Workload = house.Workload, Mapping = mapping, Point = point, Blueprint = blueprint, To = house.House.SiteB });
        }

        public Task<ReadinessReport> AskAsync(Func<ReadinessQuestion, ReadinessQuestion>? change = null) =>
            House.House.LiveAsync(() => ReadinessCheck.RunAsync((change ?? (same => same))(Question), House.House.Clock, Cancel));

        /// <summary>A port at the target on a network of its own; the network's id at the "source" is the same, for brevity.</summary>
        public Task<(SourceId Network, string Address)> TakeAddressAsync(string mac) => House.House.LiveAsync(async () =>
        {
            var neutron = House.House.SiteB.Tenant.Network;
            var network = await neutron.CreateNetworkAsync(new NewNetwork { Name = "there before" }, Cancel);
            await neutron.CreateSubnetAsync(new NewSubnet { NetworkId = network.Id, Cidr = "10.99.0.0/24", IpVersion = 4 }, Cancel);
            var port = await neutron.CreatePortAsync(new NewPort { NetworkId = network.Id, MacAddress = mac }, Cancel);
            return (new SourceId(network.Id.Value), port.FixedIps[0].IpAddress!);
        });

        public static ReadinessQuestion WithPortOn(ReadinessQuestion question, SourceId network, string mac, string address)
        {
            var blueprint = question.Blueprint!;
            var networks = blueprint.Networks.Any(one => one.Id == network)
                ? blueprint.Networks
                : blueprint.Networks.Add(new NetworkBlueprint { Id = network, Name = "shared", Project = new SourceId("other"), IsMapped = true });
            var mapped = question.Mapping!.Networks.Any(one => one.Source == network)
                ? question.Mapping.Networks
                : question.Mapping.Networks.Add(new MappedResource(network, "shared", network.Value, "shared", "chosen by hand"));
            return question with
            {
                Blueprint = blueprint with
                {
                    Networks = networks,
                    Ports = blueprint.Ports.Add(new PortBlueprint
                    {
                        Id = new SourceId("port-x"), Name = "x", Network = network, MacAddress = mac,
                        FixedIps = [new Blueprints.FixedIp(new SourceId("subnet-x"), address)],
                    }),
                },
                Mapping = question.Mapping with { Networks = mapped },
            };
        }

        public ValueTask DisposeAsync() => House.DisposeAsync();
    }
}
