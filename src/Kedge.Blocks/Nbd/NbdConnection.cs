using System.Buffers.Binary;
using System.Net.Sockets;
using Kedge.Blocks.Devices;

namespace Kedge.Blocks.Nbd;

/// <summary>
/// One connection: requests go out under a lock, one receiver matches answers by cookie. NBD cannot take a request back, so one that is late, cancelled or
/// answered wrongly costs the connection: it is closed, the receiver ends, and every waiting request fails. Until then buffers belong to the receiver.
/// </summary>
sealed class NbdConnection : IAsyncDisposable
{
    const int MaxInFlight = 32;
    const int MaxStatusBytes = 1 << 20;
    const int MaxErrorBytes = 8 << 10;

    readonly NbdEndpoint endpoint;
    readonly TimeProvider time;
    readonly Socket socket;
    readonly Stream stream;
    readonly SemaphoreSlim sending = new(1, 1);
    readonly SemaphoreSlim room = new(MaxInFlight, MaxInFlight);
    readonly Dictionary<ulong, NbdPending> waiting = [];
    readonly Lock gate = new();
    readonly byte[] head = new byte[32];
    readonly byte[] outgoing = new byte[NbdWire.RequestLength];
    Task receiving = Task.CompletedTask;
    DeviceException? broken;
    ulong cookie;

    NbdConnection(NbdEndpoint endpoint, TimeProvider time, Socket socket, Stream stream, NbdExport export)
    {
        this.endpoint = endpoint;
        this.time = time;
        this.socket = socket;
        this.stream = stream;
        Export = export;
    }

    public NbdExport Export { get; }

    public bool IsBroken => Volatile.Read(ref broken) is not null;

    public static async Task<NbdConnection> OpenAsync(NbdEndpoint endpoint, TimeProvider time, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(endpoint.ConnectWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var socket = endpoint.UnixSocket is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var isOpen = false;
        try
        {
            if (endpoint.UnixSocket is null) await socket.ConnectAsync(endpoint.Host ?? "", endpoint.Port, either.Token);
            else await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.UnixSocket), either.Token);
            var (stream, export) = await new NbdHandshake(endpoint, new NetworkStream(socket, ownsSocket: false)).RunAsync(either.Token);
            var connection = new NbdConnection(endpoint, time, socket, stream, export);
            connection.receiving = Task.Run(connection.ReceiveAsync, CancellationToken.None);
            isOpen = true;
            return connection;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new DeviceException(DeviceFault.TimedOut, $"{endpoint} did not finish its handshake within {endpoint.ConnectWithin.TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new DeviceException(DeviceFault.Unavailable, $"{endpoint}: {e.Message}", e);
        }
        finally
        {
            if (!isOpen) socket.Dispose();
        }
    }

    /// <summary>Sends a request and waits for its answer. The content is what a write carries, <paramref name="pending"/> is where an answer goes.</summary>
    public async Task AskAsync(NbdPending pending, long offset, uint length, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        await room.WaitAsync(cancel);
        try
        {
            await SendAsync(pending, offset, length, content, cancel);
            await pending.Done.WaitAsync(endpoint.AnswerWithin, time, cancel);
        }
        catch (TimeoutException e)
        {
            await BreakAsync(new DeviceException(DeviceFault.TimedOut, $"{endpoint} did not answer within {endpoint.AnswerWithin.TotalSeconds:0} s; the connection is given up. A write may have happened.", e));
            await pending.Done;
        }
        catch (OperationCanceledException)
        {
            await BreakAsync(new DeviceException(DeviceFault.Unavailable, $"{endpoint}: the request was cancelled, and the connection with it."));
            throw;
        }
        finally
        {
            room.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsBroken)
        {
            try
            {
                BinaryPrimitives.WriteUInt32BigEndian(outgoing, NbdWire.Request);
                outgoing.AsSpan(4).Clear();
                BinaryPrimitives.WriteUInt16BigEndian(outgoing.AsSpan(6), NbdWire.Disconnect);
                await stream.WriteAsync(outgoing);
            }
            catch (IOException)
            {
                // It has gone already; that is all that a farewell would have brought about.
            }
        }
        await BreakAsync(new DeviceException(DeviceFault.Unavailable, $"{endpoint} was closed."));
        await stream.DisposeAsync();
        // The semaphores stay: a request that is just failing still gives its room back.
        socket.Dispose();
    }

    async Task SendAsync(NbdPending pending, long offset, uint length, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel);
        try
        {
            ulong mine;
            lock (gate)
            {
                if (broken is not null) throw broken;
                mine = ++cookie;
                waiting.Add(mine, pending);
            }
            BinaryPrimitives.WriteUInt32BigEndian(outgoing, NbdWire.Request);
            BinaryPrimitives.WriteUInt16BigEndian(outgoing.AsSpan(4), 0);
            BinaryPrimitives.WriteUInt16BigEndian(outgoing.AsSpan(6), pending.Type);
            BinaryPrimitives.WriteUInt64BigEndian(outgoing.AsSpan(8), mine);
            BinaryPrimitives.WriteUInt64BigEndian(outgoing.AsSpan(16), (ulong)offset);
            BinaryPrimitives.WriteUInt32BigEndian(outgoing.AsSpan(24), length);
            using var late = new CancellationTokenSource(endpoint.AnswerWithin, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            await stream.WriteAsync(outgoing, either.Token);
            if (!content.IsEmpty) await stream.WriteAsync(content, either.Token);
        }
        catch (IOException e)
        {
            await BreakAsync(Lost(e));
            throw Lost(e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException("The server takes nothing more.", e);
        }
        finally
        {
            sending.Release();
        }
    }

    async Task ReceiveAsync()
    {
        DeviceException why;
        try
        {
            while (true) await ReceiveOneAsync();
        }
        catch (DeviceException e)
        {
            why = e.Fault == DeviceFault.Protocol ? new DeviceException(DeviceFault.Protocol, $"{endpoint}: {e.Message}; the connection is closed.", e) : e;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            why = Lost(e);
        }
        Close(why);
        lock (gate)
        {
            foreach (var pending in waiting.Values) pending.Fail(broken!);
            waiting.Clear();
        }
    }

    async ValueTask ReceiveOneAsync()
    {
        await stream.ReadExactlyAsync(head.AsMemory(0, 16));
        var magic = NbdWire.U32(head);
        if (magic == NbdWire.SimpleReply) await ReceiveSimpleAsync();
        else if (magic == NbdWire.StructuredReply && Export.IsStructured) await ReceiveChunkAsync();
        else throw Protocol("a reply has a wrong magic");
    }

    async ValueTask ReceiveSimpleAsync()
    {
        var error = NbdWire.U32(head.AsSpan(4));
        var mine = NbdWire.U64(head.AsSpan(8));
        var pending = Find(mine);
        if (error != 0) pending.Error = Failed(error, "");
        else if (pending.Type == NbdWire.Read && Export.IsStructured) throw Protocol("it answered a read without structure");
        else if (pending.Type == NbdWire.Read)
        {
            await stream.ReadExactlyAsync(pending.Into);
            pending.Whole();
        }
        Finish(mine, pending);
    }

    async ValueTask ReceiveChunkAsync()
    {
        await stream.ReadExactlyAsync(head.AsMemory(16, 4));
        var isDone = (NbdWire.U16(head.AsSpan(4)) & NbdWire.ChunkDone) != 0;
        var type = NbdWire.U16(head.AsSpan(6));
        var mine = NbdWire.U64(head.AsSpan(8));
        var length = NbdWire.U32(head.AsSpan(16));
        var pending = Find(mine);
        switch (type)
        {
            case NbdWire.ChunkNone when length == 0 && isDone:
                break;
            case NbdWire.ChunkData when length > 8:
                await stream.ReadExactlyAsync(head.AsMemory(20, 8));
                await stream.ReadExactlyAsync(pending.Part(NbdWire.U64(head.AsSpan(20)), length - 8));
                break;
            case NbdWire.ChunkHole when length == 12:
                await stream.ReadExactlyAsync(head.AsMemory(20, 12));
                pending.Part(NbdWire.U64(head.AsSpan(20)), NbdWire.U32(head.AsSpan(28))).Span.Clear();
                break;
            case NbdWire.ChunkStatus when length is >= 12 and <= MaxStatusBytes && (length - 4) % 8 == 0:
                pending.AddStatus(await ReadAsync((int)length));
                break;
            case >= NbdWire.ChunkErrorBit when length is >= 6 and <= MaxErrorBytes:
                var payload = await ReadAsync((int)length);
                pending.Error ??= Failed(NbdWire.U32(payload), NbdHandshake.Text(payload.AsSpan(6, Math.Min(payload.Length - 6, NbdWire.U16(payload.AsSpan(4))))));
                break;
            default:
                throw Protocol($"it sent a chunk of type {type} with {length} bytes");
        }
        if (isDone) Finish(mine, pending);
    }

    async ValueTask<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    NbdPending Find(ulong mine)
    {
        lock (gate) return waiting.TryGetValue(mine, out var pending) ? pending : throw Protocol("it answered what was not asked");
    }

    void Finish(ulong mine, NbdPending pending)
    {
        pending.Complete();
        lock (gate) waiting.Remove(mine);
    }

    /// <summary>Closes and waits until the receiver has let go of all buffers.</summary>
    async Task BreakAsync(DeviceException why)
    {
        Close(why);
        await receiving;
    }

    void Close(DeviceException why)
    {
        lock (gate) broken ??= why;
        // Ends the receiver's read; the stream itself is disposed by its owner.
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Shut down already.
        }
    }

    DeviceException Failed(uint error, string text) => new(error == 108 ? DeviceFault.Unavailable : DeviceFault.Failed, $"{endpoint}: the server failed the request: {NbdWire.ErrorName(error)}{(text.Length > 0 ? $" ({text})" : "")}.");

    DeviceException Lost(Exception e) => new(DeviceFault.Unavailable, $"{endpoint}: the connection was lost: {e.Message}", e);

    static DeviceException Protocol(string what) => new(DeviceFault.Protocol, what);
}
