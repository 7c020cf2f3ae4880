using System.Net;
using Kedge.OpenStack.Network;
using Kedge.OpenStack.Tests.Wire;

namespace Kedge.OpenStack.Tests.Calls;

public sealed class RetryTests : IDisposable
{
    const string Networks = "/network/v2.0/networks";
    const string Empty = """{"networks": []}""";
    const string Created = """{"network": {"id": "n1", "name": "new", "status": "ACTIVE"}}""";

    static readonly CancellationToken Cancel = CancellationToken.None;

    readonly ScriptedCloud cloud = new(TimeProvider.System);

    [Fact]
    public async Task A_read_is_repeated_until_the_cloud_answers()
    {
        cloud.On("GET", Networks, Refused(HttpStatusCode.ServiceUnavailable), Refused(HttpStatusCode.BadGateway), () => ScriptedCloud.Json(Empty));
        await using var connection = cloud.Connect();

        await ListAsync(connection);

        Assert.Equal(3, cloud.AskedOf(Networks).Count());
    }

    [Fact]
    public async Task A_read_is_not_repeated_forever()
    {
        cloud.On("GET", Networks, Refused(HttpStatusCode.ServiceUnavailable));
        await using var connection = cloud.Connect();

        var failed = await Assert.ThrowsAsync<OpenStackException>(() => ListAsync(connection));

        Assert.Equal(Fault.Unavailable, failed.Fault);
        Assert.True(failed.IsTransient);
        Assert.False(failed.MayHaveHappened);
        Assert.Equal(4, cloud.AskedOf(Networks).Count());
    }

    [Fact]
    public async Task A_read_whose_connection_breaks_is_repeated()
    {
        cloud.On("GET", Networks, () => throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was reset."), () => ScriptedCloud.Json(Empty));
        await using var connection = cloud.Connect();

        await ListAsync(connection);

        Assert.Equal(2, cloud.AskedOf(Networks).Count());
    }

    [Fact]
    public async Task A_write_that_was_sent_and_has_no_answer_is_never_repeated()
    {
        cloud.On("POST", Networks, () => throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was reset."), () => ScriptedCloud.Json(Created));
        await using var connection = cloud.Connect();

        var failed = await Assert.ThrowsAsync<OpenStackException>(() => CreateAsync(connection));

        Assert.Equal(Fault.Unclear, failed.Fault);
        Assert.True(failed.MayHaveHappened);
        Assert.Single(cloud.AskedOf(Networks));
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.GatewayTimeout)]
    public async Task A_write_that_failed_at_the_clouds_side_is_never_repeated(HttpStatusCode status)
    {
        cloud.On("POST", Networks, Refused(status), () => ScriptedCloud.Json(Created));
        await using var connection = cloud.Connect();

        var failed = await Assert.ThrowsAsync<OpenStackException>(() => CreateAsync(connection));

        Assert.True(failed.MayHaveHappened);
        Assert.Equal("req-1", failed.RequestId);
        Assert.Single(cloud.AskedOf(Networks));
    }

    [Fact]
    public async Task A_write_that_was_refused_for_its_rate_is_repeated()
    {
        cloud.On("POST", Networks, RefusedFor(TimeSpan.Zero), () => ScriptedCloud.Json(Created));
        await using var connection = cloud.Connect();

        await CreateAsync(connection);

        Assert.Equal(2, cloud.AskedOf(Networks).Count());
    }

    [Fact]
    public async Task A_write_that_found_no_connection_is_repeated()
    {
        cloud.On("POST", Networks, () => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"), () => ScriptedCloud.Json(Created));
        await using var connection = cloud.Connect();

        await CreateAsync(connection);

        Assert.Equal(2, cloud.AskedOf(Networks).Count());
    }

    [Fact]
    public async Task A_wait_longer_than_is_sensible_is_reported_and_not_waited_for()
    {
        cloud.On("GET", Networks, RefusedFor(TimeSpan.FromHours(1)));
        await using var connection = cloud.Connect();

        var failed = await Assert.ThrowsAsync<OpenStackException>(() => ListAsync(connection));

        Assert.Equal(Fault.OverLimit, failed.Fault);
        Assert.Equal(TimeSpan.FromHours(1), failed.RetryAfter);
        Assert.Single(cloud.AskedOf(Networks));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, Fault.BadRequest)]
    [InlineData(HttpStatusCode.Forbidden, Fault.Forbidden)]
    [InlineData(HttpStatusCode.Conflict, Fault.Conflict)]
    public async Task What_the_cloud_says_no_to_is_said_once(HttpStatusCode status, Fault fault)
    {
        cloud.On("POST", Networks, () => ScriptedCloud.Refusal(status, """{"NeutronError": {"type": "Some", "message": "not like this", "detail": ""}}"""));
        await using var connection = cloud.Connect();

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => CreateAsync(connection));

        Assert.Equal(fault, refused.Fault);
        Assert.Contains("not like this", refused.CloudMessage!, StringComparison.Ordinal);
        Assert.False(refused.IsTransient);
        Assert.Single(cloud.AskedOf(Networks));
    }

    [Fact]
    public async Task A_quota_is_told_from_other_conflicts()
    {
        cloud.On("POST", Networks, () => ScriptedCloud.Refusal(HttpStatusCode.Conflict, """{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['network'].", "detail": ""}}"""));
        await using var connection = cloud.Connect();

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => CreateAsync(connection));

        Assert.Equal(Fault.OverQuota, refused.Fault);
    }

    [Fact]
    public async Task Only_so_many_calls_are_under_way_at_once()
    {
        var (now, most) = (0, 0);
        cloud.On("GET", Networks, () => ScriptedCloud.Json(Empty));
        cloud.Before = async cancel =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(5, cancel);
            Interlocked.Decrement(ref now);
        };
        await using var connection = cloud.Connect(settings => settings with { Limits = settings.Limits with { CallsAtOnce = 3 } });

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ListAsync(connection)));

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        cloud.On("GET", Networks, () => ScriptedCloud.Json(Empty));
        await using var connection = cloud.Connect();
        await connection.AuthenticateAsync(Cancel);
        cloud.Before = async cancel =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.Network.ListNetworksAsync(NetworkFilter.None, stop.Token).ToListAsync(stop.Token));
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_at_its_deadline()
    {
        await using var connection = cloud.Connect(settings => settings with { Limits = settings.Limits with { AttemptTimeout = TimeSpan.FromMilliseconds(50), Attempts = 2 } });
        await connection.AuthenticateAsync(Cancel);
        cloud.Before = cancel => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

        var late = await Assert.ThrowsAsync<OpenStackException>(() => ListAsync(connection));

        Assert.Equal(Fault.Unavailable, late.Fault);
    }

    static Func<HttpResponseMessage> Refused(HttpStatusCode status) => () => ScriptedCloud.Refusal(status);

    static Func<HttpResponseMessage> RefusedFor(TimeSpan wait) => () =>
    {
        var response = ScriptedCloud.Refusal(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter = new(wait);
        return response;
    };

    static async Task ListAsync(Cloud connection) => _ = await connection.Network.ListNetworksAsync(NetworkFilter.None, Cancel).ToListAsync();

    static Task<VirtualNetwork> CreateAsync(Cloud connection) => connection.Network.CreateNetworkAsync(new NewNetwork { Name = "new" }, Cancel);

    public void Dispose() => cloud.Dispose();
}
