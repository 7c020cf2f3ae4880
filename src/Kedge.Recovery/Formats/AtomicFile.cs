using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kedge.Recovery.Formats;

/// <summary>A file that is there whole or not at all, also after power was lost.</summary>
public static partial class AtomicFile
{
    /// <summary>Two tasks of one process may write one path at once: each has a file of its own beside it, and the last to be renamed stays.</summary>
    static long written;

    /// <summary>Not cancelled once it has begun: <see cref="SmallFile"/> says why nothing is awaited.</summary>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Write(path, content.Span, mode: null);
        return Task.CompletedTask;
    }

    /// <summary>As above; from the first byte on its owner alone may read it.</summary>
    public static Task WriteSecretAsync(string path, string text, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Write(path, System.Text.Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Task.CompletedTask;
    }

    /// <summary>As the first, for whoever holds a lock meanwhile.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(path, content, mode: null);

    static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode? mode)
    {
        var beside = $"{path}.{Environment.ProcessId}.{Interlocked.Increment(ref written)}.new";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = mode }))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
            FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Without it the new name itself may be lost with the power. .NET opens no folders, so libc does.</summary>
    static void FlushFolder(string folder)
    {
        var handle = Open(folder, 0);
        if (handle < 0)
            throw new IOException($"{folder} cannot be opened to flush it.", new Win32Exception(Marshal.GetLastPInvokeError()));
        var flushed = Flush(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (flushed != 0)
            throw new IOException($"{folder} cannot be flushed to the disk.", new Win32Exception(error));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
