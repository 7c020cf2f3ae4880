using System.Net;
using System.Net.Sockets;
using Kedge.OpenStack.Tests.World;

namespace Kedge.OpenStack.Tests.Faults;

/// <summary>What only real connections show. Attempts are one, so that nothing waits.</summary>
public sealed class ConnectionTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static CloudSettings SettingsFor(string address) => ScriptedCloud.Settings with
    {
        AuthUrl = new(address + "/v3"),
        EndpointOverrides = new Dictionary<string, string> { ["compute"] = address + "/v2.1" },
        Limits = new() { Attempts = 1 },
    };

    static string? Keystone(string line) => line.StartsWith("POST /v3/auth/tokens", StringComparison.Ordinal)
        ? LoopbackServer.Answer(201, ScriptedCloud.TokenBody(TimeSpan.FromHours(1)), "X-Subject-Token: t1\r\n")
        : null;

    [Fact]
    public async Task A_certificate_that_nobody_signed_is_not_trusted_and_nothing_is_sent()
    {
        using var certificate = LoopbackServer.SelfSigned();
        await using var server = LoopbackServer.Https(certificate, Keystone);
        await using var cloud = Cloud.Connect(SettingsFor(server.Address), null, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Untrusted, failure.Fault);
        Assert.False(failure.IsTransient);
        Assert.False(failure.MayHaveHappened);
        Assert.Contains("cacert", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task A_certificate_whose_authority_the_settings_name_is_trusted()
    {
        using var certificate = LoopbackServer.SelfSigned();
        await using var server = LoopbackServer.Https(certificate, Keystone);
        using var file = new TemporaryFile(certificate.ExportCertificatePem());
        await using var cloud = Cloud.Connect(SettingsFor(server.Address) with { CaCertificates = file.Path }, null, TimeProvider.System);

        var token = await cloud.AuthenticateAsync(Cancel);

        Assert.Equal("ann", token.User.Name);
    }

    [Fact]
    public async Task An_authority_that_signed_nothing_here_does_not_help()
    {
        using var certificate = LoopbackServer.SelfSigned();
        using var other = LoopbackServer.SelfSigned();
        await using var server = LoopbackServer.Https(certificate, Keystone);
        using var file = new TemporaryFile(other.ExportCertificatePem());
        await using var cloud = Cloud.Connect(SettingsFor(server.Address) with { CaCertificates = file.Path }, null, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Untrusted, failure.Fault);
    }

    [Fact]
    public async Task Any_certificate_will_do_for_whoever_says_so()
    {
        using var certificate = LoopbackServer.SelfSigned();
        await using var server = LoopbackServer.Https(certificate, Keystone);
        await using var cloud = Cloud.Connect(SettingsFor(server.Address) with { VerifiesCertificates = false }, null, TimeProvider.System);

        var token = await cloud.AuthenticateAsync(Cancel);

        Assert.Equal("ann", token.User.Name);
    }

    [Fact]
    public void A_file_of_authorities_without_any_is_a_problem_of_the_settings()
    {
        using var file = new TemporaryFile("not a certificate");

        var problem = Assert.Throws<SettingsException>(() => Cloud.Connect(ScriptedCloud.Settings with { CaCertificates = file.Path }, null, TimeProvider.System));

        Assert.Contains("cacert", Assert.Single(problem.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_was_sent()
    {
        string address;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        }

        await using var cloud = Cloud.Connect(SettingsFor(address), null, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Unreachable, failure.Fault);
        Assert.True(failure.IsTransient);
        Assert.False(failure.MayHaveHappened);
    }

    [Fact]
    public async Task A_write_that_arrived_and_whose_answer_was_lost_may_have_happened_and_is_sent_once()
    {
        await using var server = LoopbackServer.Http(Keystone);
        await using var cloud = Cloud.Connect(SettingsFor(server.Address) with { Limits = new() { Attempts = 4 } }, null, TimeProvider.System);
        await cloud.AuthenticateAsync(Cancel);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.StartServerAsync(new("s1"), Cancel));

        Assert.Equal(Fault.Unclear, failure.Fault);
        Assert.True(failure.MayHaveHappened);
        Assert.Single(server.Received, line => line.StartsWith("POST /v2.1/servers/s1/action", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_in_its_body_is_no_answer()
    {
        await using var server = LoopbackServer.Http(line => Keystone(line) ?? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"limits\"");
        await using var cloud = Cloud.Connect(SettingsFor(server.Address), null, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Compute.GetLimitsAsync(Cancel));

        Assert.Equal(Fault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task Something_that_does_not_speak_HTTP_is_not_taken_for_a_cloud()
    {
        await using var server = LoopbackServer.Http(_ => "220 mail.test ESMTP ready\r\n");
        await using var cloud = Cloud.Connect(SettingsFor(server.Address), null, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.AuthenticateAsync(Cancel));

        Assert.Equal(Fault.Unavailable, failure.Fault);
    }
}
