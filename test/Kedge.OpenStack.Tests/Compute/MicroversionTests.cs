using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Compute;

public sealed class MicroversionTests : IDisposable
{
    const string Servers = "POST nova/v2.1/servers";

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static NewServer Smallest => new() { Name = "s", Flavor = new("f"), Ports = [new(new("p1"))] };

    public void Dispose() => world.Dispose();

    [Fact]
    public void Versions_are_compared_number_by_number()
    {
        Assert.True(new Microversion(2, 100) > new Microversion(2, 96));
        Assert.True(new Microversion(2, 9) < new Microversion(2, 10));
        Assert.True(Microversion.TryParse("2.100", out var version));
        Assert.Equal(new(2, 100), version);
        Assert.False(Microversion.TryParse("2", out _));
        Assert.False(Microversion.TryParse("2.x", out _));
    }

    [Fact]
    public async Task A_service_is_asked_once_what_it_speaks()
    {
        world.On("GET nova/v2.1/flavors/f1", 200, """{"flavor": {"id": "f1"}}""");
        await using var cloud = world.Connect(clock);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cloud.Compute.GetFlavorAsync(new("f1"), Cancel)));

        Assert.Single(world.CallsTo("GET nova/v2.1/"));
        Assert.All(world.CallsTo("GET nova/v2.1/flavors/f1"), call => Assert.Equal("compute 2.96", call.Version));
    }

    [Theory]
    [InlineData("2.87", "compute 2.87")]
    [InlineData("2.250", "compute 2.100")]
    public async Task The_newest_that_both_know_is_used(string newest, string sent)
    {
        world.NewestNova = newest;
        world.On("GET nova/v2.1/flavors/f1", 200, """{"flavor": {"id": "f1"}}""");
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetFlavorAsync(new("f1"), Cancel);

        Assert.Equal(sent, Assert.Single(world.CallsTo("GET nova/v2.1/flavors/f1")).Version);
    }

    [Fact]
    public async Task A_cloud_that_is_too_old_is_told_so_before_anything_is_sent()
    {
        world.NewestNova = "2.79";
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.CreateServerAsync(Smallest with { Hostname = "web-1" }, Cancel));

        Assert.Equal(Fault.MicroversionTooOld, failure.Fault);
        Assert.Contains("speaks 2.1 to 2.79; a host name needs 2.90", failure.Message, StringComparison.Ordinal);
        Assert.Empty(world.CallsTo(Servers));
    }

    [Fact]
    public async Task A_service_without_microversions_is_used_without_and_refused_what_needs_them()
    {
        world.On("GET nova/v2.1/", 404);
        world.On("GET nova/v2.1/limits", 200, """{"limits": {"absolute": {}}}""");
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetLimitsAsync(Cancel);
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.CreateServerAsync(Smallest, Cancel));

        Assert.Equal(Fault.MicroversionTooOld, failure.Fault);
        Assert.Contains("speaks no microversions", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cinders_versions_stand_above_the_project_in_its_address()
    {
        world.On("GET cinder/v3/p1/volumes/v1", 200, """{"volume": {"id": "v1", "status": "in-use", "bootable": "true", "metadata": {"readonly": "True"}}}""");
        await using var cloud = world.Connect(clock);

        var volume = await cloud.BlockStorage.GetVolumeAsync(new("v1"), Cancel);

        Assert.Equal("volume 3.70", Assert.Single(world.CallsTo("GET cinder/v3/p1/volumes/v1")).Version);
        Assert.True(volume.IsBootable);
        Assert.True(volume.IsReadOnly);
        Assert.Equal(OpenStack.BlockStorage.VolumeStatus.InUse, volume.Status);
    }

    [Theory]
    [MemberData(nameof(Needs))]
    public async Task A_server_is_created_with_the_lowest_version_that_carries_it(string what, NewServer server, string version)
    {
        Assert.NotEmpty(what);
        world.On(Servers, 202, """{"server": {"id": "s1"}}""");
        await using var cloud = world.Connect(clock);

        await cloud.Compute.CreateServerAsync(server, Cancel);

        Assert.Equal("compute " + version, Assert.Single(world.CallsTo(Servers)).Version);
    }

    public static TheoryData<string, NewServer, string> Needs() => new()
    {
        { "nothing", Smallest, "2.42" },
        { "no tags", Smallest with { Tags = [] }, "2.42" },
        { "tags", Smallest with { Tags = ["a"] }, "2.52" },
        { "certificates", Smallest with { TrustedImageCertificates = ["c"] }, "2.63" },
        { "volume type", Smallest with { BlockDevices = [BlockDevice.OfImage(new("i")) with { VolumeType = "fast" }] }, "2.67" },
        { "host", Smallest with { Host = "h1" }, "2.74" },
        { "host name", Smallest with { Hostname = "web", Tags = ["a"] }, "2.90" },
        { "host name with dots", Smallest with { Hostname = "web.example.org" }, "2.94" },
    };

    [Fact]
    public async Task A_server_is_created_as_Nova_expects_it()
    {
        world.On(Servers, 202, """{"server": {"id": "s1"}}""");
        await using var cloud = world.Connect(clock);
        var server = Smallest with
        {
            Ports = [new(new("p1"), "front"), new(new("p2"))],
            BlockDevices = [BlockDevice.OfVolume(new("v1"), 0) with { Tag = "root" }],
            Metadata = new Dictionary<string, string> { ["a"] = "b" },
            Group = new("g1"),
            ConfigDrive = true,
            KeyName = "k",
            DiskConfig = "MANUAL",
        };

        var id = await cloud.Compute.CreateServerAsync(server, Cancel);

        Assert.Equal(new ServerId("s1"), id);
        Json.AreEqual(
            """
            {"server": {"name": "s", "flavorRef": "f", "config_drive": true, "key_name": "k", "metadata": {"a": "b"}, "OS-DCF:diskConfig": "MANUAL",
              "networks": [{"port": "p1", "tag": "front"}, {"port": "p2"}],
              "block_device_mapping_v2": [{"source_type": "volume", "destination_type": "volume", "uuid": "v1", "boot_index": 0, "delete_on_termination": false, "tag": "root"}]},
             "OS-SCH-HNT:scheduler_hints": {"group": "g1"}}
            """,
            Assert.Single(world.CallsTo(Servers)).Body);
    }

    [Fact]
    public async Task A_server_without_ports_says_so()
    {
        world.On(Servers, 202, """{"server": {"id": "s1"}}""");
        await using var cloud = world.Connect(clock);

        await cloud.Compute.CreateServerAsync(Smallest with { Ports = [] }, Cancel);

        Json.AreEqual("""{"server": {"name": "s", "flavorRef": "f", "networks": "none"}}""", Assert.Single(world.CallsTo(Servers)).Body);
    }
}
