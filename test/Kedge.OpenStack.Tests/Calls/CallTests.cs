using System.Net;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Calls;

public sealed class CallTests : IDisposable
{
    const string LimitsBody = """{"limits": {"absolute": {"maxTotalInstances": 10}}}""";

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task Every_attempt_is_told_with_its_template_and_request_id()
    {
        world.On("POST nova/v2.1/servers/s1/action", 429, "", ("x-openstack-request-id", "req-1"), ("Retry-After", "1"))
            .On("POST nova/v2.1/servers/s1/action", 202, "", ("x-openstack-request-id", "req-2"));
        await using var cloud = world.Connect(clock);
        await cloud.AuthenticateAsync(Cancel);
        var calls = new List<CallRecord>();
        cloud.Called += calls.Add;

        await cloud.Compute.StartServerAsync(new("s1"), Cancel);

        Assert.Equal(["req-1", "req-2"], calls.Select(call => call.RequestId));
        Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.Accepted], calls.Select(call => call.Status!.Value));
        Assert.All(calls, call => Assert.Equal(("test", "compute", "POST", "servers/{}/action"), (call.Cloud, call.Service, call.Method, call.PathTemplate)));
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_told_too()
    {
        world.On("POST nova/v2.1/servers/s1/action", (_, _) => throw new HttpRequestException(HttpRequestError.ResponseEnded, "lost"));
        await using var cloud = world.Connect(clock);
        using var log = Cloud.Record();

        await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.Equal([HttpStatusCode.Created, null], log.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Steps_side_by_side_record_their_own_calls()
    {
        foreach (var id in (string[])["a", "b", "c"])
            world.On($"POST nova/v2.1/servers/{id}/action", 202, "", ("x-openstack-request-id", $"req-{id}"));
        await using var cloud = world.Connect(clock);
        await cloud.AuthenticateAsync(Cancel);

        async Task<IReadOnlyList<string>> StepAsync(string id)
        {
            using var log = Cloud.Record();
            await Task.Yield();
            await cloud.Compute.StopServerAsync(new(id), Cancel);
            await cloud.Compute.StartServerAsync(new(id), Cancel);
            return log.RequestIds;
        }

        var ids = await Task.WhenAll(StepAsync("a"), StepAsync("b"), StepAsync("c"));

        Assert.Equal([["req-a"], ["req-b"], ["req-c"]], ids);
    }

    [Fact]
    public async Task A_record_within_a_record_is_seen_by_both_and_ends_by_itself()
    {
        world.On("GET nova/v2.1/limits", 200, LimitsBody);
        await using var cloud = world.Connect(clock);
        await cloud.AuthenticateAsync(Cancel);

        using var outer = Cloud.Record();
        using (var inner = Cloud.Record())
        {
            await cloud.Compute.GetLimitsAsync(Cancel);
            Assert.Single(inner.Calls);
        }

        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(2, outer.Calls.Count);
    }
}
