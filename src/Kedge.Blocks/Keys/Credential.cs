using System.Text;

namespace Kedge.Blocks.Keys;

/// <summary>What opens a key envelope. A class and not a record, so that nothing prints it.</summary>
public sealed class Credential
{
    /// <summary>Iterations of PBKDF2-HMAC-SHA-512 for a new passphrase envelope.</summary>
    public const int DefaultIterations = 600_000;

    readonly byte[] secret;

    Credential(CredentialKind kind, byte[] secret, int iterations)
    {
        Kind = kind;
        this.secret = secret;
        Iterations = iterations;
    }

    internal CredentialKind Kind { get; }

    internal int Iterations { get; }

    internal ReadOnlySpan<byte> Secret => secret;

    /// <summary>The bytes of a key file, 32 or more. For machines.</summary>
    public static Credential KeyFile(ReadOnlySpan<byte> content) => content.Length >= 32
        ? new(CredentialKind.KeyFile, content.ToArray(), 0)
        : throw new RepositoryException(RepositoryFault.Refused, $"The key file has {content.Length} bytes; it needs 32 or more. Make one with: head -c 32 /dev/urandom > key");

    /// <summary>A passphrase; line ends at its end do not count, so that a file edited by hand works.</summary>
    public static Credential Passphrase(string passphrase) => Passphrase(passphrase, DefaultIterations);

    internal static Credential Passphrase(string passphrase, int iterations)
    {
        var bytes = Encoding.UTF8.GetBytes(passphrase.TrimEnd('\r', '\n'));
        return bytes.Length >= 8
            ? new(CredentialKind.Passphrase, bytes, iterations)
            : throw new RepositoryException(RepositoryFault.Refused, "The passphrase is shorter than 8 bytes.");
    }
}

enum CredentialKind : byte
{
    KeyFile = 1,
    Passphrase = 2,
}
