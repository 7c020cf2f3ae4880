using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>Servers of objects that do not stop talking: an answer is read up to a bound, and then it is a failure like any other.</summary>
public sealed class EndlessAnswerTests : IAsyncDisposable
{
    const long Bound = 24 << 20;
    readonly EndlessServer server = new();
    readonly HastyClock clock = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(200, "[")]
    [InlineData(200, "[ {\"name\": 1}")]
    [InlineData(500, "")]
    public async Task A_listing_of_swift_without_end_is_given_up(int status, string beginning)
    {
        server.Answer = path => path == "/auth/v1.0" ? (200, "") : (status, beginning);
        using var store = SwiftStore.Open(Swift(), clock);

        var failed = await Assert.ThrowsAsync<RepositoryException>(async () => await Count(store));

        Assert.Equal(RepositoryFault.Unavailable, failed.Fault);
        Assert.InRange(server.LongestBytes, 0, Bound);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[7]")]
    [InlineData("[{\"name\":\"a\"}]")]
    [InlineData("<html>")]
    public async Task A_listing_of_swift_that_is_none_is_the_stores_failure(string body)
    {
        server.IsEndless = false;
        server.Answer = path => (200, path == "/auth/v1.0" ? "" : body);
        using var store = SwiftStore.Open(Swift(), clock);

        var failed = await Assert.ThrowsAsync<RepositoryException>(async () => await Count(store));

        Assert.Equal(RepositoryFault.Unavailable, failed.Fault);
    }

    [Fact]
    public async Task A_login_of_swift_without_end_is_not_waited_for()
    {
        server.IsLoginEndless = true;
        server.Answer = path => (path == "/auth/v1.0" ? 200 : 404, "");
        using var store = SwiftStore.Open(Swift(), clock);

        var found = await store.FindAsync("format", Cancel);

        Assert.Null(found);
        Assert.InRange(server.LongestBytes, 0, Bound);
    }

    [Theory]
    [InlineData(200, "<ListBucketResult>")]
    [InlineData(500, "<Error>")]
    public async Task A_listing_of_s3_without_end_is_given_up(int status, string beginning)
    {
        server.Answer = _ => (status, beginning);
        using var store = S3Store.Open(new S3Settings { Endpoint = server.Address, Bucket = "b", AccessKey = "a", SecretKey = "s" }, clock);

        var failed = await Assert.ThrowsAsync<RepositoryException>(async () => await Count(store));

        Assert.Equal(RepositoryFault.Unavailable, failed.Fault);
        Assert.InRange(server.LongestBytes, 0, Bound);
    }

    [Fact]
    public async Task A_range_that_s3_answers_with_the_whole_object_is_not_taken_for_the_range()
    {
        server.IsEndless = false;
        server.Answer = _ => (200, "0123456789");
        using var store = S3Store.Open(new S3Settings { Endpoint = server.Address, Bucket = "b", AccessKey = "a", SecretKey = "s" }, clock);

        var failed = await Assert.ThrowsAsync<RepositoryException>(async () => await store.ReadAsync("format", 4, new byte[4], Cancel));

        Assert.Equal(RepositoryFault.Unavailable, failed.Fault);
    }

    SwiftSettings Swift() => new() { AuthUrl = new Uri(server.Address, "auth/v1.0"), Container = "c", User = "a:b", Password = "p", Login = SwiftLogin.TempAuth };

    static async Task<int> Count(IStore store)
    {
        var count = 0;
        await foreach (var _ in store.ListAsync("points/", Cancel)) count++;
        return count;
    }

    /// <summary>Short waits are over at once.</summary>
    sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < TimeSpan.FromMinutes(1) && dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
