using System.Net;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Faults;

public sealed class FaultTests : IDisposable
{
    const string Start = "POST nova/v2.1/servers/s1/action";

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(400, """{"badRequest": {"message": "Invalid input", "code": 400}}""", Fault.BadRequest, "Invalid input")]
    [InlineData(401, """{"error": {"code": 401, "message": "expired", "title": "Unauthorized"}}""", Fault.Unauthorized, "expired")]
    [InlineData(403, """{"forbidden": {"message": "Policy doesn't allow it", "code": 403}}""", Fault.Forbidden, "Policy doesn't allow it")]
    [InlineData(403, """{"forbidden": {"message": "Quota exceeded for cores: Requested 2, but already used 9 of 10 cores", "code": 403}}""", Fault.OverQuota, "Quota exceeded for cores: Requested 2, but already used 9 of 10 cores")]
    [InlineData(403, """{"forbidden": {"message": "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed."}}""", Fault.Forbidden, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.")]
    [InlineData(403, """{"NeutronError": {"type": "PolicyNotAuthorized", "message": "rule:get_quota is disallowed by policy", "detail": ""}}""", Fault.Forbidden, "PolicyNotAuthorized: rule:get_quota is disallowed by policy")]
    [InlineData(409, """{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: ['rbac_policy'].", "detail": ""}}""", Fault.OverQuota, "OverQuota: Quota exceeded for resources: ['rbac_policy'].")]
    [InlineData(404, """{"itemNotFound": {"message": "Instance s1 could not be found.", "code": 404}}""", Fault.NotFound, "Instance s1 could not be found.")]
    [InlineData(409, """{"conflictingRequest": {"message": "Cannot 'start' instance while it is in vm_state active", "code": 409}}""", Fault.Conflict, "Cannot 'start' instance while it is in vm_state active")]
    [InlineData(409, """{"NeutronError": {"type": "OverQuota", "message": "No more are allowed", "detail": ""}}""", Fault.OverQuota, "OverQuota: No more are allowed")]
    [InlineData(409, """{"NeutronError": {"type": "MacAddressInUse", "message": "in use", "detail": ""}}""", Fault.Conflict, "MacAddressInUse: in use")]
    [InlineData(413, """{"overLimit": {"message": "VolumeSizeExceedsAvailableQuota: too much", "code": 413, "retryAfter": "0"}}""", Fault.OverQuota, "VolumeSizeExceedsAvailableQuota: too much")]
    [InlineData(413, """{"overLimit": {"message": "SnapshotLimitExceeded: Maximum number of snapshots allowed (3) exceeded", "code": 413}}""", Fault.OverQuota, "SnapshotLimitExceeded: Maximum number of snapshots allowed (3) exceeded")]
    [InlineData(404, "<html><head><title>404</title></head><body><h1>404 Not Found</h1>No image\n found</body></html>", Fault.NotFound, "404 Not Found No image found")]
    [InlineData(400, """{"explanation": "bad", "code": 400, "error": {"message": "The template is wrong", "type": "StackValidationFailed"}}""", Fault.BadRequest, "StackValidationFailed: The template is wrong")]
    [InlineData(302, "", Fault.Protocol, null)]
    [InlineData(410, "", Fault.NotFound, null)]
    [InlineData(418, "{ broken", Fault.BadRequest, "{ broken")]
    public async Task A_refusal_is_known_by_its_status_and_by_what_the_cloud_says(int status, string body, Fault fault, string? said)
    {
        world.On(Start, status, body, ("x-openstack-request-id", "req-7"));
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.Equal(fault, failure.Fault);
        Assert.Equal(said, failure.CloudMessage);
        Assert.Equal(("test", "compute", "POST", "http://nova.test/v2.1/servers/s1/action"), (failure.Cloud, failure.Service, failure.Method, failure.Url));
        Assert.Equal((HttpStatusCode)status, failure.Status);
        Assert.Equal("req-7", failure.RequestId);
        Assert.Contains("req-7", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.MayHaveHappened);
    }

    [Fact]
    public async Task Secrets_that_a_cloud_echoes_are_not_in_the_message()
    {
        world.On("POST keystone/v3/auth/tokens", 400, """{"error": {"message": "Invalid input for field 'password': 'the-password' is too short", "code": 400}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Contains("'***' is too short", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-password", failure.ToString() + failure.CloudMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_a_cloud_echoes_is_not_in_the_message()
    {
        world.On(Start, 400, """{"badRequest": {"message": "token-1 is not welcome"}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.DoesNotContain("token-1", failure.ToString() + failure.CloudMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_in_an_address_are_not_in_the_message()
    {
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { AuthUrl = new("http://ann:the-password@gone.test/v3") }, world, clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal("http://gone.test/v3/auth/tokens", failure.Url);
        Assert.DoesNotContain("the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_print_no_secrets()
    {
        var password = ScriptedCloud.Settings;
        var application = password with { Credential = new Credential.Application(new("ac1"), null, null, "the-secret") };
        var token = password with { Credential = new Credential.Token("the-token") };

        var printed = $"{password} {application} {token} {password.Credential} {application.Credential} {token.Credential}";

        Assert.DoesNotContain("the-", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_message_of_the_cloud_is_cut()
    {
        world.On(Start, 400, $$$"""{"badRequest": {"message": "{{{new string('x', 5000)}}}"}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.InRange(failure.CloudMessage!.Length, 1000, 1001);
    }

    [Theory]
    [InlineData("<html>a page of a proxy</html>")]
    [InlineData("""{"other": {}}""")]
    [InlineData("""{"limits": 7}""")]
    [InlineData("")]
    [InlineData("""{"limits": {"absolute": {"maxTotalInstances": "many"}}}""")]
    public async Task An_answer_that_is_not_what_the_API_promises_is_a_fault_of_the_protocol(string body)
    {
        world.On("GET nova/v2.1/limits", 200, body);
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.Protocol, failure.Fault);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task What_is_missing_is_null_for_Find_and_a_fault_for_Get()
    {
        await using var cloud = world.Connect(clock);

        var found = await cloud.Compute.FindFlavorAsync(new("f1"), Cancel);
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetFlavorAsync(new("f1"), Cancel));

        Assert.Null(found);
        Assert.Equal(Fault.NotFound, failure.Fault);
    }

    [Fact]
    public async Task Deleting_what_is_gone_is_no_failure()
    {
        await using var cloud = world.Connect(clock);

        await cloud.Compute.DeleteServerAsync(new ServerId("s1"), Cancel);

        Assert.Single(world.CallsTo("DELETE nova/v2.1/servers/s1"));
    }
}
