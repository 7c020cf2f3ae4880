using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kedge.Blocks.Keys;

/// <summary>16 random bytes, never used twice: the name of an object, and what its key is made from.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ObjectId(ulong First, ulong Second)
{
    /// <summary>Bytes of an id.</summary>
    public const int Length = 16;

    internal static ObjectId New()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return From(bytes);
    }

    internal static ObjectId From(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ObjectId>(bytes);

    internal static ObjectId? FindIn(ReadOnlySpan<char> hex)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (hex.Length != 2 * Length) return null;
        return Convert.FromHexString(hex, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == Length ? From(bytes) : null;
    }

    internal void CopyTo(Span<byte> target) => MemoryMarshal.Write(target, in this);

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
