using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Kedge.Blocks.Stores;

/// <summary>
/// A store in a directory of a POSIX file system. An object is written to <c>tmp/</c>, synced, then linked under its name: link(2) fails when the
/// name is taken, which is the put-if-absent that a rename would not give.
/// </summary>
public sealed class DirectoryStore : IStore
{
    const int DirectFrom = 1 << 20;
    readonly string root;
    readonly string temporary;

    DirectoryStore(string root)
    {
        this.root = root;
        temporary = Path.Combine(root, "tmp");
    }

    /// <summary>Opens the directory; the first put makes it when it is absent.</summary>
    public static DirectoryStore Open(string path) => new(Path.GetFullPath(path));

    /// <inheritdoc/>
    public ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var target = PathOf(name);
        return ValueTask.FromResult(Guard($"Writing {name}", () => !File.Exists(target) && Put(target, content)));
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Guard($"Reading {name}", () =>
        {
            using var file = FindFile(name);
            if (file is null) return ValueTask.FromResult(-1);
            var got = 0;
            while (got < into.Length)
            {
                var more = RandomAccess.Read(file, into.Span[got..], offset + got);
                if (more == 0) break;
                got += more;
            }
            return ValueTask.FromResult(got);
        });
    }

    /// <inheritdoc/>
    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var file = new FileInfo(PathOf(name));
        return ValueTask.FromResult<StoredObject?>(file.Exists ? new StoredObject(name, file.Length, file.LastWriteTimeUtc) : null);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        await ValueTask.CompletedTask;
        var folder = PathOf(prefix[..(prefix.LastIndexOf('/') + 1)]);
        foreach (var found in Guard($"Listing {prefix}", () => Walk(folder)))
        {
            cancel.ThrowIfCancellationRequested();
            if (found.Name.StartsWith(prefix, StringComparison.Ordinal) && !found.Name.StartsWith("tmp/", StringComparison.Ordinal)) yield return found;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string name, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var path = PathOf(name);
        Guard($"Deleting {name}", () => { if (File.Exists(path)) File.Delete(path); });
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes what writers that died left in <c>tmp/</c> longer ago than a day.</summary>
    internal int RemoveLeftovers(DateTimeOffset now) => Guard("Cleaning tmp", () =>
    {
        var removed = 0;
        if (!Directory.Exists(temporary)) return 0;
        foreach (var path in Directory.EnumerateFiles(temporary))
        {
            if (now - File.GetLastWriteTimeUtc(path) < TimeSpan.FromDays(1)) continue;
            File.Delete(path);
            removed++;
        }
        return removed;
    });

    bool Put(string target, ReadOnlyMemory<byte> content)
    {
        Directory.CreateDirectory(temporary);
        var written = Path.Combine(temporary, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        try
        {
            Write(written, content);
            var folder = Path.GetDirectoryName(target)!;
            MakeFolder(folder);
            var linked = Posix.LinkIfAbsent(written, target);
            if (linked) Posix.SyncDirectory(folder);
            return linked;
        }
        finally
        {
            File.Delete(written);
        }
    }

    /// <summary>
    /// A pack is written once and seldom read soon: its aligned part goes past the page cache where the file system can, which costs no copy and pushes
    /// nothing out that somebody needs.
    /// </summary>
    static void Write(string path, ReadOnlyMemory<byte> content)
    {
        var past = 0;
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        using (var pin = content.Pin())
        {
            if (content.Length >= DirectFrom && Devices.AlignedBuffer.IsAligned(content.Span) && Posix.FindDirect(path, FileAccess.Write) is { } direct)
            {
                using (direct) past = Posix.WriteDirect(direct, content.Span[..(content.Length / Devices.AlignedBuffer.Boundary * Devices.AlignedBuffer.Boundary)]);
            }
        }
        RandomAccess.Write(file, content.Span[past..], past);
        RandomAccess.FlushToDisk(file);
    }

    List<StoredObject> Walk(string folder)
    {
        var found = new List<StoredObject>();
        if (!Directory.Exists(folder)) return found;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            // A file may go between being listed and being looked at: then it is not there.
            if (file.Exists) found.Add(new StoredObject(Path.GetRelativePath(root, file.FullName), file.Length, file.LastWriteTimeUtc));
        }
        found.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    SafeFileHandle? FindFile(string name)
    {
        try
        {
            return File.OpenHandle(PathOf(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    static void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        MakeFolder(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder);
        Posix.SyncDirectory(Path.GetDirectoryName(folder)!);
    }

    string PathOf(string name)
    {
        StorePrefix.Check(name);
        return Path.Combine(root, name);
    }

    static void Guard(string what, Action act) => Guard(what, () => { act(); return 0; });

    static T Guard<T>(string what, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (IOException e)
        {
            throw Unavailable(what, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unavailable(what, e);
        }
    }

    static RepositoryException Unavailable(string what, Exception e) => new(RepositoryFault.Unavailable, $"{what} failed: {e.Message}", e);
}
