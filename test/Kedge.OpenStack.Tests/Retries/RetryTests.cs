using System.Net;
using Kedge.OpenStack.Tests.World;
using Kedge.Testing;

namespace Kedge.OpenStack.Tests.Retries;

public sealed class RetryTests : IDisposable
{
    const string Limits = "GET nova/v2.1/limits";
    const string LimitsBody = """{"limits": {"absolute": {"maxTotalInstances": 10}}}""";
    const string Start = "POST nova/v2.1/servers/s1/action";

    /// <summary>A repetition that should not be would wait for a clock that stands still. Milliseconds.</summary>
    const int EndsAnyway = 120_000;

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_read_that_the_cloud_could_not_answer_is_repeated_with_growing_waits(int status)
    {
        world.On(Limits, status).On(Limits, status).On(Limits, status).On(Limits, 200, LimitsBody);
        await using var cloud = world.Connect(clock);

        var limits = await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(10, limits.MaxServers);
        Assert.Collection(
            clock.Waits,
            wait => Assert.InRange(wait.TotalSeconds, 0.25, 0.5),
            wait => Assert.InRange(wait.TotalSeconds, 0.5, 1),
            wait => Assert.InRange(wait.TotalSeconds, 1, 2));
    }

    [Fact]
    public async Task A_read_that_fails_for_ever_ends_after_the_attempts_that_were_allowed()
    {
        world.On(Limits, 503, "busy", ("x-openstack-request-id", "req-1"));
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.Unavailable, failure.Fault);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failure.Status);
        Assert.Equal("req-1", failure.RequestId);
        Assert.True(failure.IsTransient);
        Assert.False(failure.MayHaveHappened);
        Assert.Equal(4, world.CallsTo(Limits).Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_write_that_the_cloud_may_have_done_is_never_repeated(int status)
    {
        world.On(Start, status, "", ("Retry-After", "1")).On(Start, 202);
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.Equal(Fault.Unclear, failure.Fault);
        Assert.True(failure.MayHaveHappened);
        Assert.True(failure.IsTransient);
        Assert.Single(world.CallsTo(Start));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(413)]
    public async Task A_write_that_was_refused_for_its_rate_is_repeated_after_the_time_asked_for(int status)
    {
        world.On(Start, status, """{"overLimit": {"message": "This request was rate-limited."}}""", ("Retry-After", "7")).On(Start, 202);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.StartServerAsync(new("s1"), Cancel);

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(clock.Waits));
        Assert.Equal(2, world.CallsTo(Start).Count);
    }

    [Fact]
    public async Task A_time_asked_for_as_a_date_is_honoured_by_our_clock()
    {
        var date = (clock.GetUtcNow() + TimeSpan.FromSeconds(9)).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        world.On(Limits, 503, "", ("Retry-After", date)).On(Limits, 200, LimitsBody);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(TimeSpan.FromSeconds(9), Assert.Single(clock.Waits));
    }

    [Fact]
    public async Task A_time_asked_for_that_is_too_long_is_reported_and_not_waited_for()
    {
        world.On(Limits, 429, "", ("Retry-After", "3600"));
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.OverLimit, failure.Fault);
        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Single(world.CallsTo(Limits));
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    public async Task A_write_for_which_no_connection_could_be_made_is_repeated(HttpRequestError error)
    {
        world.On(Start, (_, _) => throw new HttpRequestException(error, "refused")).On(Start, 202);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.StartServerAsync(new("s1"), Cancel);

        Assert.Equal(2, world.CallsTo(Start).Count);
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.InvalidResponse)]
    [InlineData(HttpRequestError.Unknown)]
    public async Task A_write_whose_answer_was_lost_may_have_happened_and_is_not_repeated(HttpRequestError error)
    {
        world.On(Start, (_, _) => throw new HttpRequestException(error, "lost")).On(Start, 202);
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.True(failure.MayHaveHappened);
        Assert.Null(failure.Status);
        Assert.Single(world.CallsTo(Start));
    }

    [Fact]
    public async Task A_read_whose_answer_was_lost_is_repeated()
    {
        world.On(Limits, (_, _) => throw new HttpRequestException(HttpRequestError.ResponseEnded, "lost")).On(Limits, 200, LimitsBody);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(2, world.CallsTo(Limits).Count);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        world.On(Limits, 403, """{"forbidden": {"message": "Policy doesn't allow os_compute_api:limits to be performed.", "code": 403}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.Forbidden, failure.Fault);
        Assert.Contains("os_compute_api:limits", failure.Message, StringComparison.Ordinal);
        Assert.Contains("member", failure.Message, StringComparison.Ordinal);
        Assert.Single(world.CallsTo(Limits));
    }

    [Fact(Timeout = EndsAnyway)]
    public async Task Silence_until_the_deadline_leaves_a_write_unclear()
    {
        var (time, arrived) = (new FakeClock(), new TaskCompletionSource());
        world.On(Start, (_, cancel) => SilentAsync(arrived, cancel));
        await using var cloud = world.Connect(time);

        var call = cloud.Compute.StartServerAsync(new("s1"), Cancel);
        await arrived.Task;
        time.Advance(TimeSpan.FromSeconds(61));
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => call);

        Assert.Equal(Fault.Unclear, failure.Fault);
        Assert.Single(world.CallsTo(Start));
    }

    [Fact(Timeout = EndsAnyway)]
    public async Task The_deadline_of_the_whole_call_ends_its_attempts()
    {
        var (time, arrived) = (new FakeClock(), new TaskCompletionSource());
        world.On(Limits, (_, cancel) => SilentAsync(arrived, cancel));
        var settings = ScriptedCloud.Settings with { Limits = new() { Seed = 1, AttemptTimeout = TimeSpan.FromMinutes(9), CallTimeout = TimeSpan.FromMinutes(1) } };
        await using var cloud = Cloud.Connect(settings, world, time);

        var call = cloud.Compute.GetLimitsAsync(Cancel);
        await arrived.Task;
        time.Advance(TimeSpan.FromSeconds(61));
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => call);

        Assert.Equal(Fault.Unavailable, failure.Fault);
        Assert.Single(world.CallsTo(Limits));
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_his_cancellation_and_no_fault()
    {
        using var giveUp = new CancellationTokenSource();
        var arrived = new TaskCompletionSource();
        world.On(Start, (_, cancel) => SilentAsync(arrived, cancel));
        await using var cloud = world.Connect(clock);

        var call = cloud.Compute.StartServerAsync(new("s1"), giveUp.Token);
        await arrived.Task;
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task No_more_calls_are_under_way_at_once_than_the_limit_allows()
    {
        var (now, most) = (0, 0);
        world.On(Limits, async (_, cancel) =>
        {
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return ScriptedCloud.Response(200, LimitsBody);
        });
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { Limits = new() { CallsAtOnce = 3 } }, world, clock);
        await using var other = cloud.ForProject(new("p2"));

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => (i % 2 == 0 ? cloud : other).Compute.GetLimitsAsync(Cancel))));

        Assert.InRange(most, 1, 3);
        Assert.Equal(200, world.CallsTo(Limits).Count);
    }

    [Fact(Timeout = EndsAnyway)]
    public async Task A_call_that_finds_no_slot_in_its_time_was_not_sent()
    {
        var (time, arrived, end) = (new FakeClock(), new TaskCompletionSource(), new TaskCompletionSource());
        world.On(Limits, async (_, _) =>
        {
            arrived.TrySetResult();
            await end.Task;
            return ScriptedCloud.Response(200, LimitsBody);
        });
        var settings = ScriptedCloud.Settings with { Limits = new() { CallsAtOnce = 1, AttemptTimeout = TimeSpan.FromHours(1), CallTimeout = TimeSpan.FromMinutes(1) } };
        await using var cloud = Cloud.Connect(settings, world, time);

        var first = cloud.Compute.GetLimitsAsync(Cancel);
        await arrived.Task;
        var second = cloud.Compute.StartServerAsync(new("s1"), Cancel);
        time.Advance(TimeSpan.FromSeconds(61));
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => second);
        end.SetResult();
        await Record.ExceptionAsync(() => first);

        Assert.False(failure.MayHaveHappened);
        Assert.True(failure.IsTransient);
        Assert.Empty(world.CallsTo(Start));
    }

    static async Task<HttpResponseMessage> SilentAsync(TaskCompletionSource arrived, CancellationToken cancel)
    {
        arrived.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        return new();
    }

    static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
