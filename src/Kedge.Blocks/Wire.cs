using System.Buffers;
using System.Buffers.Binary;

namespace Kedge.Blocks;

/// <summary>Reads a decrypted object from its front; a length that does not fit is damage, never an allocation.</summary>
ref struct WireReader(ReadOnlySpan<byte> bytes, string name)
{
    ReadOnlySpan<byte> left = bytes;
    readonly string name = name;

    public readonly bool IsAtEnd => left.IsEmpty;

    public ReadOnlySpan<byte> Bytes(long length)
    {
        if (length < 0 || length > left.Length) throw RepositoryException.Damaged(name, "it ends too early");
        var taken = left[..(int)length];
        left = left[(int)length..];
        return taken;
    }

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public long U63()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));
        return value <= long.MaxValue ? (long)value : throw RepositoryException.Damaged(name, "a number is out of bounds");
    }

    public Address Address() => Blocks.Address.From(Bytes(Blocks.Address.Length));

    public Keys.ObjectId Id() => Keys.ObjectId.From(Bytes(Keys.ObjectId.Length));

    public readonly void End()
    {
        if (!left.IsEmpty) throw RepositoryException.Damaged(name, "bytes follow its end");
    }
}

/// <summary>Writes the plaintext of an object.</summary>
static class WireWriting
{
    public static void U16(this ArrayBufferWriter<byte> to, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to.GetSpan(2), value);
        to.Advance(2);
    }

    public static void U32(this ArrayBufferWriter<byte> to, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(4), value);
        to.Advance(4);
    }

    public static void U63(this ArrayBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to.GetSpan(8), (ulong)value);
        to.Advance(8);
    }

    public static void Address(this ArrayBufferWriter<byte> to, Address value)
    {
        value.CopyTo(to.GetSpan(Blocks.Address.Length));
        to.Advance(Blocks.Address.Length);
    }

    public static void Id(this ArrayBufferWriter<byte> to, Keys.ObjectId value)
    {
        value.CopyTo(to.GetSpan(Keys.ObjectId.Length));
        to.Advance(Keys.ObjectId.Length);
    }
}
