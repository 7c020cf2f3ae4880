using Kedge.OpenStack.Network;
using Kedge.OpenStack.Tests.World;
using Kedge.Testing;

namespace Kedge.OpenStack.Tests.Retries;

/// <summary>Calls whose waits pass on a simulated clock: exact to the tick, and never overtaken by a deadline.</summary>
public sealed class SimulatedTimeTests : IDisposable
{
    const string Token = "POST keystone/v3/auth/tokens";
    const string Read = "GET neutron/v2.0/networks/n1";
    const string Write = "POST neutron/v2.0/networks";
    const string Network = """{"network": {"id": "n1", "name": "lan"}}""";

    readonly FakeClock clock = new();
    readonly ScriptedCloud world = new();

    public void Dispose() => world.Dispose();

    Task<VirtualNetwork> ReadAsync() => InSimulationAsync(cloud => cloud.Network.GetNetworkAsync(new("n1"), CancellationToken.None));

    Task<VirtualNetwork> WriteAsync() => InSimulationAsync(cloud => cloud.Network.CreateNetworkAsync(new() { Name = "lan" }, CancellationToken.None));

    Task<T> InSimulationAsync<T>(Func<Cloud, Task<T>> body) => SimulatedTime.RunAsync(clock, async () =>
    {
        await using var cloud = world.Connect(clock);
        return await body(cloud);
    });

    [Fact]
    public async Task A_wait_between_attempts_ends_before_the_deadline_of_the_call()
    {
        world.On(Read, 503).On(Read, 503).On(Read, 503).On(Read, 200, Network);

        var network = await ReadAsync();

        Assert.Equal("lan", network.Name);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.75), TimeSpan.FromSeconds(3.5));
    }

    [Fact]
    public async Task A_token_that_Keystone_could_not_give_is_asked_for_again()
    {
        world.On(Token, 503).On(Token, 201, ScriptedCloud.TokenBody(TimeSpan.FromHours(1)), ("X-Subject-Token", "late")).On(Read, 200, Network);

        await ReadAsync();

        Assert.Equal("late", Assert.Single(world.CallsTo(Read)).Token);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task The_wait_that_a_cloud_asks_for_is_kept_to_the_second()
    {
        world.On(Write, 429, "", ("Retry-After", "17")).On(Write, 201, Network);

        await WriteAsync();

        Assert.Equal(TimeSpan.FromSeconds(17), clock.Elapsed);
    }

    [Fact]
    public async Task The_day_and_hour_that_a_cloud_asks_to_wait_for_is_kept()
    {
        world.On(Read, 503, "", ("Retry-After", clock.Start.AddSeconds(21).ToString("R"))).On(Read, 200, Network);

        await ReadAsync();

        Assert.Equal(TimeSpan.FromSeconds(21), clock.Elapsed);
    }

    [Fact]
    public async Task A_write_without_an_answer_may_have_happened()
    {
        world.On(Write, SilenceAsync);

        var failure = await Assert.ThrowsAsync<OpenStackException>(WriteAsync);

        Assert.Equal((Fault.Unclear, true), (failure.Fault, failure.MayHaveHappened));
        Assert.Equal(ScriptedCloud.Settings.Limits.AttemptTimeout, clock.Elapsed);
        Assert.Single(world.CallsTo(Write));
    }

    [Fact]
    public async Task A_write_that_still_waited_for_its_token_has_not_happened()
    {
        world.On(Token, SilenceAsync);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => InSimulationAsync(RenamedAsync));

        Assert.Equal((false, true), (failure.MayHaveHappened, failure.IsTransient));
        Assert.DoesNotContain(world.Calls, call => call.Call.Contains("neutron", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_whose_token_ran_out_and_whose_new_one_does_not_come_has_not_happened()
    {
        world.On(Token, 201, ScriptedCloud.TokenBody(TimeSpan.FromHours(1)), ("X-Subject-Token", "old")).On(Token, SilenceAsync).On(Write, 401);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => InSimulationAsync(async cloud =>
        {
            await cloud.AuthenticateAsync(CancellationToken.None);
            return await RenamedAsync(cloud);
        }));

        Assert.False(failure.MayHaveHappened, failure.ToString());
    }

    static Task<VirtualNetwork> RenamedAsync(Cloud cloud) => cloud.Network.CreateNetworkAsync(new() { Name = "lan" }, CancellationToken.None);

    static Task<HttpResponseMessage> SilenceAsync(Asked call, CancellationToken cancel)
    {
        var never = new TaskCompletionSource<HttpResponseMessage>();
        cancel.Register(() => never.TrySetCanceled(cancel));
        return never.Task;
    }
}
