using System.Buffers.Binary;

namespace Kedge.Blocks.Nbd;

/// <summary>Numbers of the protocol (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md). Everything is big-endian.</summary>
static class NbdWire
{
    public const ulong Greeting = 0x4e42444d41474943;
    public const ulong IHaveOption = 0x49484156454F5054;
    public const ulong OptionReply = 0x3e889045565a9;
    public const ushort FixedNewstyle = 1;
    public const ushort NoZeroes = 2;

    public const uint OptionStartTls = 5;
    public const uint OptionGo = 7;
    public const uint OptionStructuredReply = 8;
    public const uint OptionSetMetaContext = 10;

    public const uint ReplyAck = 1;
    public const uint ReplyInfo = 3;
    public const uint ReplyMetaContext = 4;
    public const uint ReplyErrorBit = 0x8000_0000;

    public const ushort InfoExport = 0;
    public const ushort InfoBlockSize = 3;

    public const ushort HasFlags = 1 << 0;
    public const ushort ReadOnly = 1 << 1;
    public const ushort SendFlush = 1 << 2;
    public const ushort SendTrim = 1 << 5;
    public const ushort SendWriteZeroes = 1 << 6;
    public const ushort CanMultiConn = 1 << 8;

    public const uint Request = 0x25609513;
    public const uint SimpleReply = 0x67446698;
    public const uint StructuredReply = 0x668e33ef;
    public const int RequestLength = 28;

    public const ushort Read = 0;
    public const ushort Write = 1;
    public const ushort Disconnect = 2;
    public const ushort Flush = 3;
    public const ushort WriteZeroes = 6;
    public const ushort BlockStatus = 7;

    public const ushort ChunkDone = 1;
    public const ushort ChunkNone = 0;
    public const ushort ChunkData = 1;
    public const ushort ChunkHole = 2;
    public const ushort ChunkStatus = 5;
    public const ushort ChunkErrorBit = 1 << 15;

    public const uint StateZero = 2;
    public const uint StateDirty = 1;

    public static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes);

    public static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    public static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

    /// <summary>What an NBD error number says.</summary>
    public static string ErrorName(uint error) => error switch
    {
        1 => "not permitted",
        5 => "input/output error",
        12 => "out of memory",
        22 => "invalid argument",
        28 => "no space left",
        75 => "too large",
        95 => "not supported",
        108 => "the server is shutting down",
        _ => $"error {error}",
    };
}
