using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Kedge.Blocks.Devices;

namespace Kedge.Blocks.Nbd;

/// <summary>What the server said about the export.</summary>
sealed record NbdExport(long SizeBytes, ushort Flags, uint MaxPayloadBytes, bool IsStructured, uint? AllocationContext, uint? ChangeContext)
{
    public bool Has(ushort flag) => (Flags & flag) != 0;
}

/// <summary>Fixed newstyle negotiation: TLS when asked for, structured replies, meta contexts, GO. All that the server says is bounded before it is believed.</summary>
sealed class NbdHandshake(NbdEndpoint endpoint, Stream stream)
{
    const int MaxOptionReplyBytes = 64 << 10;
    const int MaxReplies = 64;
    const uint DefaultMaxPayload = 32 << 20;
    const string Allocation = "base:allocation";
    Stream stream = stream;

    /// <summary>The stream to go on with (TLS may have wrapped it) and the export.</summary>
    public async Task<(Stream Stream, NbdExport Export)> RunAsync(CancellationToken cancel)
    {
        await GreetAsync(cancel);
        if (endpoint.Tls is not null) await StartTlsAsync(endpoint.Tls, cancel);
        var isStructured = await TryOptionAsync(NbdWire.OptionStructuredReply, [], cancel);
        var (allocation, changes) = isStructured ? await SetContextsAsync(cancel) : (null, null);
        var (size, flags, max) = await GoAsync(cancel);
        return (stream, new NbdExport(size, flags, max, isStructured, allocation, changes));
    }

    async Task GreetAsync(CancellationToken cancel)
    {
        var greeting = await ReadAsync(18, cancel);
        if (NbdWire.U64(greeting) != NbdWire.Greeting) throw Protocol("it is not an NBD server");
        if (NbdWire.U64(greeting.AsSpan(8)) != NbdWire.IHaveOption) throw Protocol("it speaks the oldstyle protocol only");
        var flags = NbdWire.U16(greeting.AsSpan(16));
        if ((flags & NbdWire.FixedNewstyle) == 0) throw Protocol("it does not speak fixed newstyle");
        var answer = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(answer, (uint)(flags & (NbdWire.FixedNewstyle | NbdWire.NoZeroes)));
        await stream.WriteAsync(answer, cancel);
    }

    async Task StartTlsAsync(SslClientAuthenticationOptions options, CancellationToken cancel)
    {
        if (!await TryOptionAsync(NbdWire.OptionStartTls, [], cancel)) throw new DeviceException(DeviceFault.Refused, $"{endpoint}: the server has no TLS, and without it nothing is sent.");
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(options, cancel);
        }
        catch (AuthenticationException e)
        {
            await secured.DisposeAsync();
            throw new DeviceException(DeviceFault.Refused, $"{endpoint}: TLS failed: {e.Message}", e);
        }
        stream = secured;
    }

    async Task<(uint? Allocation, uint? Changes)> SetContextsAsync(CancellationToken cancel)
    {
        string[] wanted = endpoint.ChangeContext is { } asked ? [Allocation, asked] : [Allocation];
        var request = new List<byte>();
        Add(request, endpoint.Export);
        AddU32(request, (uint)wanted.Length);
        foreach (var name in wanted) Add(request, name);
        await SendOptionAsync(NbdWire.OptionSetMetaContext, [.. request], cancel);

        uint? allocation = null, changes = null;
        for (var i = 0; i < MaxReplies; i++)
        {
            var (type, content) = await ReadReplyAsync(NbdWire.OptionSetMetaContext, cancel);
            if (type == NbdWire.ReplyAck) return (allocation, changes);
            if ((type & NbdWire.ReplyErrorBit) != 0) return (null, null);
            if (type != NbdWire.ReplyMetaContext || content.Length < 4) throw Protocol($"it answered a list of contexts with {type}");
            var name = Encoding.UTF8.GetString(content.AsSpan(4));
            if (name == Allocation) allocation = NbdWire.U32(content);
            else if (name == endpoint.ChangeContext) changes = NbdWire.U32(content);
        }
        throw Protocol("it does not end its list of contexts");
    }

    async Task<(long Size, ushort Flags, uint MaxPayload)> GoAsync(CancellationToken cancel)
    {
        var request = new List<byte>();
        Add(request, endpoint.Export);
        request.AddRange([0, 1, 0, (byte)NbdWire.InfoBlockSize]);
        await SendOptionAsync(NbdWire.OptionGo, [.. request], cancel);

        (long Size, ushort Flags)? export = null;
        var max = DefaultMaxPayload;
        for (var i = 0; i < MaxReplies; i++)
        {
            var (type, content) = await ReadReplyAsync(NbdWire.OptionGo, cancel);
            if (type == NbdWire.ReplyAck) return export is { } known ? (known.Size, known.Flags, max) : throw Protocol("it opened the export without a word on its size");
            if ((type & NbdWire.ReplyErrorBit) != 0) throw new DeviceException(DeviceFault.Refused, $"{endpoint}: the server does not open the export: {Text(content)} (reply {type & ~NbdWire.ReplyErrorBit}).");
            if (type != NbdWire.ReplyInfo || content.Length < 2) throw Protocol($"it answered GO with {type}");
            var kind = NbdWire.U16(content);
            if (kind == NbdWire.InfoExport) export = ParseExport(content);
            else if (kind == NbdWire.InfoBlockSize) max = ParseMax(content);
        }
        throw Protocol("it does not end its answer to GO");
    }

    (long Size, ushort Flags) ParseExport(byte[] content)
    {
        if (content.Length != 12) throw Protocol("its word on the export has a wrong length");
        var size = NbdWire.U64(content.AsSpan(2));
        if (size > (ulong)Disks.DiskShape.MaxSizeBytes) throw Protocol($"it says that the export has {size} bytes");
        return ((long)size, NbdWire.U16(content.AsSpan(10)));
    }

    uint ParseMax(byte[] content)
    {
        if (content.Length != 14) throw Protocol("its word on block sizes has a wrong length");
        var max = NbdWire.U32(content.AsSpan(10));
        return max >= 4096 ? Math.Min(max, DefaultMaxPayload) : throw Protocol($"it takes no more than {max} bytes at once");
    }

    /// <summary>False when the server does not know or allow the option.</summary>
    async Task<bool> TryOptionAsync(uint option, byte[] content, CancellationToken cancel)
    {
        await SendOptionAsync(option, content, cancel);
        var (type, _) = await ReadReplyAsync(option, cancel);
        if (type == NbdWire.ReplyAck) return true;
        return (type & NbdWire.ReplyErrorBit) != 0 ? false : throw Protocol($"it answered option {option} with {type}");
    }

    async Task SendOptionAsync(uint option, byte[] content, CancellationToken cancel)
    {
        var bytes = new byte[16 + content.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NbdWire.IHaveOption);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), option);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), (uint)content.Length);
        content.CopyTo(bytes, 16);
        await stream.WriteAsync(bytes, cancel);
    }

    async Task<(uint Type, byte[] Content)> ReadReplyAsync(uint option, CancellationToken cancel)
    {
        var head = await ReadAsync(20, cancel);
        if (NbdWire.U64(head) != NbdWire.OptionReply) throw Protocol("a reply has a wrong magic");
        if (NbdWire.U32(head.AsSpan(8)) != option) throw Protocol("it replied to an option that was not asked");
        var length = NbdWire.U32(head.AsSpan(16));
        if (length > MaxOptionReplyBytes) throw Protocol($"a reply claims {length} bytes");
        return (NbdWire.U32(head.AsSpan(12)), await ReadAsync((int)length, cancel));
    }

    async Task<byte[]> ReadAsync(int length, CancellationToken cancel)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    static void Add(List<byte> to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        AddU32(to, (uint)bytes.Length);
        to.AddRange(bytes);
    }

    static void AddU32(List<byte> to, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        to.AddRange(bytes);
    }

    /// <summary>A server's own words, cut and without control characters.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 200)]);
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }

    DeviceException Protocol(string what) => new(DeviceFault.Protocol, $"{endpoint}: {what}.");
}
