using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kedge.Blocks.Packs;

enum BlobKind : byte
{
    Block = 0,
    Node = 1,
}

enum BlobEncoding : byte
{
    Raw = 0,
    Zstd = 1,
}

/// <summary>One line of a pack's footer and of an index.</summary>
readonly record struct BlobEntry(Address Address, uint StoredLength, uint RawLength, BlobKind Kind, BlobEncoding Encoding)
{
    public const int Length = 44;
    public const int MaxRaw = 4 << 20;
    public const int Tag = 16;

    public void CopyTo(Span<byte> target)
    {
        Address.CopyTo(target);
        MemoryMarshal.Write(target[32..], StoredLength);
        MemoryMarshal.Write(target[36..], RawLength);
        target[40] = (byte)Kind;
        target[41] = (byte)Encoding;
        target[42..Length].Clear();
    }

    public static BlobEntry Parse(ReadOnlySpan<byte> bytes, string name)
    {
        var entry = new BlobEntry(
            Address.From(bytes), MemoryMarshal.Read<uint>(bytes[32..]), MemoryMarshal.Read<uint>(bytes[36..]), (BlobKind)bytes[40], (BlobEncoding)bytes[41]);
        var isSane = entry.Kind <= BlobKind.Node && entry.Encoding <= BlobEncoding.Zstd && bytes[42] == 0 && bytes[43] == 0
            && entry.RawLength is >= 1 and <= MaxRaw && entry.StoredLength > Tag && entry.StoredLength <= entry.RawLength + Tag
            && !entry.Address.IsZero;
        return isSane ? entry : throw RepositoryException.Damaged(name, "a blob's line makes no sense");
    }
}

/// <summary>The keyed hashes of one repository. One per lane: its cipher is not for two threads.</summary>
sealed class BlobHash(Keys.KeyRing ring) : IDisposable
{
    readonly AesGcm fingerprint = new(ring.Fingerprint, 16);

    public Address Of(BlobKind kind, ReadOnlySpan<byte> content)
    {
        Address address = default;
        HMACSHA256.HashData(kind == BlobKind.Block ? ring.Address : ring.Node, content, MemoryMarshal.AsBytes(new Span<Address>(ref address)));
        return address;
    }

    /// <summary>GMAC with a constant nonce: a universal hash under a secret key; never shown to anyone (format, section 6).</summary>
    public Fingerprint FingerprintOf(ReadOnlySpan<byte> content)
    {
        Fingerprint tag = default;
        fingerprint.Encrypt(stackalloc byte[12], default, default, MemoryMarshal.AsBytes(new Span<Fingerprint>(ref tag)), content);
        return tag;
    }

    public void Dispose() => fingerprint.Dispose();
}

/// <summary>16 bytes that answer "did this block change?".</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct Fingerprint(ulong A, ulong B);
