using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Kedge.Blocks.Keys;

/// <summary>The key ring, wrapped by a credential (format, section 3).</summary>
static class KeyEnvelope
{
    const int Prefix = 8 + 4 + 4 + 32 + 12;
    const int Tag = 16;
    const int MinIterations = 210_000;
    const int MaxIterations = 10_000_000;

    public static byte[] Wrap(ReadOnlySpan<byte> generations, Credential credential, ObjectId repository)
    {
        var envelope = new byte[Prefix + generations.Length + Tag];
        "KDGKEY01"u8.CopyTo(envelope);
        envelope[8] = (byte)credential.Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(envelope.AsSpan(12), (uint)credential.Iterations);
        RandomNumberGenerator.Fill(envelope.AsSpan(16, 44));
        Span<byte> wrapping = stackalloc byte[32];
        WrappingKey(credential, envelope.AsSpan(16, 32), credential.Iterations, wrapping);
        using var cipher = new AesGcm(wrapping, Tag);
        cipher.Encrypt(envelope.AsSpan(48, 12), generations, envelope.AsSpan(Prefix, generations.Length), envelope.AsSpan(Prefix + generations.Length), Associated(envelope, repository));
        CryptographicOperations.ZeroMemory(wrapping);
        return envelope;
    }

    /// <summary>The generations, joined; null when the credential does not open this envelope (or the envelope is damaged: nobody can tell the two apart).</summary>
    public static byte[]? FindUnwrapped(ReadOnlySpan<byte> envelope, Credential credential, ObjectId repository)
    {
        var length = envelope.Length - Prefix - Tag;
        if (length is < 32 or > 16 * 32 || length % 32 != 0 || !envelope[..8].SequenceEqual("KDGKEY01"u8)) return null;
        if (envelope[8] != (byte)credential.Kind || envelope[9..12].ContainsAnyExcept((byte)0)) return null;
        var iterations = BinaryPrimitives.ReadUInt32LittleEndian(envelope[12..]);
        // A store that lies about the count must not make us work for hours, nor for less than a thief would.
        if (credential.Kind == CredentialKind.Passphrase && iterations is < MinIterations or > MaxIterations) return null;
        if (credential.Kind == CredentialKind.KeyFile && iterations != 0) return null;

        Span<byte> wrapping = stackalloc byte[32];
        WrappingKey(credential, envelope.Slice(16, 32), (int)iterations, wrapping);
        using var cipher = new AesGcm(wrapping, Tag);
        var generations = new byte[length];
        try
        {
            cipher.Decrypt(envelope.Slice(48, 12), envelope.Slice(Prefix, length), envelope[(Prefix + length)..], generations, Associated(envelope, repository));
            return generations;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    static byte[] Associated(ReadOnlySpan<byte> envelope, ObjectId repository)
    {
        var associated = new byte[Prefix + ObjectId.Length];
        envelope[..Prefix].CopyTo(associated);
        repository.CopyTo(associated.AsSpan(Prefix));
        return associated;
    }

    static void WrappingKey(Credential credential, ReadOnlySpan<byte> salt, int iterations, Span<byte> key)
    {
        if (credential.Kind == CredentialKind.Passphrase)
            Rfc2898DeriveBytes.Pbkdf2(credential.Secret, salt, key, iterations, HashAlgorithmName.SHA512);
        else
            HKDF.DeriveKey(HashAlgorithmName.SHA256, credential.Secret, key, salt, "kedge wrap"u8);
    }
}
