using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kedge.Blocks.Tests.Nbd;

/// <summary>
/// An NBD server that speaks correctly and then, at one byte of what it says, stops doing so: it flips, cuts, repeats, or sends noise. It never stalls on purpose.
/// </summary>
sealed class LyingServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task serving;
    readonly int seed;
    readonly long size;
    int connections;

    public LyingServer(int seed, long size)
    {
        this.seed = seed;
        this.size = size;
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await TalkAsync(client.GetStream(), new Random(seed * 1000 + connections++));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    async Task TalkAsync(NetworkStream stream, Random random)
    {
        var speech = new Speech(stream, random, stop.Token);
        try
        {
            await speech.SayAsync(writer => { writer.U64(0x4e42444d41474943); writer.U64(0x49484156454F5054); writer.U16(3); });
            await speech.HearAsync(4);
            while (await OptionAsync(speech)) { }
            while (true) await RequestAsync(speech);
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or OperationCanceledException or OverflowException)
        {
            // The client has hung up on us, as it should.
        }
    }

    async Task<bool> OptionAsync(Speech speech)
    {
        var head = await speech.HearAsync(16);
        var option = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(8));
        await speech.HearAsync((int)BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(12)));
        if (option == 7) await ReplyAsync(speech, option, 3, w => { w.U16(0); w.U64((ulong)size); w.U16(1 | 4 | 64 | 256); });
        if (option == 10) await ReplyAsync(speech, option, 4, w => { w.U32(9); w.Raw("base:allocation"u8); });
        await ReplyAsync(speech, option, 1, _ => { });
        return option != 7;
    }

    static Task ReplyAsync(Speech speech, uint option, uint type, Action<Words> content)
    {
        var inner = new Words();
        content(inner);
        return speech.SayAsync(w => { w.U64(0x3e889045565a9); w.U32(option); w.U32(type); w.U32((uint)inner.Bytes.Count); w.Raw([.. inner.Bytes]); });
    }

    static async Task RequestAsync(Speech speech)
    {
        var head = await speech.HearAsync(28);
        var type = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
        var cookie = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
        var offset = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(16));
        var length = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(24));
        void Head(Words w, ushort flags, ushort chunk, uint bytes) { w.U32(0x668e33ef); w.U16(flags); w.U16(chunk); w.U64(cookie); w.U32(bytes); }
        if (type == 7) await speech.SayAsync(w => { Head(w, 1, 5, 12); w.U32(9); w.U32(length); w.U32(0); });
        else if (type == 0)
        {
            await speech.SayAsync(w => { Head(w, 0, 2, 12); w.U64(offset); w.U32(length / 2); });
            await speech.SayAsync(w => { Head(w, 1, 1, 8 + length - length / 2); w.U64(offset + length / 2); w.Raw(new byte[length - length / 2]); });
        }
        else await speech.SayAsync(w => Head(w, 1, 0, 0));
    }
}

/// <summary>What a lying server says, spoiled at one place.</summary>
sealed class Speech(NetworkStream stream, Random random, CancellationToken cancel)
{
    int untilLie = random.Next(400);

    public async Task<byte[]> HearAsync(int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    public async Task SayAsync(Action<Words> speak)
    {
        var words = new Words();
        speak(words);
        byte[] bytes = [.. words.Bytes];
        var isLie = untilLie >= 0 && untilLie < bytes.Length;
        if (isLie) bytes = Spoil(bytes, untilLie);
        untilLie = isLie ? random.Next(400) : untilLie - bytes.Length;
        await stream.WriteAsync(bytes, cancel);
        // After a lie both may wait for the other; hanging up is what a broken server does.
        if (isLie && random.Next(2) == 0) throw new IOException("hung up");
    }

    byte[] Spoil(byte[] bytes, int at)
    {
        switch (random.Next(4))
        {
            case 0: bytes[at] ^= (byte)(1 << random.Next(8)); return bytes;
            case 1: return bytes[..at];
            case 2: return [.. bytes, .. bytes];
            default: random.NextBytes(bytes.AsSpan(at)); return bytes;
        }
    }
}

/// <summary>Big-endian bytes.</summary>
sealed class Words
{
    public List<byte> Bytes { get; } = [];

    public void U16(ushort value) => Raw([(byte)(value >> 8), (byte)(value & 0xff)]);

    public void U32(uint value)
    {
        U16((ushort)(value >> 16));
        U16((ushort)(value & 0xffff));
    }

    public void U64(ulong value)
    {
        U32((uint)(value >> 32));
        U32((uint)(value & 0xffff_ffff));
    }

    public void Raw(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);
}
