using System.Net.Sockets;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Faults;

namespace Kedge.Sandbox.Tests;

public sealed class FaultTests
{
    readonly ManualClock clock = new();
    readonly SandboxCloud cloud;

    public FaultTests() => cloud = SandboxCloud.Create(new SandboxSettings(), clock);

    [Fact]
    public async Task A_lost_answer_leaves_its_effect_and_a_lost_request_none()
    {
        using var demo = await Caller.LoginAsync(cloud);

        cloud.Faults.OnCall = call => call.IsWrite ? new FaultAction.LoseRequest() : FaultAction.None;
        await Assert.ThrowsAsync<HttpRequestException>(() => VolumeAsync(demo));
        var afterLostRequest = cloud.World.List(ResourceKind.Volume).Count;
        cloud.Faults.OnCall = call => call.IsWrite ? new FaultAction.LoseAnswer() : FaultAction.None;
        await Assert.ThrowsAsync<HttpRequestException>(() => VolumeAsync(demo));

        Assert.Equal(0, afterLostRequest);
        Assert.Single(cloud.World.List(ResourceKind.Volume));
    }

    [Fact]
    public async Task A_refusal_has_the_shape_of_its_service_and_says_when_to_come_back()
    {
        using var demo = await Caller.LoginAsync(cloud);

        cloud.Faults.OnCall = _ => new FaultAction.Refuse(429, "Too many.", TimeSpan.FromSeconds(2.5));
        var nova = await demo.GetAsync("/compute/v2.1/servers");
        var neutron = await demo.GetAsync("/network/v2.0/ports");

        Assert.Equal(429, nova.Status);
        Assert.Equal("Too many.", (string)nova["overLimit"]["message"]!);
        Assert.Equal("3", nova.Message.Headers.GetValues("Retry-After").Single());
        Assert.Equal("Too many.", (string)neutron["NeutronError"]["message"]!);
    }

    [Fact]
    public async Task A_request_that_was_under_way_when_the_power_went_arrives_just_before_the_next_like_it()
    {
        using var demo = await Caller.LoginAsync(cloud);
        cloud.Faults.OnCall = call => call.IsWrite ? new FaultAction.LosePowerUnderway() : FaultAction.None;
        await Assert.ThrowsAsync<PowerLost>(() => VolumeAsync(demo));
        cloud.Faults.OnCall = null;
        cloud.Faults.PowerBack();

        var meanwhile = cloud.World.List(ResourceKind.Volume).Count;
        await VolumeAsync(demo);

        Assert.Equal(0, meanwhile);
        Assert.Equal(2, cloud.World.List(ResourceKind.Volume).Count);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Power_is_lost_at_the_call_that_was_named_and_stays_lost(bool afterTheEffect, int volumes)
    {
        using var demo = await Caller.LoginAsync(cloud);
        if (afterTheEffect)
            cloud.Faults.CrashAfter(1);
        else
            cloud.Faults.CrashBefore(1);

        await demo.GetAsync("/volume/v3/volumes");
        await Assert.ThrowsAsync<PowerLost>(() => VolumeAsync(demo));
        await Assert.ThrowsAsync<PowerLost>(() => demo.GetAsync("/volume/v3/volumes"));
        cloud.Faults.PowerBack();

        Assert.Equal(volumes, (await demo.GetAsync("/volume/v3/volumes"))["volumes"].AsArray().Count);
    }

    [Fact]
    public async Task A_dead_cloud_refuses_connections_on_the_socket_and_in_memory_and_comes_back_as_it_was()
    {
        await cloud.ListenAsync(TestContext.Current.CancellationToken);
        using var overSocket = await Caller.LoginAsync(cloud, handler: new SocketsHttpHandler());
        using var inMemory = await Caller.LoginAsync(cloud);
        await VolumeAsync(overSocket);

        await cloud.KillAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => overSocket.GetAsync("/volume/v3/volumes"));
        var refusedInMemory = await Assert.ThrowsAsync<HttpRequestException>(() => inMemory.GetAsync("/volume/v3/volumes"));
        await cloud.ReviveAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refusedInMemory.InnerException).SocketErrorCode);
        Assert.Single((await overSocket.GetAsync("/volume/v3/volumes"))["volumes"].AsArray());
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task Over_the_socket_a_lost_answer_breaks_the_connection()
    {
        await cloud.ListenAsync(TestContext.Current.CancellationToken);
        using var demo = await Caller.LoginAsync(cloud, handler: new SocketsHttpHandler());

        cloud.Faults.OnCall = call => call.IsWrite ? new FaultAction.LoseAnswer() : FaultAction.None;
        await Assert.ThrowsAsync<HttpRequestException>(() => VolumeAsync(demo));

        Assert.Single(cloud.World.List(ResourceKind.Volume));
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_server_can_be_made_to_end_in_error_with_a_message()
    {
        using var demo = await Caller.LoginAsync(cloud);
        cloud.Faults.OnBoot = name => name == "unlucky" ? SandboxFaults.NoValidHost : null;
        var image = (string)(await demo.GetAsync("/image/v2/images"))["images"][0]!["id"]!;

        var id = (await demo.PostAsync("/compute/v2.1/servers", new JsonObject
        {
            ["server"] = new JsonObject { ["name"] = "unlucky", ["flavorRef"] = "1", ["imageRef"] = image, ["networks"] = "none" },
        })).Id("server");

        var server = (await demo.GetAsync($"/compute/v2.1/servers/{id}"))["server"];
        Assert.Equal("ERROR", (string)server["status"]!);
        Assert.Contains("No valid host", (string)server["fault"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delay_goes_by_the_clouds_clock()
    {
        using var demo = await Caller.LoginAsync(cloud);
        cloud.Faults.OnCall = _ => new FaultAction.Delay(TimeSpan.FromMinutes(1));

        var answer = demo.GetAsync("/volume/v3/volumes");
        var isEarly = answer.IsCompleted;
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(isEarly);
        Assert.Equal(200, (await answer).Status);
    }

    static Task<Answered> VolumeAsync(Caller caller) => caller.PostAsync("/volume/v3/volumes", Caller.Json("""{"volume": {"size": 1}}"""));
}
