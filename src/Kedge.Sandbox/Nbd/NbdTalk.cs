using System.Buffers.Binary;
using System.Text;
using Kedge.Sandbox.BlockStorage;

namespace Kedge.Sandbox.Nbd;

/// <summary>
/// One connection: fixed newstyle, structured replies with <c>base:allocation</c>, one request after the other.
/// https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md
/// </summary>
sealed class NbdTalk(Stream stream, Func<string, AttachedDisk> open, CancellationToken cancel)
{
    const ulong OptionMagic = 0x49484156454F5054;
    const int MaxPayload = 32 << 20;
    const int MaxOption = 64 << 10;
    const uint OptionAbort = 2, OptionGo = 7, OptionStructured = 8, OptionSetContext = 10;
    const uint Ack = 1, ReplyInfo = 3, ReplyContext = 4, Unsupported = 0x8000_0001, Unknown = 0x8000_0006;
    const ushort FlagsOfExport = 1 | (1 << 2) | (1 << 5) | (1 << 6) | (1 << 8);
    const uint AllocationContext = 1;
    const uint HoleAndZero = 3;
    const uint InputOutputError = 5, Invalid = 22;
    bool isStructured;
    AttachedDisk? disk;

    public async Task RunAsync()
    {
        await SendAsync(Numbers(0x4e42444d41474943UL, OptionMagic, (ushort)3));
        await ReadAsync(4);
        while (disk is null)
        {
            if (!await OptionAsync())
                return;
        }
        while (await RequestAsync())
        {
        }
    }

    async Task<bool> OptionAsync()
    {
        var head = await ReadAsync(16);
        var (option, length) = (BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(8)), BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(12)));
        if (length > MaxOption)
            return false;
        var content = await ReadAsync((int)length);
        switch (option)
        {
            case OptionAbort:
                await ReplyAsync(option, Ack, []);
                return false;
            case OptionStructured:
                isStructured = true;
                await ReplyAsync(option, Ack, []);
                return true;
            case OptionSetContext:
                if (isStructured && content.AsSpan().IndexOf("base:allocation"u8) >= 0)
                    await ReplyAsync(option, ReplyContext, [.. Numbers(AllocationContext), .. "base:allocation"u8]);
                await ReplyAsync(option, Ack, []);
                return true;
            case OptionGo:
                await GoAsync(content);
                return true;
            default:
                await ReplyAsync(option, Unsupported, []);
                return true;
        }
    }

    async Task GoAsync(byte[] content)
    {
        var name = Encoding.UTF8.GetString(content.AsSpan(4, (int)BinaryPrimitives.ReadUInt32BigEndian(content)));
        try
        {
            var found = open(name);
            await ReplyAsync(OptionGo, ReplyInfo, Numbers((ushort)0, (ulong)found.SizeBytes, FlagsOfExport));
            await ReplyAsync(OptionGo, Ack, []);
            disk = found;
        }
        catch (IOException e)
        {
            await ReplyAsync(OptionGo, Unknown, Encoding.UTF8.GetBytes(e.Message));
        }
    }

    async Task<bool> RequestAsync()
    {
        var head = await ReadAsync(28);
        var (command, cookie) = (BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6)), BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8)));
        var (offset, length) = (BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(16)), BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(24)));
        if (command is 2 or > 7 || (command is 0 or 1 && length > MaxPayload))
            return false;
        var payload = command == 1 ? await ReadAsync((int)length) : [];
        if (offset < 0 || offset + length > disk!.SizeBytes)
        {
            await FailAsync(cookie, Invalid);
            return true;
        }
        try
        {
            await DoAsync(command, cookie, offset, length, payload);
        }
        catch (IOException e) when (e is not EndOfStreamException && e.InnerException is null)
        {
            await FailAsync(cookie, InputOutputError);
        }
        return true;
    }

    async Task DoAsync(ushort command, ulong cookie, long offset, uint length, byte[] payload)
    {
        switch (command)
        {
            case 0:
                var bytes = new byte[length];
                disk!.Read(offset, bytes);
                await (isStructured ? ChunkAsync(cookie, 1, [.. Numbers((ulong)offset), .. bytes]) : SimpleAsync(cookie, 0, bytes));
                return;
            case 1:
                disk!.Write(offset, payload);
                break;
            case 4 or 6:
                disk!.Zero(offset, length);
                break;
            case 7:
                await ChunkAsync(cookie, 5, [.. Numbers(AllocationContext), .. Allocation(offset, length)]);
                return;
        }
        await (isStructured ? ChunkAsync(cookie, 0, []) : SimpleAsync(cookie, 0, []));
    }

    /// <summary>Extents from the offset on, each its length and its state; they may end before the range does.</summary>
    byte[] Allocation(long offset, uint length)
    {
        const int mostExtents = 4096;
        var answer = new List<byte>();
        var at = offset;
        void Add(long until, uint state)
        {
            if (until > at)
                answer.AddRange(Numbers((uint)(until - at), state));
            at = Math.Max(at, until);
        }
        foreach (var (from, bytes) in disk!.FindContent(offset, length).Take(mostExtents))
        {
            Add(from, HoleAndZero);
            Add(from + bytes, 0);
        }
        if (answer.Count < mostExtents * 8)
            Add(offset + length, HoleAndZero);
        return [.. answer];
    }

    Task FailAsync(ulong cookie, uint error) =>
        isStructured ? ChunkAsync(cookie, (1 << 15) + 1, Numbers(error, (ushort)0)) : SimpleAsync(cookie, error, []);

    Task ChunkAsync(ulong cookie, ushort type, byte[] content) => SendAsync([.. Numbers(0x668e33efU, (ushort)1, type, cookie, (uint)content.Length), .. content]);

    Task SimpleAsync(ulong cookie, uint error, byte[] content) => SendAsync([.. Numbers(0x67446698U, error, cookie), .. content]);

    Task ReplyAsync(uint option, uint type, byte[] content) => SendAsync([.. Numbers(0x3e889045565a9UL, option, type, (uint)content.Length), .. content]);

    async Task SendAsync(byte[] bytes) => await stream.WriteAsync(bytes, cancel);

    async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    /// <summary>Big-endian, each as wide as its type.</summary>
    static byte[] Numbers(params IEnumerable<object> numbers)
    {
        var bytes = new List<byte>();
        foreach (var number in numbers)
        {
            var (value, width) = number switch
            {
                ushort small => (small, 2),
                uint middle => (middle, 4),
                _ => ((ulong)number, 8),
            };
            for (var shift = (width - 1) * 8; shift >= 0; shift -= 8)
                bytes.Add(unchecked((byte)(value >> shift)));
        }
        return [.. bytes];
    }
}
