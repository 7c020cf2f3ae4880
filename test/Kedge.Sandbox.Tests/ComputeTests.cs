using System.Text.Json.Nodes;
using Kedge.Sandbox.Workloads;

namespace Kedge.Sandbox.Tests;

public sealed class ComputeTests
{
    readonly ManualClock clock = new();

    [Fact]
    public async Task Before_2_47_a_servers_flavor_is_an_id_and_after_it_content_without_one()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);

        demo.Versions = "compute 2.46";
        var old = (await demo.GetAsync($"/compute/v2.1/servers/{workload.AppServerId}"))["server"];
        demo.Versions = "compute 2.96";
        var newest = await demo.GetAsync($"/compute/v2.1/servers/{workload.AppServerId}");

        Assert.Equal("1", (string)old["flavor"]!["id"]!);
        Assert.Null(newest["server"]["flavor"]!["id"]);
        Assert.Equal("m1.tiny", (string)newest["server"]["flavor"]!["original_name"]!);
        Assert.Equal("compute 2.96", newest.Message.Headers.GetValues("OpenStack-API-Version").Single());
    }

    [Fact]
    public async Task A_microversion_that_is_too_new_is_refused()
    {
        var (cloud, _) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        demo.Versions = "compute 2.999";

        Assert.Equal(406, (await demo.GetAsync("/compute/v2.1/servers")).Status);
    }

    [Fact]
    public async Task Servers_of_a_down_cell_are_unknown_with_keys_missing_or_left_out_for_old_clients()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);

        cloud.Faults.DownCell(workload.DbServerId);
        var now = (await demo.GetAsync("/compute/v2.1/servers/detail"))["servers"].AsArray()
            .Single(s => (string)s!["id"]! == workload.DbServerId)!.AsObject();
        demo.Versions = "compute 2.60";
        var old = (await demo.GetAsync("/compute/v2.1/servers/detail"))["servers"].AsArray();

        Assert.Equal("UNKNOWN", (string)now["status"]!);
        Assert.False(now.ContainsKey("name"));
        Assert.Equal(2, old.Count);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_and_a_given_port_survives_its_server()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        var port = (await demo.GetAsync($"/network/v2.0/ports?device_id={workload.AppServerId}"))["ports"][0]!;

        var second = await demo.PostAsync("/compute/v2.1/servers",
            Boot(workload.ImageId, "second", new JsonObject { ["port"] = (string)port["id"]! }));
        await demo.DeleteAsync($"/compute/v2.1/servers/{workload.AppServerId}");
        var after = (await demo.GetAsync($"/network/v2.0/ports/{port["id"]}"))["port"];

        Assert.Equal(409, second.Status);
        Assert.Equal("", (string)after["device_id"]!);
        Assert.Equal((string)port["mac_address"]!, (string)after["mac_address"]!);
        Assert.Equal("available", (string)(await demo.GetAsync($"/volume/v3/volumes/{workload.AppDataVolumeId}"))["volume"]["status"]!);
    }

    [Fact]
    public async Task A_port_that_nova_made_goes_with_its_server()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        var before = cloud.World.List(ResourceKind.Port).Count;

        var id = (await demo.PostAsync("/compute/v2.1/servers",
            Boot(workload.ImageId, "x", new JsonObject { ["uuid"] = workload.BackNetworkId }))).Id("server");
        var during = cloud.World.List(ResourceKind.Port).Count;
        await demo.DeleteAsync($"/compute/v2.1/servers/{id}");

        Assert.Equal(before + 1, during);
        Assert.Equal(before, cloud.World.List(ResourceKind.Port).Count);
    }

    [Fact]
    public async Task A_refused_creation_leaves_nothing_behind()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        var before = cloud.World.Count();
        var body = Boot(workload.ImageId, "x", new JsonObject { ["uuid"] = workload.BackNetworkId });
        body["server"]!["security_groups"] = new JsonArray(new JsonObject { ["name"] = "no such group" });

        var answer = await demo.PostAsync("/compute/v2.1/servers", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal(before, cloud.World.Count());
    }

    [Fact]
    public async Task An_anti_affinity_group_larger_than_the_cloud_ends_in_error()
    {
        var (cloud, workload) = await BuildAsync(hosts: 2);
        using var demo = await Caller.LoginAsync(cloud);
        var body = Boot(workload.ImageId, "third", null);
        body["os:scheduler_hints"] = new JsonObject { ["group"] = workload.ServerGroupId };

        var id = (await demo.PostAsync("/compute/v2.1/servers", body)).Id("server");

        Assert.Equal("ERROR", (string)(await demo.GetAsync($"/compute/v2.1/servers/{id}"))["server"]["status"]!);
    }

    [Fact]
    public async Task A_full_quota_refuses_with_its_numbers()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        cloud.World.SetQuota("compute", "demo", "instances", 3);

        var answer = await demo.PostAsync("/compute/v2.1/servers", Boot(workload.ImageId, "fourth", null));

        Assert.Equal(403, answer.Status);
        Assert.Contains("Quota exceeded for instances: Requested 1, but already used 3 of 3", (string)answer["forbidden"]["message"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_is_built_for_as_long_as_the_latency_says()
    {
        var cloud = SandboxCloud.Create(new SandboxSettings { Latencies = new() { ServerBoot = TimeSpan.FromSeconds(20) } }, clock);
        using var demo = await Caller.LoginAsync(cloud);
        var image = (string)(await demo.GetAsync("/image/v2/images"))["images"][0]!["id"]!;
        var id = (await demo.PostAsync("/compute/v2.1/servers", Boot(image, "slow", null))).Id("server");

        var early = (string)(await demo.GetAsync($"/compute/v2.1/servers/{id}"))["server"]["status"]!;
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("BUILD", early);
        Assert.Equal("ACTIVE", (string)(await demo.GetAsync($"/compute/v2.1/servers/{id}"))["server"]["status"]!);
    }

    [Fact]
    public async Task Fields_of_later_microversions_are_refused_in_earlier_ones()
    {
        var (cloud, workload) = await BuildAsync();
        using var demo = await Caller.LoginAsync(cloud);
        var body = Boot(workload.ImageId, "x", null);
        body["server"]!["hostname"] = "x";
        demo.Versions = "compute 2.74";

        Assert.Equal(400, (await demo.PostAsync("/compute/v2.1/servers", body)).Status);
    }

    [Fact]
    public async Task Key_pairs_belong_to_a_user_and_need_a_public_key_from_2_92_on()
    {
        var (cloud, _) = await BuildAsync();
        using var admin = await Caller.LoginAsync(cloud, "admin");
        admin.Versions = "compute 2.92";

        var generated = await admin.PostAsync("/compute/v2.1/os-keypairs", Caller.Json("""{"keypair": {"name": "k"}}"""));
        var ofDemo = await admin.GetAsync($"/compute/v2.1/os-keypairs?user_id={cloud.World.UserId("demo")}");

        Assert.Equal(400, generated.Status);
        Assert.Equal("kedge-demo", (string)ofDemo["keypairs"][0]!["keypair"]!["name"]!);
        Assert.Empty((await admin.GetAsync("/compute/v2.1/os-keypairs"))["keypairs"].AsArray());
    }

    [Fact]
    public async Task A_shelved_server_comes_back_on_some_host()
    {
        var (cloud, workload) = await BuildAsync();
        using var admin = await Caller.LoginAsync(cloud, "admin");
        var url = $"/compute/v2.1/servers/{workload.WebServerId}";

        await admin.PostAsync(url + "/action", new JsonObject { ["shelve"] = null });
        var shelved = (await admin.GetAsync(url))["server"];
        await admin.PostAsync(url + "/action", new JsonObject { ["unshelve"] = null });

        Assert.Equal("SHELVED_OFFLOADED", (string)shelved["status"]!);
        Assert.Equal("ACTIVE", (string)(await admin.GetAsync(url))["server"]["status"]!);
    }

    static JsonObject Boot(string image, string name, JsonObject? network) => new()
    {
        ["server"] = new JsonObject
        {
            ["name"] = name,
            ["flavorRef"] = "1",
            ["imageRef"] = image,
            ["networks"] = network is null ? "none" : new JsonArray(network),
        },
    };

    async Task<(SandboxCloud Cloud, ThreeTierWorkload Workload)> BuildAsync(int hosts = 3)
    {
        var cloud = SandboxCloud.Create(new SandboxSettings { Hosts = hosts }, clock);
        return (cloud, await ThreeTierWorkload.BuildAsync(cloud, TestContext.Current.CancellationToken));
    }
}
