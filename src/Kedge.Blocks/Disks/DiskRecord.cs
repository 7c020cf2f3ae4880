using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks.Disks;

/// <summary>A disk in a point.</summary>
/// <param name="Name">Its name, unique in the point.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="BlockBytes">The size of its blocks; the last one may be shorter.</param>
/// <param name="Root">The Merkle root over its blocks. Two disks with one root are equal.</param>
/// <param name="Rolls">The top of the tree under the root.</param>
public sealed record DiskRecord(string Name, long SizeBytes, int BlockBytes, Address Root, ImmutableArray<Address> Rolls)
{
    internal DiskShape Shape => new(SizeBytes, BlockBytes);

    internal static Address RootOf(KeyRing ring, DiskShape shape, ReadOnlySpan<Address> rolls)
    {
        var content = new ArrayBufferWriter<byte>();
        content.Write("disk"u8);
        content.U63(shape.SizeBytes);
        content.U32((uint)shape.BlockBytes);
        foreach (var roll in rolls) content.Address(roll);
        Span<byte> root = stackalloc byte[Address.Length];
        HMACSHA256.HashData(ring.Node, content.WrittenSpan, root);
        return Address.From(root);
    }
}
