using System.Runtime.InteropServices;

namespace Kedge.Blocks;

/// <summary>The keyed SHA-256 of a blob's content: 32 bytes in memory as in the file. All zero stands for a block of zeros.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Address(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 32;

    /// <summary>A block, page or roll in which every byte of the disk is zero.</summary>
    public bool IsZero => (A | B | C | D) == 0;

    internal static Address From(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<Address>(bytes);

    internal void CopyTo(Span<byte> target) => MemoryMarshal.Write(target, in this);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var isOne = text.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == Length;
        address = isOne ? From(bytes) : default;
        return isOne;
    }

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<Address>(in this)));
}
