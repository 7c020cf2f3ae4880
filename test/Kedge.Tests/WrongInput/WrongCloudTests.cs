using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kedge.Tests.WrongInput;

public sealed class WrongCloudTests
{
    [Fact]
    public async Task An_unknown_cloud_is_named_with_those_that_are_known()
    {
        await using var desk = await Desk.OpenAsync();

        var typed = await desk.TypeAsync("site add dc1 --cloud atlantis");

        Says(typed, ExitCodes.Usage, "atlantis", "clouds.yaml");
        Assert.False(Directory.Exists(desk.Data));
    }

    [Fact]
    public async Task A_bad_password_is_told_without_the_password()
    {
        await using var desk = await Desk.OpenAsync();
        desk.WriteClouds(Desk.EntryAt("wrong", desk.A.AuthUrl.ToString(), "not-this-one-either"));

        var typed = await desk.TypeAsync("site add dc1 --cloud wrong");

        Says(typed, ExitCodes.Cloud, "wrong", "Check user, password and project", "Request id");
        Assert.DoesNotContain("not-this-one-either", typed.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(desk.Data));
    }

    [Fact]
    public async Task An_endpoint_that_nobody_listens_at_is_unreachable_and_nothing_was_sent()
    {
        await using var desk = await Desk.OpenAsync();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        desk.WriteClouds(Desk.EntryAt("dark", $"http://127.0.0.1:{port}/identity/v3"));

        var typed = await desk.TypeAsync("site add dc1 --cloud dark");

        Says(typed, ExitCodes.Cloud, $"127.0.0.1:{port}", "can this machine reach it? Nothing was sent.");
        Assert.False(Directory.Exists(desk.Data));
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_trusted_and_the_password_is_not_sent()
    {
        await using var desk = await Desk.OpenAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var served = AnswerAsync(listener, stop.Token);
        desk.WriteClouds(Desk.EntryAt("masked", $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v3"));

        var typed = await desk.TypeAsync("site add dc1 --cloud masked");
        await stop.CancelAsync();

        Says(typed, ExitCodes.Cloud, "certificate", "cacert in clouds.yaml. Nothing was sent.");
        Assert.Equal(0, await served);
    }

    [Theory]
    [InlineData("clouds:\n  A: [1\n  B: 2\n")]
    [InlineData("clouds:\n\tA: 1\n")]
    [InlineData("nothing: here\n")]
    public async Task A_clouds_yaml_that_cannot_be_read_is_named(string text)
    {
        await using var desk = await Desk.OpenAsync();
        File.WriteAllText(desk.CloudsFile, text);

        Says(await desk.TypeAsync("site add dc1 --cloud A"), ExitCodes.Usage, desk.CloudsFile);
    }

    [Fact]
    public async Task A_site_whose_two_entries_reach_different_projects_is_not_taken()
    {
        await using var desk = await Desk.OpenAsync();
        desk.WriteClouds(Desk.EntryAt("elsewhere", desk.A.AuthUrl.ToString()).Replace("username: demo", "username: admin", StringComparison.Ordinal)
            .Replace("project_name: demo", "project_name: admin", StringComparison.Ordinal));

        var typed = await desk.TypeAsync("site add dc1 --cloud A --admin-cloud elsewhere");

        Says(typed, ExitCodes.Usage, "elsewhere", "project");
        Assert.False(Directory.Exists(desk.Data));
    }

    [Fact]
    public async Task Without_an_admin_the_missing_right_is_named_before_anything_is_begun()
    {
        await using var desk = await Desk.WithShopAsync();
        await desk.DoAsync("site remove dc1");
        await desk.DoAsync("site add dc1 --cloud A");

        var typed = await desk.TypeAsync("protect shop");

        Says(typed, ExitCodes.NotReady, "exported by an admin", "kedge site set dc1 --admin-cloud");
        Assert.Equal("[]", (await desk.DoAsync("run list -f json")).Output.Trim());
        await desk.DoAsync("site set dc1 --admin-cloud A-admin");
        await desk.DoAsync("protect shop");
    }

    [Fact]
    public async Task A_quota_that_is_too_small_is_told_with_what_is_needed_and_nothing_is_made()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        desk.B.World.SetQuota("compute", "demo", "instances", 1);
        var before = desk.B.World.Count();

        var typed = await desk.TypeAsync("failover shop --yes");

        Says(typed, ExitCodes.NotReady, "BLOCKS", "instances", "nothing was begun");
        Assert.Equal(before, desk.B.World.Count());
    }

    internal static void Says(Typed typed, int code, params string[] parts)
    {
        Assert.True(typed.Code == code, $"Expected exit {code}: {typed}");
        Assert.All(parts, part => Assert.Contains(part, typed.Error, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("not foreseen", typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Kedge", typed.Error, StringComparison.Ordinal);
    }

    /// <summary>Offers a certificate nobody knows; counts the bytes that came through in spite of it.</summary>
    static async Task<int> AnswerAsync(TcpListener listener, CancellationToken cancel)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var got = 0;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(cancel);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(made);
                got += await tls.ReadAsync(new byte[100], cancel);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
            {
                // The client hangs up when it sees the certificate.
            }
        }
        return got;
    }
}
