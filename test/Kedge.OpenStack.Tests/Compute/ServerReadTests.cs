using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Compute;

public sealed class ServerReadTests : IDisposable
{
    const string Older = """
        {"id": "s1", "name": "web", "status": "ACTIVE", "flavor": {"id": "m1.small", "links": []}, "image": "", "tenant_id": "p1", "user_id": "u1"}
        """;

    const string Newer = """
        {"id": "s1", "name": "web", "status": "ACTIVE", "tenant_id": "p1", "user_id": "u1", "created": "2026-01-01T00:00:00Z", "image": "",
         "flavor": {"original_name": "small", "vcpus": 2, "ram": 2048, "disk": 10, "ephemeral": 0, "swap": 0, "extra_specs": {"hw:cpu_policy": "shared"}},
         "OS-EXT-STS:power_state": 1, "OS-EXT-STS:vm_state": "active", "OS-EXT-STS:task_state": null, "config_drive": "True", "key_name": "k", "locked": true,
         "locked_reason": "maintenance", "description": "d", "tags": ["a", "b"], "metadata": {"m": "1"}, "server_groups": ["g1"], "OS-EXT-SRV-ATTR:hostname": "web",
         "trusted_image_certificates": null, "pinned_availability_zone": "az1", "OS-EXT-AZ:availability_zone": "az1", "accessIPv4": "", "OS-DCF:diskConfig": "AUTO",
         "security_groups": [{"name": "default"}], "os-extended-volumes:volumes_attached": [{"id": "v1", "delete_on_termination": true}],
         "addresses": {"net": [{"addr": "10.0.0.4", "version": 4, "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:00:00:01", "OS-EXT-IPS:type": "fixed"}]}}
        """;

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task A_server_is_read_twice_for_the_id_of_its_flavor_and_for_everything_else()
    {
        AnswerByVersion("GET nova/v2.1/servers/s1", $$$"""{"server": {{{Older}}}}""", $$$"""{"server": {{{Newer}}}}""");
        await using var cloud = world.Connect(clock);

        var server = await cloud.Compute.GetServerAsync(new("s1"), Cancel);

        Assert.Equal(new FlavorId("m1.small"), server.Flavor.Id);
        Assert.Equal(("small", 2, 2048), (server.Flavor.OriginalName, server.Flavor.Vcpus, server.Flavor.RamMib));
        Assert.Equal("shared", server.Flavor.ExtraSpecs!["hw:cpu_policy"]);
        Assert.Equal(["2.46", "2.96"], server.ReadWith.Select(version => version.ToString()));
        Assert.Null(server.Image);
        Assert.True(server.ConfigDrive);
        Assert.Equal((ServerStatus.Active, PowerState.Running), (server.Status, server.PowerState));
        Assert.Equal((true, "maintenance"), (server.Locked, server.LockedReason));
        Assert.Equal(["a", "b"], server.Tags);
        Assert.Equal([new ServerGroupId("g1")], server.ServerGroups);
        Assert.Equal(("v1", true), (server.Volumes[0].Id.Value, server.Volumes[0].DeleteOnTermination));
        Assert.Equal("fa:16:3e:00:00:01", server.Addresses["net"][0].MacAddress);
        Assert.False(server.IsPartial);
    }

    [Fact]
    public async Task What_could_not_be_read_is_named_with_the_reason()
    {
        AnswerByVersion("GET nova/v2.1/servers/s1", $$$"""{"server": {{{Older}}}}""", $$$"""{"server": {{{Newer}}}}""");
        await using var cloud = world.Connect(clock);

        var server = await cloud.Compute.GetServerAsync(new("s1"), Cancel);

        var unreadable = server.Unreadable.ToDictionary(field => field.Field, field => field.Reason);
        Assert.Contains("os-extended-server-attributes", unreadable["OS-EXT-SRV-ATTR:user_data"], StringComparison.Ordinal);
        Assert.Equal("needs compute 2.100, read with 2.96", unreadable["scheduler_hints"]);
        Assert.DoesNotContain("OS-EXT-SRV-ATTR:hostname", unreadable.Keys);
        Assert.DoesNotContain("trusted_image_certificates", unreadable.Keys);
        Assert.DoesNotContain("flavor.id", unreadable.Keys);
    }

    [Fact]
    public async Task A_cloud_of_before_the_embedded_flavor_is_read_once()
    {
        world.NewestNova = "2.40";
        AnswerByVersion("GET nova/v2.1/servers/s1", $$$"""{"server": {{{Older}}}}""", $$$"""{"server": {{{Newer}}}}""");
        await using var cloud = world.Connect(clock);

        var server = await cloud.Compute.GetServerAsync(new("s1"), Cancel);

        Assert.Equal(new FlavorId("m1.small"), server.Flavor.Id);
        Assert.Single(world.CallsTo("GET nova/v2.1/servers/s1"));
        Assert.Contains(server.Unreadable, field => field is { Field: "server_groups", Reason: "needs compute 2.71, read with 2.40" });
    }

    [Fact]
    public async Task A_server_of_a_cell_that_is_down_is_partial_and_no_field_of_it_passes_for_empty()
    {
        AnswerByVersion(
            "GET nova/v2.1/servers/detail?limit=500",
            """{"servers": []}""",
            """{"servers": [{"id": "s1", "status": "UNKNOWN", "tenant_id": "p1", "created": "2026-01-01T00:00:00Z", "links": []}]}""");
        await using var cloud = world.Connect(clock);

        var server = Assert.Single(await cloud.Compute.ListServersAsync(ServerFilter.None, Cancel).ToListAsync(Cancel));

        Assert.True(server.IsPartial);
        Assert.Equal(ServerStatus.Unknown, server.Status);
        Assert.Contains(server.Unreadable, field => field is { Field: "flavor.id", Reason: "its cell is down" });
        Assert.Contains(server.Unreadable, field => field is { Field: "tags", Reason: "its cell is down" });
    }

    [Fact]
    public async Task Lists_are_read_twice_page_by_page()
    {
        AnswerByVersion(
            "GET nova/v2.1/servers/detail?all_tenants=1&limit=500",
            $$$"""{"servers": [{{{Older}}}], "servers_links": [{"rel": "next", "href": "http://x/v2.1/servers/detail?all_tenants=1&limit=500&marker=s1"}]}""",
            $$$"""{"servers": [{{{Newer}}}], "servers_links": [{"rel": "next", "href": "http://x/v2.1/servers/detail?all_tenants=1&limit=500&marker=s1"}]}""");
        var (older, newer) = (Older.Replace("\"s1\"", "\"s2\"", StringComparison.Ordinal), Newer.Replace("\"s1\"", "\"s2\"", StringComparison.Ordinal));
        AnswerByVersion("GET nova/v2.1/servers/detail?all_tenants=1&limit=500&marker=s1", $$$"""{"servers": [{{{older}}}]}""", $$$"""{"servers": [{{{newer}}}]}""");
        await using var cloud = world.Connect(clock);

        var servers = await cloud.Compute.ListServersAsync(new() { Scope = ProjectScope.All }, Cancel).ToListAsync(Cancel);

        Assert.Equal(["s1", "s2"], servers.Select(server => server.Id.Value));
        Assert.All(servers, server => Assert.Equal(new FlavorId("m1.small"), server.Flavor.Id));
        Assert.Equal(4, world.Calls.Count(call => call.Call.Contains("servers/detail", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_came_between_the_two_readings_of_a_page_is_asked_for_alone()
    {
        AnswerByVersion("GET nova/v2.1/servers/detail?limit=500", """{"servers": []}""", $$$"""{"servers": [{{{Newer}}}]}""");
        AnswerByVersion("GET nova/v2.1/servers/s1", $$$"""{"server": {{{Older}}}}""", $$$"""{"server": {{{Newer}}}}""");
        await using var cloud = world.Connect(clock);

        var server = Assert.Single(await cloud.Compute.ListServersAsync(ServerFilter.None, Cancel).ToListAsync(Cancel));

        Assert.Equal(new FlavorId("m1.small"), server.Flavor.Id);
    }

    [Fact]
    public async Task A_server_that_goes_between_the_two_readings_says_that_its_flavor_is_not_known()
    {
        AnswerByVersion("GET nova/v2.1/servers/detail?limit=500", """{"servers": []}""", $$$"""{"servers": [{{{Newer}}}]}""");
        await using var cloud = world.Connect(clock);

        var server = Assert.Single(await cloud.Compute.ListServersAsync(ServerFilter.None, Cancel).ToListAsync(Cancel));

        Assert.Null(server.Flavor.Id);
        Assert.Contains(server.Unreadable, field => field.Field == "flavor.id");
    }

    [Fact]
    public async Task Servers_are_chosen_by_metadata_and_by_their_whole_name()
    {
        AnswerByVersion("GET nova/v2.1/servers/detail?name=%5Eweb%24&limit=500", $$$"""{"servers": [{{{Older}}}]}""", $$$"""{"servers": [{{{Newer}}}]}""");
        await using var cloud = world.Connect(clock);
        var filter = new ServerFilter { Name = "web", Metadata = new Dictionary<string, string> { ["m"] = "1" } };

        var found = await cloud.Compute.ListServersAsync(filter, Cancel).ToListAsync(Cancel);
        var none = await cloud.Compute.ListServersAsync(filter with { Metadata = new Dictionary<string, string> { ["m"] = "2" } }, Cancel).ToListAsync(Cancel);

        Assert.Single(found);
        Assert.Empty(none);
    }

    [Fact]
    public async Task The_newest_version_tells_hints_and_the_images_properties()
    {
        world.NewestNova = "2.100";
        var newer = Newer.Replace("\"image\": \"\"", """
            "image": {"id": "i1", "properties": {"hw_machine_type": "q35"}}, "scheduler_hints": {"group": "g1", "same_host": ["s2"]}
            """, StringComparison.Ordinal);
        AnswerByVersion("GET nova/v2.1/servers/s1", $$$"""{"server": {{{Older}}}}""", $$$"""{"server": {{{newer}}}}""");
        await using var cloud = world.Connect(clock);

        var server = await cloud.Compute.GetServerAsync(new("s1"), Cancel);

        Assert.Equal(new ImageId("i1"), server.Image);
        Assert.Equal("q35", server.ImageProperties!["hw_machine_type"]);
        Assert.Equal("g1", server.SchedulerHints!["group"]);
    }

    void AnswerByVersion(string call, string older, string newer) => world.On(
        call,
        (asked, _) => Task.FromResult(ScriptedCloud.Response(200, asked.Version is "compute 2.46" or "compute 2.40" ? older : newer)));
}
