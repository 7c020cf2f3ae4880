using System.Security.Cryptography;
using System.Text;

namespace Kedge.Blocks.Keys;

/// <summary>header || ciphertext || tag, bound to its name (format, section 4).</summary>
static class SealedObject
{
    public const int Tag = 16;
    public const int Overhead = ObjectHeader.Length + Tag;

    public static byte[] Close(KeyRing ring, ObjectKind kind, ObjectId id, string name, ReadOnlySpan<byte> plain)
    {
        var header = new ObjectHeader(kind, ring.Newest, id);
        var bytes = new byte[plain.Length + Overhead];
        header.CopyTo(bytes);
        using var cipher = ring.CipherOf(header, name);
        cipher.Encrypt(stackalloc byte[12], plain, bytes.AsSpan(ObjectHeader.Length, plain.Length), bytes.AsSpan(bytes.Length - Tag), Associated(bytes, name));
        return bytes;
    }

    public static byte[] Open(KeyRing ring, ObjectKind kind, string name, ReadOnlySpan<byte> bytes)
    {
        var header = ObjectHeader.Parse(bytes, kind, name);
        if (bytes.Length < Overhead) throw RepositoryException.Damaged(name, "it is cut short");
        using var cipher = ring.CipherOf(header, name);
        var plain = new byte[bytes.Length - Overhead];
        try
        {
            cipher.Decrypt(stackalloc byte[12], bytes[ObjectHeader.Length..^Tag], bytes[^Tag..], plain, Associated(bytes, name));
            return plain;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new RepositoryException(RepositoryFault.Damaged, $"{name} is damaged, or stands under a wrong name: its tag does not fit. Run a check of the repository.", e);
        }
    }

    static byte[] Associated(ReadOnlySpan<byte> bytes, string name)
    {
        var associated = new byte[ObjectHeader.Length + Encoding.UTF8.GetByteCount(name)];
        bytes[..ObjectHeader.Length].CopyTo(associated);
        Encoding.UTF8.GetBytes(name, associated.AsSpan(ObjectHeader.Length));
        return associated;
    }
}
