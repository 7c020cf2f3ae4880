using Kedge.Blocks.Stores;
using Microsoft.Win32.SafeHandles;

namespace Kedge.Blocks.Devices;

/// <summary>How a file or block device is opened.</summary>
public enum FileUse
{
    /// <summary>Through the page cache.</summary>
    Read,

    /// <summary>Past the page cache (O_DIRECT): a backup does not push out what the host works with, and a read-back comes from the medium.</summary>
    ReadDirect,

    /// <summary>To be written, and read back, past the page cache where a buffer is aligned; it exists already.</summary>
    Write,
}

/// <summary>A regular file or a block device. Holes are found with SEEK_DATA and made with fallocate; a device that can neither is read and written in full.</summary>
public sealed class FileDevice : IDevice
{
    const int Alignment = AlignedBuffer.Boundary;
    readonly string path;
    readonly SafeFileHandle file;
    readonly SafeFileHandle? direct;
    readonly bool canSeekData;

    FileDevice(string path, SafeFileHandle file, SafeFileHandle? direct, long size)
    {
        this.path = path;
        this.file = file;
        this.direct = direct;
        SizeBytes = size;
        canSeekData = size > 0 && Posix.SeekData(file, 0) != -1;
    }

    /// <inheritdoc/>
    public long SizeBytes { get; }

    /// <inheritdoc/>
    public int ReadsAhead => 1;

    /// <summary>Opens what is there.</summary>
    public static FileDevice Open(string path, FileUse use) => Guard(path, "open", () =>
    {
        var file = File.OpenHandle(path, FileMode.Open, use == FileUse.Write ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite);
        var direct = use == FileUse.Read ? null : Posix.FindDirect(path, use == FileUse.Write ? FileAccess.ReadWrite : FileAccess.Read);
        return new FileDevice(path, file, direct, Posix.SizeOf(file));
    });

    /// <summary>Makes a new file that is one hole.</summary>
    public static FileDevice Create(string path, long sizeBytes) => Guard(path, "create", () =>
    {
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.SetLength(file, sizeBytes);
        return new FileDevice(path, file, Posix.FindDirect(path, FileAccess.ReadWrite), sizeBytes);
    });

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Read(offset, into.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (offset < 0 || offset + content.Length > SizeBytes) throw Outside(offset, content.Length);
        try
        {
            RandomAccess.Write(HandleFor(offset, content.Span), content.Span, offset);
            return ValueTask.CompletedTask;
        }
        catch (IOException e)
        {
            throw Failed(path, $"write {content.Length} bytes at {offset}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ZeroAsync(long offset, long length, CancellationToken cancel)
    {
        if (offset < 0 || length < 0 || offset + length > SizeBytes) throw Outside(offset, length);
        if (length == 0 || Posix.PunchHole(file, offset, length)) return;
        var zeros = new byte[1 << 20];
        for (long at = 0; at < length; at += zeros.Length)
            await WriteAsync(offset + at, zeros.AsMemory(0, (int)Math.Min(zeros.Length, length - at)), cancel);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Guard(path, "flush", () => { RandomAccess.FlushToDisk(file); return 0; });
        Posix.ForgetCache(file, 0, 0);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!canSeekData)
        {
            content.Add(range);
            return ValueTask.CompletedTask;
        }
        for (var at = range.OffsetBytes; at < range.EndBytes;)
        {
            var data = Posix.SeekData(file, at);
            if (data is null || data >= range.EndBytes) break;
            var hole = data < 0 ? -1 : Posix.SeekHole(file, data.Value);
            if (hole is null or < 0)
            {
                content.Add(new Extent(at, range.EndBytes - at));
                break;
            }
            var end = Math.Min(hole.Value, range.EndBytes);
            content.Add(new Extent(data.Value, end - data.Value));
            at = end;
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        direct?.Dispose();
        file.Dispose();
        return ValueTask.CompletedTask;
    }

    void Read(long offset, Span<byte> into)
    {
        if (offset < 0 || offset + into.Length > SizeBytes) throw Outside(offset, into.Length);
        var from = HandleFor(offset, into);
        try
        {
            for (var got = 0; got < into.Length;)
            {
                var more = RandomAccess.Read(from, into[got..], offset + got);
                if (more == 0) throw new DeviceException(DeviceFault.Failed, $"{path} ends at {offset + got}, though it had {SizeBytes} bytes when it was opened.");
                got += more;
            }
        }
        catch (IOException e)
        {
            throw Failed(path, $"read {into.Length} bytes at {offset}", e);
        }
    }

    /// <summary>The way past the page cache, where there is one and the buffer may take it: a restore through the cache costs five times the CPU.</summary>
    SafeFileHandle HandleFor(long offset, ReadOnlySpan<byte> buffer) =>
        direct is not null && offset % Alignment == 0 && buffer.Length % Alignment == 0 && AlignedBuffer.IsAligned(buffer) ? direct : file;

    DeviceException Outside(long offset, long length) => new(DeviceFault.Refused, $"{path} has {SizeBytes} bytes; {length} at {offset} are not in it.");

    static T Guard<T>(string path, string what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException e)
        {
            throw Failed(path, what, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Failed(path, what, e);
        }
    }

    static DeviceException Failed(string path, string what, Exception e) => new(DeviceFault.Failed, $"{path}: could not {what}: {e.Message}", e);
}
