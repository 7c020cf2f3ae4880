using System.Security.Cryptography;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Tests.Repositories;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests;

/// <summary>The test runner; and, when it is asked to, a writer that a test kills.</summary>
static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["write-until-killed", var repository, var disk]) return await WriteAsync(repository, disk);
        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }

    static async Task<int> WriteAsync(string path, string disk)
    {
        var repository = await Repository.OpenAsync(DirectoryStore.Open(path), Shelf.Key, TimeProvider.System, CancellationToken.None);
        for (var round = 0; ; round++)
        {
            Console.WriteLine("begun 0");
            await using var device = FileDevice.Open(disk, FileUse.Read);
            await using var writer = await repository.BeginPointAsync("web", CancellationToken.None);
            await writer.AddDiskAsync("root", device, new DiskOptions { Parent = await repository.FindLatestAsync("web", CancellationToken.None) }, CancellationToken.None);
            var point = await writer.CommitAsync(SHA256.HashData(await File.ReadAllBytesAsync(disk)), CancellationToken.None);
            Console.WriteLine($"acknowledged {point.Sequence}");
            // The next point is about another disk.
            var content = await File.ReadAllBytesAsync(disk);
            new Random((int)point.Sequence).NextBytes(content.AsSpan((int)(point.Sequence * 300_007 % (content.Length - 100_000)), 100_000));
            await File.WriteAllBytesAsync(disk + ".next", content);
            File.Move(disk + ".next", disk, overwrite: true);
        }
    }
}
