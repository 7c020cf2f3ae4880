using System.Net;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Network;
using Kedge.OpenStack.Tests.Wire;
using Kedge.Testing;

namespace Kedge.OpenStack.Tests.Calls;

public sealed class TokenTests : IDisposable
{
    static readonly CancellationToken Cancel = CancellationToken.None;

    readonly FakeClock clock = new();
    readonly ScriptedCloud cloud;

    public TokenTests()
    {
        cloud = new ScriptedCloud(clock);
        cloud.On("GET", "/network/v2.0/networks", () => ScriptedCloud.Json("""{"networks": []}"""));
    }

    [Fact]
    public async Task A_token_is_fetched_once_for_many_calls_at_once()
    {
        await using var connection = cloud.Connect();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ListAsync(connection)));

        Assert.Equal(1, cloud.TokensGiven);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_expires()
    {
        await using var connection = cloud.Connect();
        await ListAsync(connection);

        clock.Advance(TimeSpan.FromMinutes(56));
        await ListAsync(connection);

        Assert.Equal(["token-1", "token-2"], cloud.AskedOf("/network/v2.0/networks").Select(sent => sent.Token!));
    }

    [Fact]
    public async Task A_token_that_the_cloud_no_longer_takes_is_renewed_once()
    {
        cloud.On("GET", "/network/v2.0/networks", () => ScriptedCloud.Refusal(HttpStatusCode.Unauthorized), () => ScriptedCloud.Json("""{"networks": []}"""));
        await using var connection = cloud.Connect();

        await ListAsync(connection);

        Assert.Equal(["token-1", "token-2"], cloud.AskedOf("/network/v2.0/networks").Select(sent => sent.Token!));
    }

    [Fact]
    public async Task A_cloud_that_refuses_every_token_is_not_asked_forever()
    {
        cloud.On("GET", "/network/v2.0/networks", () => ScriptedCloud.Refusal(HttpStatusCode.Unauthorized));
        await using var connection = cloud.Connect();

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => ListAsync(connection));

        Assert.Equal(Fault.Unauthorized, refused.Fault);
        Assert.Equal(2, cloud.AskedOf("/network/v2.0/networks").Count());
    }

    [Fact]
    public async Task While_keystone_is_away_a_token_that_is_still_good_is_used_on()
    {
        await using var connection = cloud.Connect(settings => settings with { Limits = settings.Limits with { Attempts = 1 } });
        await ListAsync(connection);

        cloud.On("POST", "/identity/v3/auth/tokens", () => ScriptedCloud.Refusal(HttpStatusCode.ServiceUnavailable));
        clock.Advance(TimeSpan.FromMinutes(56));
        await ListAsync(connection);

        Assert.Equal("token-1", cloud.AskedOf("/network/v2.0/networks").Last().Token);
    }

    [Fact]
    public async Task A_password_is_sent_with_the_scope_of_a_project()
    {
        await using var connection = cloud.Connect();

        var token = await connection.AuthenticateAsync(Cancel);

        var auth = JsonNode.Parse(cloud.Asked.Single().Body)!["auth"]!;
        Assert.Equal("ann", (string?)auth["identity"]!["password"]!["user"]!["name"]);
        Assert.Equal("shop", (string?)auth["scope"]!["project"]!["name"]);
        Assert.Equal("project-1", token.Project!.Id.Value);
        Assert.Equal(["member"], connection.Roles);
    }

    [Fact]
    public async Task An_application_credential_brings_its_own_scope()
    {
        await using var connection = cloud.Connect(settings => settings with
        {
            Credential = new Credential.Application(new Identity.ApplicationCredentialId("app-1"), null, null, "app-secret"),
            Scope = new CloudScope.None(),
        });

        await connection.AuthenticateAsync(Cancel);

        var auth = JsonNode.Parse(cloud.Asked.Single().Body)!["auth"]!;
        Assert.Equal("app-1", (string?)auth["identity"]!["application_credential"]!["id"]);
        Assert.Null(auth["scope"]);
    }

    [Fact]
    public async Task The_whole_system_can_be_the_scope()
    {
        await using var connection = cloud.Connect(settings => settings with { Scope = new CloudScope.System() });

        await connection.AuthenticateAsync(Cancel);

        Assert.Equal("""{"all":true}""", JsonNode.Parse(cloud.Asked.Single().Body)!["auth"]!["scope"]!["system"]!.ToJsonString());
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_the_password()
    {
        cloud.On("POST", "/identity/v3/auth/tokens", () => ScriptedCloud.Refusal(HttpStatusCode.Unauthorized, """{"error": {"message": "s3cret-word is wrong"}}"""));
        await using var connection = cloud.Connect();

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => connection.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Unauthorized, refused.Fault);
        Assert.DoesNotContain("s3cret-word", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-word", refused.CloudMessage!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two", "public", "http://elsewhere/network/v2.0/networks")]
    [InlineData("one", "internal", "http://inside/network/v2.0/networks")]
    public async Task Region_and_interface_choose_the_endpoint(string region, string face, string expected)
    {
        await using var connection = cloud.Connect(settings => settings with { RegionName = region, Interface = face });
        await ListAsync(connection);

        Assert.Equal(expected, cloud.Addresses.Last());
    }

    [Fact]
    public async Task A_region_that_is_not_in_the_catalog_is_named()
    {
        await using var connection = cloud.Connect(settings => settings with { RegionName = "three" });

        var refused = await Assert.ThrowsAsync<OpenStackException>(() => ListAsync(connection));

        Assert.Equal(Fault.NoEndpoint, refused.Fault);
        Assert.Contains("three", refused.Message, StringComparison.Ordinal);
    }

    static async Task ListAsync(Cloud connection) => _ = await connection.Network.ListNetworksAsync(NetworkFilter.None, Cancel).ToListAsync();

    public void Dispose() => cloud.Dispose();
}
