using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Tests.Wire;

namespace Kedge.OpenStack.Tests.Calls;

public sealed class ServerTests : IDisposable
{
    static readonly CancellationToken Cancel = CancellationToken.None;

    readonly ScriptedCloud cloud = new(TimeProvider.System);

    [Fact]
    public async Task A_server_is_read_twice_since_no_microversion_shows_both_the_flavors_id_and_its_content()
    {
        cloud.On("GET", "/compute/v2.1/servers/s1", sent => VersionOf(sent) <= 46
            ? ScriptedCloud.Json("""{"server": {"id": "s1", "name": "web", "status": "ACTIVE", "flavor": {"id": "f1"}}}""")
            : ScriptedCloud.Json("""{"server": {"id": "s1", "name": "web", "status": "ACTIVE", "flavor": {"original_name": "small", "vcpus": 2, "ram": 512, "disk": 1}}}"""));
        await using var connection = cloud.Connect();

        var server = await connection.Compute.GetServerAsync(new ServerId("s1"), Cancel);

        Assert.Equal("f1", server.Flavor.Id!.Value.Value);
        Assert.Equal(2, server.Flavor.Vcpus);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_null_to_find_and_a_failure_to_get()
    {
        await using var connection = cloud.Connect();

        Assert.Null(await connection.Compute.FindServerAsync(new ServerId("gone"), Cancel));
        var failed = await Assert.ThrowsAsync<OpenStackException>(() => connection.Compute.GetServerAsync(new ServerId("gone"), Cancel));
        Assert.Equal(Fault.NotFound, failed.Fault);
    }

    [Fact]
    public async Task A_cloud_too_old_for_what_is_asked_says_what_would_be_needed()
    {
        cloud.On("GET", "/compute/v2.1/", () => ScriptedCloud.Json("""{"version": {"id": "v2.1", "version": "2.1", "min_version": "2.1"}}"""));
        cloud.On("GET", "/compute/v2.1", () => ScriptedCloud.Json("""{"version": {"id": "v2.1", "version": "2.1", "min_version": "2.1"}}"""));
        await using var connection = cloud.Connect();

        var old = await Assert.ThrowsAsync<OpenStackException>(() => connection.Compute.SetServerTagsAsync(new ServerId("s1"), ["x"], Cancel));

        Assert.Equal(Fault.MicroversionTooOld, old.Fault);
        Assert.Contains("2.26", old.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_calls_of_a_piece_of_work_are_recorded_apart_from_others()
    {
        await using var connection = cloud.Connect();
        await connection.AuthenticateAsync(Cancel);

        using var log = Cloud.Record();
        _ = await connection.Compute.FindServerAsync(new ServerId("gone"), Cancel);

        Assert.Contains(log.Calls, call => call is { Service: "compute", RequestId: "req-1" });
        Assert.DoesNotContain(log.Calls, call => call.Service == "identity");
    }

    static int VersionOf(Sent sent) => sent.Microversion is { } version ? int.Parse(version.Split('.')[^1]) : 1;

    public void Dispose() => cloud.Dispose();
}
