using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Capture;

public sealed class BlueprintCaptureTests
{
    static readonly WorkloadSelection ThreeTiers = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag);

    [Fact]
    public Task The_whole_graph_of_a_workload_is_captured() => WithTiersAsync(async (house, tiers) =>
    {
        var captured = await CaptureAsync(house, ThreeTiers);

        var blueprint = captured.Blueprint;
        Assert.Equal(3, captured.Servers);
        Assert.Equal(tiers.ServerIds.Order(), blueprint.Servers.Select(server => server.Id.Value));
        Assert.Equal(tiers.VolumeIds.Order(), blueprint.Volumes.Select(volume => volume.Id.Value));
        Assert.Equal(["back", "front", "public"], blueprint.Networks.Select(network => network.Name).Order());
        Assert.Equal(["public"], blueprint.Networks.Where(network => network.IsMapped).Select(network => network.Name));
        Assert.Equal(["edge"], blueprint.Routers.Select(router => router.Name));
        Assert.Equal(2, blueprint.Routers[0].Interfaces.Length);
        Assert.Equal([tiers.ImageId], blueprint.Images.Select(image => image.Id.Value));
        Assert.Equal([tiers.KeyName], blueprint.Keypairs.Select(keypair => keypair.Name));
        Assert.Equal([tiers.FloatingIpAddress], blueprint.FloatingIps.Select(floatingIp => floatingIp.Address));
        Assert.Equal(2, Assert.Single(blueprint.ServerGroups).Members.Length);
        Assert.True(captured.Calls > 0);
    });

    [Fact]
    public Task Security_groups_that_refer_to_each_other_in_a_circle_are_captured_once_each() => WithTiersAsync(async (house, tiers) =>
    {
        var blueprint = (await CaptureAsync(house, new WorkloadSelection.ByServers([new SourceId(tiers.DbServerId)]))).Blueprint;

        Assert.Equal(new[] { tiers.DbGroupId, tiers.WebGroupId }.Order(), blueprint.SecurityGroups.Select(group => group.Id.Value));
        Assert.Contains(blueprint.SecurityGroups.SelectMany(group => group.Rules), rule => rule.RemoteGroup == new SourceId(tiers.WebGroupId));
        Assert.Contains(blueprint.SecurityGroups.SelectMany(group => group.Rules), rule => rule.RemoteGroup == new SourceId(tiers.DbGroupId));
    });

    [Fact]
    public Task An_unbound_port_that_carries_a_virtual_IP_belongs_to_the_workload() => WithTiersAsync(async (house, tiers) =>
    {
        var blueprint = (await CaptureAsync(house, ThreeTiers)).Blueprint;

        var vip = Assert.Single(blueprint.Ports, port => port.Id.Value == tiers.VipPortId);
        Assert.Null(vip.Server);
        Assert.Equal("10.10.1.100", Assert.Single(vip.FixedIps).Address);
        Assert.Contains(blueprint.Ports, port => port.AllowedAddressPairs.Any(pair => pair is { IpAddress: "10.10.1.100", MacAddress: null }));
    });

    [Fact]
    public Task The_boot_disk_stands_first_and_NICs_in_the_guests_order() => WithTiersAsync(async (house, tiers) =>
    {
        var blueprint = (await CaptureAsync(house, ThreeTiers)).Blueprint;

        var db = blueprint.Servers.Single(server => server.Id.Value == tiers.DbServerId);
        var web = blueprint.Servers.Single(server => server.Id.Value == tiers.WebServerId);
        var app = blueprint.Servers.Single(server => server.Id.Value == tiers.AppServerId);
        Assert.Equal([(tiers.DbRootVolumeId, 0), (tiers.DbDataVolumeId, (int?)null)], db.Volumes.Select(volume => (volume.Volume.Value, volume.BootIndex)));
        Assert.Equal([null], app.Volumes.Select(volume => volume.BootIndex));
        Assert.Equal(["web-front", "web-back"], web.Ports.Select(attached => blueprint.Ports.Single(port => port.Id == attached.Port).Name));
    });

    [Fact]
    public Task The_same_workload_gives_the_same_bytes() => WithTiersAsync(async (house, _) =>
    {
        var first = BlueprintJson.Write((await CaptureAsync(house, ThreeTiers)).Blueprint);
        house.Clock.Advance(TimeSpan.FromDays(1));
        var second = BlueprintJson.Write((await CaptureAsync(house, ThreeTiers)).Blueprint);

        Assert.Equal(first, second);
        Assert.Equal(first, BlueprintJson.Write(BlueprintJson.Read(first)));
    });

    [Fact]
    public Task A_server_of_a_cell_that_is_down_fails_the_capture_and_is_named() => WithTiersAsync(async (house, tiers) =>
    {
        house.A.Faults.DownCell(tiers.AppServerId);

        var failed = await Assert.ThrowsAsync<CaptureException>(() => CaptureAsync(house, ThreeTiers));

        Assert.Contains(tiers.AppServerId, failed.Message, StringComparison.Ordinal);
        Assert.True(failed.MayPass);
    });

    [Theory]
    [InlineData("compute", "/servers/detail")]
    [InlineData("compute", "/os-interface")]
    [InlineData("network", "/ports")]
    [InlineData("network", "/security-groups")]
    [InlineData("network", "/routers")]
    [InlineData("volumev3", "/volumes/detail")]
    [InlineData("image", "/images/")]
    [InlineData("compute", "/flavors/")]
    [InlineData("compute", "/os-keypairs")]
    [InlineData("compute", "/os-server-groups")]
    public Task A_service_that_answers_503_fails_the_capture(string service, string path) => WithTiersAsync(async (house, _) =>
    {
        house.A.Faults.OnCall = call => call.Service == service && call.Path.Contains(path, StringComparison.Ordinal)
            ? new FaultAction.Refuse(503, "out of order")
            : FaultAction.None;

        var failed = await Assert.ThrowsAsync<OpenStack.OpenStackException>(() => CaptureAsync(house, ThreeTiers));

        Assert.True(failed.IsTransient);
        Assert.Contains(path.Trim('/'), failed.Url, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_server_that_vanishes_during_the_capture_fails_it() => WithTiersAsync(async (house, tiers) =>
    {
        await OnceAtAsync(house, "/os-server-groups", async () =>
        {
            await house.SiteA.Tenant.Compute.DeleteServerAsync(new(tiers.WebServerId), CancellationToken.None);
        }, async () =>
        {
            var failed = await Assert.ThrowsAsync<CaptureException>(() => CaptureAsync(house, ThreeTiers));

            Assert.Contains($"server web ({tiers.WebServerId}) is gone", failed.Message, StringComparison.Ordinal);
            Assert.True(failed.MayPass);
        });
    });

    [Fact]
    public Task A_server_that_changes_during_the_capture_fails_it() => WithTiersAsync(async (house, tiers) =>
    {
        await OnceAtAsync(house, "/os-server-groups", async () =>
        {
            await house.SiteA.Tenant.Compute.SetServerMetadataAsync(new(tiers.WebServerId), new Dictionary<string, string> { ["late"] = "yes" }, CancellationToken.None);
        }, async () =>
        {
            var failed = await Assert.ThrowsAsync<CaptureException>(() => CaptureAsync(house, ThreeTiers));

            Assert.Contains($"server web ({tiers.WebServerId}) was changed", failed.Message, StringComparison.Ordinal);
        });
    });

    [Fact]
    public Task Without_an_admin_user_data_is_named_as_unreadable_with_what_would_make_it_readable() => WithTiersAsync(async (house, tiers) =>
    {
        var tenantOnly = new Site("A", house.SiteA.Tenant, null);

        var blueprint = (await new BlueprintCapture(house.Clock).CaptureAsync(Workload(ThreeTiers), tenantOnly, null, CancellationToken.None)).Blueprint;

        Assert.All(blueprint.Servers, server => Assert.Null(server.UserData));
        Assert.Equal(3, blueprint.Unreadable.Count(field => field is { Resource: "server", Field: "userData" }));
        Assert.All(blueprint.Unreadable.Where(field => field.Field == "userData"), field => Assert.Contains("admin", field.Why, StringComparison.Ordinal));
        Assert.NotNull((await CaptureAsync(house, ThreeTiers)).Blueprint.Servers.Single(server => server.Id.Value == tiers.WebServerId).UserData);
    });

    [Fact]
    public Task What_Kedge_wrote_itself_is_left_out() => WithRichAsync(async (house, rich) =>
    {
        var blueprint = (await CaptureAsync(house, new WorkloadSelection.ByTag(RichWorkload.Tag))).Blueprint;

        var written = System.Text.Encoding.UTF8.GetString(BlueprintJson.Write(blueprint));
        Assert.DoesNotContain("kedge:", written, StringComparison.Ordinal);
        Assert.DoesNotContain("kedge_run", written, StringComparison.Ordinal);
        Assert.Equal([rich.ServerId], blueprint.Servers.Select(server => server.Id.Value));
    });

    [Fact]
    public Task A_whole_project_includes_what_no_server_uses() => WithRichAsync(async (house, rich) =>
    {
        var whole = (await CaptureAsync(house, new WorkloadSelection.WholeProject())).Blueprint;
        var tagged = (await CaptureAsync(house, new WorkloadSelection.ByTag(RichWorkload.Tag))).Blueprint;

        Assert.Contains(whole.Networks, network => network.Id.Value == rich.LonelyNetworkId);
        Assert.DoesNotContain(tagged.Networks, network => network.Id.Value == rich.LonelyNetworkId);
        Assert.Equal(4, whole.Servers.Length);
    });

    [Fact]
    public Task Ports_of_another_service_are_named_and_left_out() => WithTiersAsync(async (house, tiers) =>
    {
        var admin = house.SiteA.Admin!;
        await admin.AuthenticateAsync(CancellationToken.None);
        var foreign = await admin.Network.CreatePortAsync(
            new NewPort { NetworkId = new(tiers.FrontNetworkId), Name = "lb-vip", DeviceId = "lb-1", DeviceOwner = "Octavia", ProjectId = admin.ProjectId }, CancellationToken.None);

        var blueprint = (await CaptureAsync(house, ThreeTiers)).Blueprint;

        Assert.DoesNotContain(blueprint.Ports, port => port.Id.Value == foreign.Id.Value);
        Assert.Contains(blueprint.Unreadable, field => field.Id.Value == foreign.Id.Value && field.Why.Contains("Octavia", StringComparison.Ordinal));
    });

    [Fact]
    public Task A_server_of_another_service_is_refused_by_name() => WithTiersAsync(async (house, tiers) =>
    {
        await house.SiteA.Tenant.Compute.SetServerMetadataAsync(new(tiers.AppServerId), new Dictionary<string, string> { ["trove_instance_id"] = "1" }, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<CaptureException>(() => CaptureAsync(house, new WorkloadSelection.ByServers([new SourceId(tiers.AppServerId)])));
        var rest = (await CaptureAsync(house, ThreeTiers)).Blueprint;

        Assert.Contains("belongs to Trove", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, rest.Servers.Length);
        Assert.Contains(rest.Unreadable, field => field.Id.Value == tiers.AppServerId && field.Field == "*");
    });

    internal static Workload Workload(WorkloadSelection selection) => new() { Name = "shop", From = "A", To = "B", Selection = selection };

    internal static Task<CapturedBlueprint> CaptureAsync(House house, WorkloadSelection selection) =>
        new BlueprintCapture(house.Clock).CaptureAsync(Workload(selection), house.SiteA, null, CancellationToken.None);

    internal static async Task WithTiersAsync(Func<House, ThreeTierWorkload, Task> body)
    {
        await using var house = House.WithTwoClouds();
        var tiers = await ThreeTierWorkload.BuildAsync(house.A, CancellationToken.None);
        await house.LiveAsync(() => body(house, tiers));
    }

    internal static async Task WithRichAsync(Func<House, RichWorkload, Task> body)
    {
        await using var house = House.WithTwoClouds();
        await house.LiveAsync(async () => await body(house, await RichWorkload.BuildAsync(house, CancellationToken.None)));
    }

    /// <summary>Something happens in the cloud at the first call to a path, before the call is answered.</summary>
    static async Task OnceAtAsync(House house, string path, Func<Task> happens, Func<Task> body)
    {
        var happened = false;
        house.A.Faults.OnCall = call =>
        {
            if (happened || !call.Path.Contains(path, StringComparison.Ordinal))
                return FaultAction.None;
            happened = true;
            happens().GetAwaiter().GetResult();
            return FaultAction.None;
        };
        await body();
        Assert.True(happened);
    }
}
