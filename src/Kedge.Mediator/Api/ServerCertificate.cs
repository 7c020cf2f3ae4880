using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kedge.Mediator.Api;

/// <summary>The certificate of the mediator, read anew when its file was replaced: whoever renews it need not restart anything.</summary>
sealed class ServerCertificate
{
    readonly Lock gate = new();
    readonly string chain;
    readonly string key;
    X509Certificate2 current;
    DateTime writtenAt;

    /// <exception cref="CryptographicException">They are no certificate and key that belong together.</exception>
    public ServerCertificate(string chain, string key)
    {
        (this.chain, this.key) = (chain, key);
        (current, writtenAt) = (X509Certificate2.CreateFromPemFile(chain, key), File.GetLastWriteTimeUtc(chain));
    }

    public X509Certificate2 Current()
    {
        lock (gate)
        {
            var now = File.GetLastWriteTimeUtc(chain);
            if (now == writtenAt)
                return current;
            try
            {
                (current, writtenAt) = (X509Certificate2.CreateFromPemFile(chain, key), now);
            }
            catch (Exception e) when (e is CryptographicException or IOException)
            {
                // Half of the pair is written: the one before is still good, and the next handshake looks again.
            }
            return current;
        }
    }
}
