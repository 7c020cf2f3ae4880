using System.Security.Cryptography;
using System.Text;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Changes;

/// <summary>
/// What a run found of ours in the CIB, and what it puts there: two files a run, readable by their owner alone, since fencing devices may have
/// passwords in them. The journal holds their hashes.
/// </summary>
public sealed class PartFolder(string path)
{
    /// <summary>Both files are on the disk when this returns; a run that names them may begin.</summary>
    public async Task WriteAsync(string run, ClusterPart before, ClusterPart wanted, CancellationToken cancel)
    {
        var folder = Path.Combine(path, run);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteAsync(Path.Combine(folder, "before.xml"), before.Write(), cancel);
        await WriteAsync(Path.Combine(folder, "wanted.xml"), wanted.Write(), cancel);
    }

    /// <exception cref="ClusterException">Gone, or not what the run wrote.</exception>
    public Task<ClusterPart> ReadBeforeAsync(string run, string hash, CancellationToken cancel) => ReadAsync(Path.Combine(path, run, "before.xml"), hash, cancel);

    /// <inheritdoc cref="ReadBeforeAsync"/>
    public Task<ClusterPart> ReadWantedAsync(string run, string hash, CancellationToken cancel) => ReadAsync(Path.Combine(path, run, "wanted.xml"), hash, cancel);

    public static string HashOf(ClusterPart part) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(part.Write())));

    static async Task WriteAsync(string file, string text, CancellationToken cancel)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
        stream.Flush(flushToDisk: true);
    }

    static async Task<ClusterPart> ReadAsync(string file, string hash, CancellationToken cancel)
    {
        if (!File.Exists(file))
            throw new ClusterException(ClusterFault.Unreadable, $"{file} is gone: without it nobody knows what the run was to write.");
        var part = ClusterPart.Parse(await File.ReadAllTextAsync(file, cancel));
        return HashOf(part) == hash ? part : throw new ClusterException(ClusterFault.Unreadable, $"{file} is not what the run wrote there.");
    }
}
