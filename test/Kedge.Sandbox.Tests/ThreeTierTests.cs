using System.Text;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Workloads;

namespace Kedge.Sandbox.Tests;

public sealed class ThreeTierTests
{
    readonly ManualClock clock = new();

    [Fact]
    public async Task The_three_tier_workload_is_built_at_once_even_in_a_slow_cloud_and_calls_nobody()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings { Latencies = SandboxLatencies.Realistic }, clock);

        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);

        var servers = cloud.World.List(ResourceKind.Server);
        Assert.Equal(workload.ServerIds.Order(), servers.Select(s => (string)s["id"]!).Order());
        Assert.All(servers, s => Assert.Equal("ACTIVE", (string)s["status"]!));
        Assert.All(cloud.World.List(ResourceKind.Volume), v => Assert.Equal("in-use", (string)v["status"]!));
        Assert.Equal(0, cloud.CallCount);
    }

    [Fact]
    public async Task The_same_seed_builds_the_same_ids_and_another_cloud_shares_none()
    {
        var first = await BuildAsync("a", 7);
        var again = await BuildAsync("a", 7);
        var other = await BuildAsync("b", 7);

        Assert.Equal(first.ServerIds, again.ServerIds);
        Assert.Empty(first.ServerIds.Intersect(other.ServerIds));
    }

    [Fact]
    public async Task Its_fields_read_back_as_they_were_given()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings(), clock);
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var admin = await Caller.LoginAsync(cloud, "admin");

        var db = (await admin.GetAsync($"/compute/v2.1/servers/{workload.DbServerId}"))["server"];
        var web = (await admin.GetAsync($"/compute/v2.1/servers/{workload.WebServerId}"))["server"];
        var app = (await admin.GetAsync($"/compute/v2.1/servers/{workload.AppServerId}"))["server"];
        var root = (await admin.GetAsync($"/volume/v3/volumes/{workload.DbRootVolumeId}"))["volume"];

        Assert.Equal("", (string)db["image"]!);
        Assert.True((bool)db["locked"]!);
        Assert.Equal(workload.ServerGroupId, (string)db["server_groups"]![0]!);
        Assert.NotEqual((string)db["OS-EXT-SRV-ATTR:host"]!, (string)app["OS-EXT-SRV-ATTR:host"]!);
        Assert.Equal("app-01", (string)app["OS-EXT-SRV-ATTR:hostname"]!);
        Assert.Equal("True", (string)app["config_drive"]!);
        Assert.StartsWith("#cloud-config", Encoding.UTF8.GetString(Convert.FromBase64String((string)web["OS-EXT-SRV-ATTR:user_data"]!)),
            StringComparison.Ordinal);
        Assert.Equal(3, web["addresses"]!.AsObject().Sum(n => n.Value!.AsArray().Count));
        Assert.Equal("true", (string)root["bootable"]!);
        Assert.Equal("q35", (string)root["volume_image_metadata"]!["hw_machine_type"]!);
        Assert.Equal("fast", (string)root["volume_type"]!);
    }

    [Fact]
    public async Task Members_cannot_read_what_only_admins_may()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings(), clock);
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);

        var web = (await demo.GetAsync($"/compute/v2.1/servers/{workload.WebServerId}"))["server"].AsObject();
        var stopped = await demo.PostAsync($"/compute/v2.1/servers/{workload.DbServerId}/action", new JsonObject { ["os-stop"] = null });

        Assert.False(web.ContainsKey("OS-EXT-SRV-ATTR:user_data"));
        Assert.False(web.ContainsKey("OS-EXT-SRV-ATTR:host"));
        Assert.True(web.ContainsKey("OS-EXT-SRV-ATTR:hostname"));
        Assert.Equal(409, stopped.Status);
        Assert.Contains("is locked", (string)stopped["conflictingRequest"]["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_of_an_image_booted_server_holds_what_its_guest_wrote()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings(), clock);
        var workload = await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);

        var image = (string)(await demo.PostAsync($"/compute/v2.1/servers/{workload.AppServerId}/action", Caller.Json("""{"createImage": {"name": "copy"}}""")))["image_id"]!;
        var ofVolumes = (string)(await demo.PostAsync($"/compute/v2.1/servers/{workload.DbServerId}/action", Caller.Json("""{"createImage": {"name": "db"}}""")))["image_id"]!;

        var shown = (await demo.GetAsync($"/image/v2/images/{image}")).Json!;
        Assert.Equal("active", (string)shown["status"]!);
        Assert.EndsWith("written after boot", Encoding.UTF8.GetString(await demo.DownloadAsync($"/image/v2/images/{image}/file")),
            StringComparison.Ordinal);
        var empty = (await demo.GetAsync($"/image/v2/images/{ofVolumes}")).Json!;
        Assert.Equal(0, (long)empty["size"]!);
        Assert.Equal(2, JsonNode.Parse((string)empty["block_device_mapping"]!)!.AsArray().Count);
    }

    [Fact]
    public async Task A_thousand_servers_are_built_and_listed_page_by_page()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings(), clock);
        await ScaleWorkload.BuildAsync(cloud, 1000, TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud);

        var seen = new HashSet<string>();
        for (var next = "/compute/v2.1/servers/detail?limit=300"; next is not null;)
        {
            var page = await demo.GetAsync(next);
            seen.UnionWith(page["servers"].AsArray().Select(s => (string)s!["id"]!));
            next = page.Json!["servers_links"]?[0]?["href"] is { } href ? new Uri((string)href!).PathAndQuery : null;
        }

        Assert.Equal(1000, seen.Count);
    }

    [Fact]
    public async Task Many_callers_at_once_lose_nothing()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings(), clock);
        using var demo = await Caller.LoginAsync(cloud);

        var made = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() =>
            demo.PostAsync("/volume/v3/volumes", new JsonObject { ["volume"] = new JsonObject { ["size"] = 1, ["name"] = $"v{i}" } }))));

        Assert.Equal(200, made.Select(m => m.Id("volume")).Distinct().Count());
        Assert.Equal(200, cloud.World.List(ResourceKind.Volume).Count);
    }

    async Task<ThreeTierWorkload> BuildAsync(string name, int seed) =>
        await ThreeTierWorkload.BuildAsync(SandboxCloud.Create(new SandboxSettings { Name = name, Seed = seed }, clock),
            TestContext.Current.CancellationToken);
}
