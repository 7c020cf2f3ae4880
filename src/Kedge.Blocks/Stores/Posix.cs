using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kedge.Blocks.Stores;

/// <summary>The few system calls that .NET has no name for.</summary>
static partial class Posix
{
    const int Eexist = 17;
    const int Enxio = 6;
    const int ODirectory = 0x10000;
    const int OCloexec = 0x80000;
    const int OWriteOnly = 1;
    const int OReadWrite = 2;
    const int ODirect = 0x4000;
    const int SeekEnd = 2;
    const int SeekDataFrom = 3;
    const int SeekHoleFrom = 4;
    const int FallocateKeepSize = 1;
    const int FallocatePunchHole = 2;
    const int AdviceDontNeed = 4;

    /// <summary>False when the target's name is taken.</summary>
    public static bool LinkIfAbsent(string existing, string target)
    {
        if (Link(existing, target) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Eexist ? false : throw Failed($"link to {target}", error);
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        var fd = OpenRaw(path, ODirectory | OCloexec);
        if (fd < 0) throw Failed($"open {path}", Marshal.GetLastPInvokeError());
        var synced = Fsync(fd);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(fd);
        if (synced != 0) throw Failed($"fsync {path}", error);
    }

    /// <summary>Where data begins at or after the offset; null when only a hole follows. -1 when the file system cannot tell.</summary>
    public static long? SeekData(SafeFileHandle file, long offset) => Seek(file, offset, SeekDataFrom);

    /// <summary>Where a hole begins at or after the offset (the end of the file counts as one). -1 when the file system cannot tell.</summary>
    public static long? SeekHole(SafeFileHandle file, long offset) => Seek(file, offset, SeekHoleFrom);

    /// <summary>Makes a range read as zeros and gives its space back. False when the device or file system cannot.</summary>
    public static bool PunchHole(SafeFileHandle file, long offset, long length) => Fallocate(file, FallocatePunchHole | FallocateKeepSize, offset, length) == 0;

    /// <summary>Lets the next read of the range come from the device, where its pages are clean.</summary>
    public static void ForgetCache(SafeFileHandle file, long offset, long length) => _ = Advise(file, offset, length, AdviceDontNeed);

    /// <summary>A handle past the page cache; null where the file system has no such thing.</summary>
    public static SafeFileHandle? FindDirect(string path, FileAccess access)
    {
        var fd = OpenRaw(path, ODirect | OCloexec | access switch { FileAccess.Write => OWriteOnly, FileAccess.ReadWrite => OReadWrite, _ => 0 });
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>How many bytes from the start were written; a file system that refuses leaves the rest to the page cache.</summary>
    public static unsafe int WriteDirect(SafeFileHandle direct, ReadOnlySpan<byte> content)
    {
        var done = 0;
        fixed (byte* start = content)
        {
            while (done < content.Length)
            {
                var more = Pwrite(direct, start + done, (nuint)(content.Length - done), done);
                if (more <= 0 || more % Devices.AlignedBuffer.Boundary != 0) break;
                done += (int)more;
            }
        }
        return done;
    }

    /// <summary>The size of a file or of a block device.</summary>
    public static long SizeOf(SafeFileHandle file)
    {
        var size = Lseek(file, 0, SeekEnd);
        return size >= 0 ? size : throw Failed("lseek to the end", Marshal.GetLastPInvokeError());
    }

    static long? Seek(SafeFileHandle file, long offset, int whence)
    {
        var at = Lseek(file, offset, whence);
        if (at >= 0) return at;
        return Marshal.GetLastPInvokeError() == Enxio ? null : -1;
    }

    static IOException Failed(string what, int error) => new($"{what}: {new Win32Exception(error).Message}");

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string target);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenRaw(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static unsafe partial nint Pwrite(SafeFileHandle file, byte* content, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise", SetLastError = true)]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
