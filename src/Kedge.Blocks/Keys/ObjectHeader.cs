using System.Buffers.Binary;

namespace Kedge.Blocks.Keys;

enum ObjectKind : byte
{
    Pack = (byte)'P',
    Index = (byte)'I',
    Point = (byte)'R',
    Forgotten = (byte)'F',
    Session = (byte)'S',
    Condemned = (byte)'C',
    Lock = (byte)'L',
}

/// <summary>The 32 bytes before every object (format, section 4).</summary>
readonly record struct ObjectHeader(ObjectKind Kind, ushort Generation, ObjectId Id)
{
    public const int Length = 32;

    public void CopyTo(Span<byte> target)
    {
        target[..Length].Clear();
        "KDG1"u8.CopyTo(target);
        target[4] = (byte)Kind;
        target[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], Generation);
        Id.CopyTo(target[16..]);
    }

    /// <summary>Throws when it is not a header of that kind.</summary>
    public static ObjectHeader Parse(ReadOnlySpan<byte> bytes, ObjectKind kind, string name)
    {
        if (bytes.Length < Length) throw RepositoryException.Damaged(name, "it is too short for a header");
        if (!bytes[..4].SequenceEqual("KDG1"u8) || bytes[4] != (byte)kind || bytes[5] != 1) throw RepositoryException.Damaged(name, "its header is not that of its kind");
        if (bytes[8..16].ContainsAnyExcept((byte)0)) throw RepositoryException.Damaged(name, "its header has bytes that must be zero");
        return new(kind, BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), ObjectId.From(bytes[16..]));
    }
}
