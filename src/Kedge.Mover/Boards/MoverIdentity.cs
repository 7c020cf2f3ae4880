using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kedge.Contracts.Moving;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Boards;

/// <summary>
/// What a mover proves itself with, in one file that <c>kedge mover enroll</c> made: its certificate (named SITE/NAME), its key, the certificate of the authority that
/// it believes, and the addresses of the boards.
/// </summary>
public sealed class MoverIdentity : IDisposable
{
    const int LongestFile = 64 * 1024;
    const string BoardLine = "# board: ";

    MoverIdentity(MoverId mover, ImmutableArray<string> boards, X509Certificate2 certificate, X509Certificate2 authority)
    {
        Mover = mover;
        Boards = boards;
        Certificate = certificate;
        Authority = authority;
    }

    /// <summary>Who it is.</summary>
    public MoverId Mover { get; }

    /// <summary>The boards that were known when it was enrolled.</summary>
    public ImmutableArray<string> Boards { get; }

    /// <summary>Its certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The only authority whose certificates it accepts.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The text of such a file.</summary>
    public static string Write(MoverId mover, IEnumerable<string> boards, string certificatePem, string keyPem, string authorityPem) =>
        $"# The identity of Kedge's mover {mover}: as secret as a password. See docs/operate/mover.md.\n"
        + string.Concat(boards.Select(board => $"{BoardLine}{board}\n"))
        + $"{certificatePem.TrimEnd()}\n{keyPem.TrimEnd()}\n{authorityPem.TrimEnd()}\n";

    /// <summary>Opens the file.</summary>
    /// <exception cref="MoverSettingsException">It is not there, others may read it, or it is not such a file.</exception>
    public static MoverIdentity Open(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LongestFile }) throw Problem($"{path} is longer than {LongestFile} bytes.");
            if ((File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0) throw Problem($"others may read or change {path}: chmod 600 {path}");
            return Parse(path, File.ReadAllText(path));
        }
        catch (IOException e)
        {
            throw Problem($"{path} cannot be read: {e.Message}");
        }
        catch (UnauthorizedAccessException e)
        {
            throw Problem($"{path} cannot be read: {e.Message}");
        }
        catch (CryptographicException e)
        {
            throw Problem($"{path} is not a file that 'kedge mover enroll' made: {e.Message}");
        }
    }

    /// <summary>Whether a board's certificate comes from our authority and is one of a board: a mover's own does not do.</summary>
    internal bool Believes(X509Certificate2 board)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(board);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        Authority.Dispose();
    }

    static MoverIdentity Parse(string path, string text)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(text);
        if (found.Count != 2) throw Problem($"{path} holds {found.Count} certificates; a mover's identity has its own and its authority's.");
        var name = found[0].GetNameInfo(X509NameType.SimpleName, forIssuer: false).Split('/');
        if (name is not [{ Length: > 0 } site, { Length: > 0 } mover]) throw Problem($"{path}: its certificate is not one of a mover, whose name is SITE/NAME.");
        var boards = text.Split('\n').Where(line => line.StartsWith(BoardLine, StringComparison.Ordinal)).Select(line => line[BoardLine.Length..].Trim()).ToImmutableArray();
        return new MoverIdentity(new MoverId(site, mover), boards, X509Certificate2.CreateFromPem(text, text), found[1]);
    }

    static MoverSettingsException Problem(string what) => new([$"identity: {what}"]);
}
