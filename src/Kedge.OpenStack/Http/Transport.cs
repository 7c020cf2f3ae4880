using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kedge.OpenStack.Http;

/// <summary>Makes the real connections: no redirects, no cookies, the certificates that the settings trust.</summary>
static class Transport
{
    public static SocketsHttpHandler For(CloudSettings settings) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = settings.Limits.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        SslOptions = TrustOf(settings),
    };

    static SslClientAuthenticationOptions TrustOf(CloudSettings settings)
    {
        var trust = new SslClientAuthenticationOptions();
        try
        {
            if (settings.CaCertificates is { } file)
            {
                trust.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                trust.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
                if (trust.CertificateChainPolicy.CustomTrustStore.Count == 0)
                    throw new SettingsException([$"cacert: '{file}' has no certificate in PEM."]);
            }

            if (settings.ClientCertificate is { } certificate)
                trust.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, settings.ClientKey)];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"cacert, cert or key of cloud '{settings.Name}' cannot be read: {e.Message}"]);
        }

#pragma warning disable CA5359 // The operator wrote 'verify: false'.
        if (!settings.VerifiesCertificates)
            trust.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359 // Only there.
        return trust;
    }
}
