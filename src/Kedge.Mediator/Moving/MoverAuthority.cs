using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Kedge.Contracts.Moving;
using Kedge.Recovery.Formats;

namespace Kedge.Mediator.Moving;

/// <summary>
/// The authority of a mediator's movers, in one directory: <c>authority.crt</c>, <c>authority.key</c>, and <c>enrolled/SITE.NAME.crt</c> for every mover that may
/// ask for work. A mover whose file is taken away is refused from its next request on; there is no list of revoked ones to keep.
/// </summary>
public sealed partial class MoverAuthority : IDisposable
{
    static readonly TimeSpan AuthorityLasts = TimeSpan.FromDays(3650);
    static readonly TimeSpan MoverLasts = TimeSpan.FromDays(730);
    static readonly TimeSpan BoardLasts = TimeSpan.FromDays(90);
    static readonly TimeSpan ClocksDiffer = TimeSpan.FromHours(1);
    const string ServerUse = "1.3.6.1.5.5.7.3.1";
    const string ClientUse = "1.3.6.1.5.5.7.3.2";
    readonly string directory;
    readonly TimeProvider time;
    readonly X509Certificate2 authority;

    MoverAuthority(string directory, X509Certificate2 authority, TimeProvider time)
    {
        this.directory = directory;
        this.authority = authority;
        this.time = time;
    }

    /// <summary>The authority's certificate as text: what movers believe.</summary>
    public string CertificatePem => authority.ExportCertificatePem();

    /// <summary>Opens the authority, or answers null when there is none.</summary>
    public static MoverAuthority? Find(string directory, TimeProvider time)
    {
        var (certificate, key) = Files(directory);
        return File.Exists(certificate) ? new MoverAuthority(directory, X509Certificate2.CreateFromPemFile(certificate, key), time) : null;
    }

    /// <summary>Opens the authority, and makes it when there is none.</summary>
    public static async Task<MoverAuthority> OpenOrCreateAsync(string directory, TimeProvider time, CancellationToken cancel)
    {
        if (Find(directory, time) is { } found) return found;
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Named("Kedge movers"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - ClocksDiffer, now + AuthorityLasts);
        var (certificatePath, keyPath) = Files(directory);
        // The key first: a certificate without one would be taken for an authority.
        await AtomicFile.WriteSecretAsync(keyPath, key.ExportECPrivateKeyPem(), cancel);
        await AtomicFile.WriteSecretAsync(certificatePath, certificate.ExportCertificatePem(), cancel);
        return Find(directory, time)!;
    }

    /// <summary>A certificate and key for a mover, as text. It is refused until it is let in, and a certificate before it goes on being good.</summary>
    /// <exception cref="RecordException">Site or name is not 1 to 40 characters of <c>a-z A-Z 0-9 _ -</c>.</exception>
    public (string CertificatePem, string KeyPem) Prepare(MoverId mover)
    {
        Check(mover.Site, "site");
        Check(mover.Name, "mover");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(key, mover.ToString(), ClientUse, names: null, MoverLasts);
        return (certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }

    /// <summary>Lets a mover in by a certificate that was prepared for it; the one before is refused from then on. To be done when its key lies safely where it will be needed.</summary>
    public async Task LetInAsync(MoverId mover, string certificatePem, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.Combine(directory, "enrolled"));
        await AtomicFile.WriteSecretAsync(EnrolledPath(mover), certificatePem, cancel);
    }

    /// <summary>Refuses a mover from its next request on; false when it was not let in.</summary>
    public bool Revoke(MoverId mover)
    {
        Check(mover.Site, "site");
        Check(mover.Name, "mover");
        var path = EnrolledPath(mover);
        if (!File.Exists(path)) return false;
        File.Delete(path);
        return true;
    }

    /// <summary>Those who may ask, with the end of their certificates.</summary>
    public IReadOnlyList<(MoverId Mover, DateTimeOffset Until)> List()
    {
        var folder = Path.Combine(directory, "enrolled");
        var found = new List<(MoverId, DateTimeOffset)>();
        if (!Directory.Exists(folder)) return found;
        foreach (var path in Directory.EnumerateFiles(folder, "*.crt").Order(StringComparer.Ordinal))
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            if (FindMover(certificate) is { } mover) found.Add((mover, certificate.NotAfter.ToUniversalTime()));
        }
        return found;
    }

    /// <summary>Who shows this certificate: null when it is not one that was let in last.</summary>
    public MoverId? FindEnrolled(X509Certificate2 certificate)
    {
        if (!IsOurs(certificate) || FindMover(certificate) is not { } mover) return null;
        try
        {
            using var enrolled = X509Certificate2.CreateFromPem(File.ReadAllText(EnrolledPath(mover)));
            return enrolled.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span) ? mover : null;
        }
        catch (IOException)
        {
            // Taken away: revoked.
            return null;
        }
    }

    /// <summary>Whether our authority gave it to a mover.</summary>
    public bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>A certificate, with its key, for a board under these names; made anew by every process, and kept in memory only.</summary>
    public X509Certificate2 IssueForBoard(IEnumerable<string> hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }
        using var certificate = Issue(key, "board", ServerUse, names, BoardLasts);
        // Through PKCS #12, for a key that TLS can use.
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <inheritdoc/>
    public void Dispose() => authority.Dispose();

    X509Certificate2 Issue(ECDsa key, string name, string use, SubjectAlternativeNameBuilder? names, TimeSpan lasts)
    {
        var request = new CertificateRequest(Named(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: true));
        if (names is not null) request.CertificateExtensions.Add(names.Build());
        var now = time.GetUtcNow();
        var until = now + lasts < authority.NotAfter.ToUniversalTime() ? now + lasts : authority.NotAfter.ToUniversalTime();
        var from = now - ClocksDiffer > authority.NotBefore.ToUniversalTime() ? now - ClocksDiffer : authority.NotBefore.ToUniversalTime();
        return request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
    }

    string EnrolledPath(MoverId mover) => Path.Combine(directory, "enrolled", $"{mover.Site}.{mover.Name}.crt");

    static MoverId? FindMover(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false).Split('/') is [var site, var name] && Word().IsMatch(site) && Word().IsMatch(name) ? new MoverId(site, name) : null;

    static void Check(string word, string what)
    {
        if (!Word().IsMatch(word)) throw new RecordException($"'{word}' is not a name of a {what}: 1 to 40 characters of a-z A-Z 0-9 _ -.");
    }

    static X500DistinguishedName Named(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    static (string Certificate, string Key) Files(string directory) => (Path.Combine(directory, "authority.crt"), Path.Combine(directory, "authority.key"));

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$")]
    private static partial Regex Word();
}
