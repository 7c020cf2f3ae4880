using Kedge.Blocks.Devices;

namespace Kedge.Blocks.Nbd;

/// <summary>An NBD export. Requests are spread over the connections; a connection that is lost is made anew, and what was under way is asked again.</summary>
public sealed class NbdDevice : IDevice
{
    const int Tries = 3;
    const uint MaxRange = 1 << 30;
    readonly NbdEndpoint endpoint;
    readonly TimeProvider time;
    readonly NbdConnection?[] connections;
    readonly SemaphoreSlim opening = new(1, 1);
    readonly NbdExport export;
    int turn;

    NbdDevice(NbdEndpoint endpoint, TimeProvider time, NbdConnection first)
    {
        this.endpoint = endpoint;
        this.time = time;
        export = first.Export;
        // A server that does not say that its connections see the same is asked through one.
        connections = new NbdConnection?[export.Has(NbdWire.CanMultiConn) ? Math.Clamp(endpoint.Connections, 1, 16) : 1];
        connections[0] = first;
    }

    /// <inheritdoc/>
    public long SizeBytes => export.SizeBytes;

    /// <inheritdoc/>
    public int ReadsAhead => 8;

    /// <summary>Whether the server refuses writes.</summary>
    public bool IsReadOnly => export.Has(NbdWire.ReadOnly);

    /// <summary>Whether the dirty bitmap that was asked for is there.</summary>
    public bool HasChanges => export.ChangeContext is not null;

    /// <summary>Connects; throws when the export is not to be had.</summary>
    public static async Task<NbdDevice> ConnectAsync(NbdEndpoint endpoint, TimeProvider time, CancellationToken cancel) =>
        new(endpoint, time, await NbdConnection.OpenAsync(endpoint, time, cancel));

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        CheckRange(offset, into.Length);
        for (var at = 0; at < into.Length;)
        {
            var part = into.Slice(at, (int)Math.Min((uint)(into.Length - at), export.MaxPayloadBytes));
            var from = offset + at;
            await AskAsync(() => new NbdPending(NbdWire.Read, from, part, 0, null), from, (uint)part.Length, default, cancel);
            at += part.Length;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        CheckWritable();
        CheckRange(offset, content.Length);
        for (var at = 0; at < content.Length;)
        {
            var part = content.Slice(at, (int)Math.Min((uint)(content.Length - at), export.MaxPayloadBytes));
            await AskAsync(() => new NbdPending(NbdWire.Write, 0, default, 0, null), offset + at, (uint)part.Length, part, cancel);
            at += part.Length;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ZeroAsync(long offset, long length, CancellationToken cancel)
    {
        CheckWritable();
        CheckRange(offset, length);
        var isKnown = export.Has(NbdWire.SendWriteZeroes);
        var zeros = isKnown ? default(ReadOnlyMemory<byte>) : new byte[(int)Math.Min(length, 1 << 20)];
        for (long at = 0; at < length;)
        {
            var part = Math.Min(length - at, isKnown ? export.MaxPayloadBytes : zeros.Length);
            if (isKnown) await AskAsync(() => new NbdPending(NbdWire.WriteZeroes, 0, default, 0, null), offset + at, (uint)part, default, cancel);
            else await WriteAsync(offset + at, zeros[..(int)part], cancel);
            at += part;
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        // With several connections a flush on one covers all: that is what CAN_MULTI_CONN promises.
        if (export.Has(NbdWire.SendFlush)) await AskAsync(() => new NbdPending(NbdWire.Flush, 0, default, 0, null), 0, 0, default, cancel);
    }

    /// <inheritdoc/>
    public async ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel)
    {
        CheckRange(range.OffsetBytes, range.LengthBytes);
        if (export.AllocationContext is { } context) await StatusAsync(range, context, static flags => (flags & NbdWire.StateZero) == 0, content.Add, cancel);
        else content.Add(range);
    }

    /// <summary>What the server's dirty bitmap says has changed.</summary>
    public async Task<ChangeMap> ReadChangesAsync(CancellationToken cancel)
    {
        var context = export.ChangeContext ?? throw new DeviceException(DeviceFault.Refused, $"{endpoint} has no context '{endpoint.ChangeContext}'.");
        var map = new ChangeMap(SizeBytes);
        await StatusAsync(new Extent(0, SizeBytes), context, static flags => (flags & NbdWire.StateDirty) != 0, map.Add, cancel);
        return map;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
        {
            if (connection is not null) await connection.DisposeAsync();
        }
        opening.Dispose();
    }

    async Task StatusAsync(Extent range, uint context, Func<uint, bool> isWanted, Action<Extent> add, CancellationToken cancel)
    {
        var statuses = new List<NbdStatus>();
        for (var at = range.OffsetBytes; at < range.EndBytes;)
        {
            var length = (uint)Math.Min(range.EndBytes - at, MaxRange);
            var from = at;
            await AskAsync(() =>
            {
                statuses.Clear();
                return new NbdPending(NbdWire.BlockStatus, from, default, context, statuses);
            }, from, length, default, cancel);
            // The server answers for the beginning of the range, at least; the last extent may reach beyond it.
            foreach (var status in statuses)
            {
                var end = Math.Min(at + status.LengthBytes, range.EndBytes);
                if (isWanted(status.Flags) && end > at) add(new Extent(at, end - at));
                at = end;
            }
        }
    }

    /// <summary>Everything we ask may be asked again: a read changes nothing, and a write writes the same.</summary>
    async Task AskAsync(Func<NbdPending> pending, long offset, uint length, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var connection = await ConnectionAsync(cancel);
                await connection.AskAsync(pending(), offset, length, content, cancel);
                return;
            }
            catch (DeviceException e) when (e.IsTransient && tries < Tries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * tries), time, cancel);
            }
        }
    }

    async ValueTask<NbdConnection> ConnectionAsync(CancellationToken cancel)
    {
        var slot = (int)((uint)Interlocked.Increment(ref turn) % (uint)connections.Length);
        if (Volatile.Read(ref connections[slot]) is { IsBroken: false } open) return open;
        await opening.WaitAsync(cancel);
        try
        {
            if (connections[slot] is { IsBroken: false } made) return made;
            var fresh = await NbdConnection.OpenAsync(endpoint, time, cancel);
            if (fresh.Export != export)
            {
                await fresh.DisposeAsync();
                throw new DeviceException(DeviceFault.Refused, $"{endpoint} is another export than when it was opened ({fresh.Export.SizeBytes} bytes, {SizeBytes} before).");
            }
            if (connections[slot] is { } dead) await dead.DisposeAsync();
            connections[slot] = fresh;
            return fresh;
        }
        finally
        {
            opening.Release();
        }
    }

    void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset + length > SizeBytes) throw new DeviceException(DeviceFault.Refused, $"{endpoint} has {SizeBytes} bytes; {length} at {offset} are not in it.");
    }

    void CheckWritable()
    {
        if (IsReadOnly) throw new DeviceException(DeviceFault.Refused, $"{endpoint} is read-only.");
    }
}
