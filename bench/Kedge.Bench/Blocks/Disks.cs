using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kedge.Blocks.Devices;

namespace Kedge.Bench.Blocks;

/// <summary>The disks of the comparison: real files of this machine in a real file system.</summary>
static class Disks
{
    const long ImageBytes = 2L << 30;
    const long LargestFile = 32 << 20;

    /// <summary>A 2 GiB ext4 image with a sample of /usr, chosen by the hash of the path: the same on each run.</summary>
    public static async Task MakeAsync(string folder, string image, long dataBytes, CancellationToken cancel)
    {
        var tree = Path.Combine(folder, "tree");
        long total = 0;
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var files = Directory.EnumerateFiles("/usr", "*", all).Select(p => (Hash: Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(p))), Path: p)).ToList();
        files.Sort(static (a, b) => string.CompareOrdinal(a.Hash, b.Hash));
        foreach (var (_, path) in files)
        {
            var length = new FileInfo(path).Length;
            if (length > LargestFile) continue;
            if (total + length > dataBytes) break;
            var copy = tree + path;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy, overwrite: true);
            total += length;
            cancel.ThrowIfCancellationRequested();
        }
        await using (var file = File.Create(image)) file.SetLength(ImageBytes);
        using var make = Process.Start(new ProcessStartInfo("mke2fs", ["-q", "-t", "ext4", "-d", tree, image]))!;
        await make.WaitForExitAsync(cancel);
        if (make.ExitCode != 0) throw new InvalidOperationException("mke2fs failed; is e2fsprogs installed?");
        Directory.Delete(tree, recursive: true);
        using var dig = Process.Start(new ProcessStartInfo("fallocate", ["-d", image]))!;
        await dig.WaitForExitAsync(cancel);
    }

    /// <summary>Overwrites runs of the data, and writes down where.</summary>
    public static async Task ChangeAsync(string image, string map, int seed, double share, int runBytes, CancellationToken cancel)
    {
        var random = new Random(seed);
        var content = new List<Extent>();
        await using var device = FileDevice.Open(image, FileUse.Write);
        await device.FindContentAsync(new Extent(0, device.SizeBytes), content, cancel);
        var lines = new StringBuilder();
        var left = (long)(content.Sum(e => e.LengthBytes) * share);
        var fresh = new byte[runBytes];
        while (left > 0)
        {
            var place = random.NextInt64(content.Sum(e => e.LengthBytes));
            foreach (var extent in content)
            {
                if (place >= extent.LengthBytes)
                {
                    place -= extent.LengthBytes;
                    continue;
                }
                var at = (extent.OffsetBytes + place) / 4096 * 4096;
                var length = (int)Math.Min(runBytes, extent.EndBytes - at);
                // Half of it compresses, as data does.
                random.NextBytes(fresh.AsSpan(0, length / 2));
                await device.WriteAsync(at, fresh.AsMemory(0, length), cancel);
                lines.AppendLine(CultureInfo.InvariantCulture, $"{at} {length}");
                left -= length;
                break;
            }
        }
        await device.FlushAsync(cancel);
        await File.WriteAllTextAsync(map, lines.ToString(), cancel);
    }

    /// <summary>Writes something else where the map says that something changed; half of it compresses, as data does.</summary>
    public static async Task RewriteAsync(string image, string map, int seed, CancellationToken cancel)
    {
        var random = new Random(seed);
        await using var device = FileDevice.Open(image, FileUse.Write);
        foreach (var line in await File.ReadAllLinesAsync(map, cancel))
        {
            var parts = line.Split(' ');
            var fresh = new byte[int.Parse(parts[1], CultureInfo.InvariantCulture)];
            random.NextBytes(fresh.AsSpan(0, fresh.Length / 2));
            await device.WriteAsync(long.Parse(parts[0], CultureInfo.InvariantCulture), fresh, cancel);
        }
        await device.FlushAsync(cancel);
    }

    /// <summary>A few hundred blocks all over a large disk.</summary>
    public static async Task ScatterAsync(string image, CancellationToken cancel)
    {
        var random = new Random(3);
        await using var device = FileDevice.Open(image, FileUse.Write);
        var fresh = new byte[4096];
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(fresh);
            await device.WriteAsync(random.NextInt64(device.SizeBytes / 4096) * 4096, fresh, cancel);
        }
    }

    public static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
}
