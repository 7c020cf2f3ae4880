using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;

namespace Kedge.Blocks.Tests.Nbd;

/// <summary>Our client against qemu-nbd with certificates of both sides.</summary>
public sealed class NbdTlsTests : IDisposable
{
    readonly Authority authority = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_is_written_and_read_through_TLS_with_certificates_of_both_sides()
    {
        await using var server = await ServeAsync();
        await using var device = await ConnectAsync(server, Options(authority, authority.Issue("mover")));
        var content = RandomNumberGenerator.GetBytes(3 << 20);

        await device.WriteAsync(1 << 20, content, Cancel);
        await device.FlushAsync(Cancel);

        var back = new byte[content.Length];
        await device.ReadAsync(1 << 20, back, Cancel);
        Assert.Equal(content, back);
    }

    [Fact]
    public async Task A_server_of_another_authority_gets_nothing()
    {
        using var other = new Authority();
        await using var server = await ServeAsync();

        var refused = await Assert.ThrowsAsync<DeviceException>(() => ConnectAsync(server, Options(other, authority.Issue("mover"))));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Contains("TLS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_name_gets_nothing()
    {
        await using var server = await ServeAsync();
        var options = Options(authority, authority.Issue("mover"));
        options.TargetHost = "elsewhere";

        var refused = await Assert.ThrowsAsync<DeviceException>(() => ConnectAsync(server, options));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
    }

    [Fact]
    public async Task Without_a_certificate_of_ours_the_server_lets_us_read_nothing()
    {
        await using var server = await ServeAsync();

        await Assert.ThrowsAsync<DeviceException>(async () =>
        {
            await using var device = await ConnectAsync(server, Options(authority, null));
            await device.ReadAsync(0, new byte[4096], Cancel);
        });
    }

    [Fact]
    public async Task A_server_without_TLS_gets_nothing_when_TLS_was_demanded()
    {
        await using var server = await NbdServer.QemuNbdAsync(s => File.WriteAllBytesAsync(s.File("disk"), new byte[1 << 20], Cancel), "-f", "raw", "FOLDER/disk");

        var refused = await Assert.ThrowsAsync<DeviceException>(() => ConnectAsync(server, Options(authority, null)));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
    }

    [Fact]
    public async Task A_server_that_demands_TLS_does_not_serve_us_without()
    {
        await using var server = await ServeAsync();

        await Assert.ThrowsAsync<DeviceException>(() => ConnectAsync(server, null));
    }

    public void Dispose() => authority.Dispose();

    Task<NbdServer> ServeAsync() => NbdServer.QemuNbdAsync(
        async s =>
        {
            await File.WriteAllBytesAsync(s.File("disk"), new byte[8 << 20], Cancel);
            await File.WriteAllTextAsync(s.File("ca-cert.pem"), authority.Certificate.ExportCertificatePem(), Cancel);
            using var issued = authority.Issue("localhost");
            await File.WriteAllTextAsync(s.File("server-cert.pem"), issued.ExportCertificatePem(), Cancel);
            await File.WriteAllTextAsync(s.File("server-key.pem"), issued.GetRSAPrivateKey()!.ExportRSAPrivateKeyPem(), Cancel);
        },
        "-f", "raw", "-e", "4", "--object", "tls-creds-x509,id=tls,endpoint=server,verify-peer=on,dir=FOLDER", "--tls-creds", "tls", "FOLDER/disk");

    static Task<NbdDevice> ConnectAsync(NbdServer server, SslClientAuthenticationOptions? tls) =>
        NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, Connections = 2, Tls = tls }, TimeProvider.System, Cancel);

    static SslClientAuthenticationOptions Options(Authority trusted, X509Certificate2? own)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(trusted.Certificate);
        return new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy, ClientCertificates = own is null ? [] : [own] };
    }

    /// <summary>An authority of the test.</summary>
    sealed class Authority : IDisposable
    {
        static readonly DateTimeOffset From = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        readonly RSA key = RSA.Create(2048);

        public Authority()
        {
            var request = new CertificateRequest("CN=authority of the test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
            Certificate = request.CreateSelfSigned(From, From.AddYears(30));
        }

        public X509Certificate2 Certificate { get; }

        public X509Certificate2 Issue(string name)
        {
            using var own = RSA.Create(2048);
            var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
            using var issued = request.Create(Certificate, From, From.AddYears(20), RandomNumberGenerator.GetBytes(8));
            using var whole = issued.CopyWithPrivateKey(own);
            return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }

        public void Dispose()
        {
            Certificate.Dispose();
            key.Dispose();
        }
    }
}
