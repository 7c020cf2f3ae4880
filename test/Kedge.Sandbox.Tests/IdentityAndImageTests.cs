using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Kedge.Sandbox.Tests;

public sealed class IdentityAndImageTests
{
    readonly ManualClock clock = new();
    readonly SandboxCloud cloud;

    public IdentityAndImageTests() => cloud = SandboxCloud.Create(new SandboxSettings(), clock);

    [Fact]
    public async Task A_wrong_password_a_foreign_project_and_an_expired_token_are_unauthorized()
    {
        using var demo = await Caller.LoginAsync(cloud);
        using var stranger = Caller.Stranger(cloud);

        var wrong = await stranger.LoginAsync("demo", "guess", "demo");
        var foreign = await stranger.LoginAsync("demo", cloud.Settings.Password, "other");
        clock.Advance(cloud.Settings.TokenLifetime);
        var late = await demo.GetAsync("/compute/v2.1/servers");

        Assert.Equal((401, 401, 401), (wrong.Status, foreign.Status, late.Status));
    }

    [Fact]
    public async Task An_application_credential_brings_its_project_and_can_make_no_other()
    {
        using var demo = await Caller.LoginAsync(cloud);
        var user = cloud.World.UserId("demo");
        var made = (await demo.PostAsync($"/identity/v3/users/{user}/application_credentials", Caller.Json("""{"application_credential": {"name": "kedge"}}""")))["application_credential"];

        using var stranger = Caller.Stranger(cloud);
        var answer = await stranger.PostAsync("/identity/v3/auth/tokens", new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("application_credential"),
                    ["application_credential"] = new JsonObject { ["id"] = (string)made["id"]!, ["secret"] = (string)made["secret"]! },
                },
            },
        });

        Assert.Equal(201, answer.Status);
        Assert.Equal(cloud.World.ProjectId("demo"), (string)answer["token"]["project"]!["id"]!);
        Assert.Equal(6, answer["token"]["catalog"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_images_id_can_be_chosen_but_never_twice()
    {
        using var demo = await Caller.LoginAsync(cloud);
        const string Id = "11111111-2222-4333-8444-555555555555";
        JsonObject Body() => new() { ["id"] = Id, ["name"] = "i", ["container_format"] = "bare", ["disk_format"] = "raw" };

        var first = await demo.PostAsync("/image/v2/images", Body());
        var second = await demo.PostAsync("/image/v2/images", Body());
        await demo.DeleteAsync($"/image/v2/images/{Id}");
        var third = await demo.PostAsync("/image/v2/images", Body());

        Assert.Equal((201, 409, 409), (first.Status, second.Status, third.Status));
    }

    [Fact]
    public async Task Bytes_go_up_and_down_with_their_hash_and_reserved_properties_are_refused()
    {
        using var demo = await Caller.LoginAsync(cloud);
        var bytes = new byte[200_001];
        new Random(3).NextBytes(bytes);
        var id = (string)(await demo.PostAsync("/image/v2/images", Caller.Json("""{"name": "i", "container_format": "bare", "disk_format": "raw", "own": "x"}"""))).Json!["id"]!;

        var uploaded = await demo.UploadAsync($"/image/v2/images/{id}/file", bytes);
        var again = await demo.UploadAsync($"/image/v2/images/{id}/file", bytes);
        var image = (await demo.GetAsync($"/image/v2/images/{id}")).Json!;
        var reserved = await demo.PostAsync("/image/v2/images", Caller.Json("""{"os_glance_import_task": "x"}"""));

        Assert.Equal((204, 409, 403), (uploaded, again, reserved.Status));
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(bytes)), (string)image["os_hash_value"]!);
        Assert.Equal(bytes, await demo.DownloadAsync($"/image/v2/images/{id}/file"));
    }

    [Fact]
    public async Task An_unasked_list_shows_twenty_five_images_and_where_to_go_on()
    {
        using var demo = await Caller.LoginAsync(cloud);
        for (var i = 0; i < 30; i++)
            await demo.PostAsync("/image/v2/images", new JsonObject { ["name"] = $"i{i}" });

        var first = await demo.GetAsync("/image/v2/images");
        var second = await demo.GetAsync("/image" + (string)first["next"]!);

        Assert.Equal(25, first["images"].AsArray().Count);
        Assert.Equal(6, second["images"].AsArray().Count);
    }

    [Fact]
    public async Task Somebody_elses_things_are_not_found()
    {
        using var demo = await Caller.LoginAsync(cloud);
        using var other = await Caller.LoginAsync(cloud, "other");
        var volume = (await demo.PostAsync("/volume/v3/volumes", Caller.Json("""{"volume": {"size": 1}}"""))).Id("volume");

        Assert.Equal(404, (await other.GetAsync($"/volume/v3/volumes/{volume}")).Status);
        Assert.Empty((await other.GetAsync("/volume/v3/volumes"))["volumes"].AsArray());
    }

    [Fact]
    public async Task A_stack_names_its_resources()
    {
        var id = cloud.World.CreateStack("demo", "shop", ("db", "OS::Nova::Server", "s-1"), ("disk", "OS::Cinder::Volume", "v-1"));
        using var demo = await Caller.LoginAsync(cloud);

        var byName = (await demo.GetAsync("/orchestration/v1/stacks/shop"))["stack"];
        var resources = (await demo.GetAsync($"/orchestration/v1/{cloud.World.ProjectId("demo")}/stacks/shop/{id}/resources"))["resources"].AsArray();

        Assert.Equal(id, (string)byName["id"]!);
        Assert.Equal(["s-1", "v-1"], resources.Select(r => (string)r!["physical_resource_id"]!));
    }

    [Fact]
    public async Task Versions_are_told_before_anybody_has_logged_in()
    {
        using var stranger = Caller.Stranger(cloud);

        var nova = await stranger.GetAsync("/compute/v2.1/");
        var keystone = await stranger.GetAsync("/identity/");
        var cinder = await stranger.GetAsync("/volume/v3/");

        Assert.Equal("2.96", (string)nova["version"]["version"]!);
        Assert.Equal("v3.14", (string)keystone["versions"]["values"]![0]!["id"]!);
        Assert.Equal("3.70", (string)cinder["versions"][0]!["version"]!);
    }
}
