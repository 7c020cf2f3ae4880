using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kedge.Blocks.Stores;

/// <summary>Connections to stores, whose certificates may come from an authority of their own.</summary>
static class StoreTls
{
    public static SocketsHttpHandler Handler(string? authorityFile)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10), ConnectTimeout = TimeSpan.FromSeconds(20), AllowAutoRedirect = false };
        if (authorityFile is null) return handler;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new RepositoryException(RepositoryFault.Refused, $"{authorityFile} cannot be read as certificates: {e.Message}", e);
        }
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }
}
