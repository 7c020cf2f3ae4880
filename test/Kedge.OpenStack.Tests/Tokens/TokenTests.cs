using System.Text.Json.Nodes;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Tokens;

public sealed class TokenTests : IDisposable
{
    const string Keystone = "POST keystone/v3/auth/tokens";
    const string Limits = "GET nova/v2.1/limits";
    const string LimitsBody = """{"limits": {"absolute": {"maxTotalInstances": 10}}}""";

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => world.Dispose();

    [Fact]
    public async Task One_token_serves_many_calls_at_once()
    {
        world.On(Limits, 200, LimitsBody);
        await using var cloud = world.Connect(clock);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cloud.Compute.GetLimitsAsync(Cancel)));

        Assert.Single(world.CallsTo(Keystone));
        Assert.All(world.CallsTo(Limits), call => Assert.Equal("token-1", call.Token));
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires_by_its_lifetime_and_not_by_the_clocks_agreeing()
    {
        world.On(Limits, 200, LimitsBody);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetLimitsAsync(Cancel);
        clock.Advance(world.TokenLifetime - TimeSpan.FromMinutes(6));
        await cloud.Compute.GetLimitsAsync(Cancel);
        clock.Advance(TimeSpan.FromMinutes(2));
        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(["token-1", "token-1", "token-2"], world.CallsTo(Limits).Select(call => call.Token));
    }

    [Fact]
    public async Task A_token_that_is_refused_early_is_renewed_once_and_the_call_made_again_even_a_write()
    {
        const string Start = "POST nova/v2.1/servers/s1/action";
        world.On(Start, 401, """{"error": {"message": "revoked"}}""").On(Start, 202);
        await using var cloud = world.Connect(clock);

        await cloud.Compute.StartServerAsync(new("s1"), Cancel);

        Assert.Equal(["token-1", "token-2"], world.CallsTo(Start).Select(call => call.Token));
        Assert.All(world.CallsTo(Start), call => Assert.Equal("""{"os-start":null}""", call.Body));
    }

    [Fact]
    public async Task A_call_that_is_refused_with_a_new_token_too_is_unauthorized()
    {
        world.On(Limits, 401, """{"error": {"message": "revoked"}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.Unauthorized, failure.Fault);
        Assert.Equal(2, world.CallsTo(Limits).Count);
    }

    [Fact]
    public async Task While_Keystone_is_away_a_token_that_is_still_good_is_used_on()
    {
        world.On(Limits, 200, LimitsBody)
            .On(Keystone, 201, ScriptedCloud.TokenBody(TimeSpan.FromHours(1)), ("X-Subject-Token", "token-1"))
            .On(Keystone, (_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        await using var cloud = world.Connect(clock);

        await cloud.Compute.GetLimitsAsync(Cancel);
        clock.Advance(TimeSpan.FromMinutes(56));
        var limits = await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal(10, limits.MaxServers);
        Assert.Equal(["token-1", "token-1"], world.CallsTo(Limits).Select(call => call.Token));
    }

    [Fact]
    public async Task Wrong_credentials_are_named_and_not_tried_again()
    {
        world.On(Keystone, 401, """{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}""");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Unauthorized, failure.Fault);
        Assert.Equal("identity", failure.Service);
        Assert.Contains("password of", failure.Message, StringComparison.Ordinal);
        Assert.Single(world.CallsTo(Keystone));
    }

    [Fact]
    public async Task An_address_at_which_there_is_no_Keystone_is_doubted_and_nothing_is_taken_for_missing()
    {
        world.On(Keystone, 404, "<html>Not Found</html>");
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.FindServerAsync(new("s1"), Cancel));

        Assert.Equal(("identity", Fault.NotFound), (failure.Service, failure.Fault));
        Assert.Contains("address of a Keystone?", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_token_says_is_known_after_it_was_fetched()
    {
        await using var cloud = world.Connect(clock);
        Assert.Throws<InvalidOperationException>(() => cloud.ProjectId);

        await cloud.AuthenticateAsync(Cancel);

        Assert.Equal(new ProjectId("p1"), cloud.ProjectId);
        Assert.Equal(new UserId("u1"), cloud.UserId);
        Assert.Equal(["member"], cloud.Roles);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_token_is_asked_for_as_Keystone_expects(string what, CloudSettings settings, string expected)
    {
        Assert.NotEmpty(what);
        await using var cloud = Cloud.Connect(settings, world, clock);

        await cloud.AuthenticateAsync(Cancel);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(world.CallsTo(Keystone)[0].Body)), world.CallsTo(Keystone)[0].Body);
    }

    public static TheoryData<string, CloudSettings, string> Requests()
    {
        var settings = ScriptedCloud.Settings;
        const string Password = """{"methods": ["password"], "password": {"user": {"name": "ann", "domain": {"name": "Default"}, "password": "the-password"}}}""";
        static string Scoped(string scope) => """{"auth": {"identity": """ + Password + """, "scope": """ + scope + "}}";
        return new()
        {
            { "project by name", settings, Scoped("""{"project": {"name": "web", "domain": {"name": "Default"}}}""") },
            { "project by id", settings with { Scope = new CloudScope.Project(new("p1"), null, null, null) }, Scoped("""{"project": {"id": "p1"}}""") },
            { "domain", settings with { Scope = new CloudScope.Domain(new("d1"), null) }, Scoped("""{"domain": {"id": "d1"}}""") },
            { "system", settings with { Scope = new CloudScope.System() }, Scoped("""{"system": {"all": true}}""") },
            { "no scope", settings with { Scope = new CloudScope.None() }, """{"auth": {"identity": """ + Password + "}}" },
            {
                "application credential",
                settings with { Credential = new Credential.Application(new("ac1"), null, null, "the-secret") },
                """{"auth": {"identity": {"methods": ["application_credential"], "application_credential": {"id": "ac1", "secret": "the-secret"}}}}"""
            },
            {
                "application credential by name",
                settings with { Credential = new Credential.Application(null, "dr", new(new("u1"), null, null, null), "the-secret") },
                """{"auth": {"identity": {"methods": ["application_credential"], "application_credential": {"name": "dr", "user": {"id": "u1"}, "secret": "the-secret"}}}}"""
            },
            {
                "token",
                settings with { Credential = new Credential.Token("given"), Scope = new CloudScope.Project(new("p2"), null, null, null) },
                """{"auth": {"identity": {"methods": ["token"], "token": {"id": "given"}}, "scope": {"project": {"id": "p2"}}}}"""
            },
        };
    }

    [Fact]
    public async Task A_given_token_without_a_scope_is_looked_at_and_not_exchanged()
    {
        world.On("GET keystone/v3/auth/tokens", 200, ScriptedCloud.TokenBody(TimeSpan.FromHours(1))).On(Limits, 200, LimitsBody);
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { Credential = new Credential.Token("given"), Scope = new CloudScope.None() }, world, clock);

        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Equal("given", world.CallsTo(Limits)[0].Token);
        Assert.Empty(world.CallsTo(Keystone));
    }

    [Fact]
    public async Task Another_project_is_another_token_over_the_same_transport()
    {
        await using var cloud = world.Connect(clock);
        await using var other = cloud.ForProject(new("p2"));

        await other.AuthenticateAsync(Cancel);

        Assert.Contains("""{"project":{"id":"p2"}}""", world.CallsTo(Keystone)[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_credential_cannot_go_to_another_project()
    {
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { Credential = new Credential.Application(new("ac1"), null, null, "the-secret") }, world, clock);

        Assert.Throws<InvalidOperationException>(() => cloud.ForProject(new("p2")));
    }

    [Theory]
    [InlineData("http://keystone.test", "POST keystone/v3/auth/tokens")]
    [InlineData("http://keystone.test/identity/", "POST keystone/identity/v3/auth/tokens")]
    [InlineData("http://keystone.test/v2.0", "POST keystone/v3/auth/tokens")]
    public async Task Keystone_is_found_with_and_without_a_version_in_its_address(string address, string call)
    {
        world.On(call, 201, ScriptedCloud.TokenBody(TimeSpan.FromHours(1)), ("X-Subject-Token", "t"));
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { AuthUrl = new(address) }, world, clock);

        await cloud.AuthenticateAsync(Cancel);

        Assert.Single(world.CallsTo(call));
    }

    [Theory]
    [InlineData("R1", "public", "nova")]
    [InlineData("R1", "internal", "inside")]
    [InlineData("R2", "public", "elsewhere")]
    [InlineData(null, "public", "elsewhere")]
    public async Task Region_and_interface_choose_the_endpoint(string? region, string side, string host)
    {
        world.On($"GET {host}/v2.1/limits", 200, LimitsBody);
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { RegionName = region, Interface = side }, world, clock);

        await cloud.Compute.GetLimitsAsync(Cancel);

        Assert.Single(world.CallsTo($"GET {host}/v2.1/limits"));
    }

    [Fact]
    public async Task A_service_that_the_catalog_does_not_have_is_named_with_what_it_has()
    {
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { RegionName = "R9" }, world, clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.NoEndpoint, failure.Fault);
        Assert.Contains("public in R1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_override_replaces_the_catalogs_address_project_included()
    {
        const string Call = "GET other/volume/v3/p1/os-availability-zone";
        world.On(Call, 200, """{"availabilityZoneInfo": [{"zoneName": "nova", "zoneState": {"available": true}}]}""");
        var overrides = new Dictionary<string, string> { ["block-storage"] = "http://other.test/volume/v3/%(project_id)s" };
        await using var cloud = Cloud.Connect(ScriptedCloud.Settings with { EndpointOverrides = overrides }, world, clock);

        var zones = await cloud.BlockStorage.ListAvailabilityZonesAsync(Cancel);

        Assert.Equal([new AvailabilityZone("nova", true)], zones);
    }
}
