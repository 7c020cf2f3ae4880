using System.Diagnostics;
using System.Security.Cryptography;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Upkeep;

namespace Kedge.Blocks.Tests.Repositories;

/// <summary>Writers in processes of their own, killed with SIGKILL wherever they are.</summary>
public sealed class KillTests
{
    /// <summary>The release wants a hundred: KEDGE_KILLS=100 (36 s of CPU). By default fewer, so that the suite stays quick.</summary>
    static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("KEDGE_KILLS"), out var kills) ? kills : 25;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writers_killed_at_random_lose_no_acknowledged_point_and_prune_finds_all_garbage()
    {
        using var folder = new TemporaryFolder();
        var store = DirectoryStore.Open(folder.File("repository"));
        var repository = await Repository.CreateAsync(store, Shelf.Key, TimeProvider.System, Cancel);
        await File.WriteAllBytesAsync(folder.File("disk"), MemoryDevice.Mixed(1, 400).Content, Cancel);
        var random = new Random(Kills);
        long acknowledged = 0;

        for (var kill = 0; kill < Kills; kill++) acknowledged = Math.Max(acknowledged, await WriteAndKillAsync(folder, random));
        await repository.UnlockAsync(Cancel);
        await repository.PruneAsync(Cancel);

        var check = await repository.CheckAsync(CheckDepth.Everything, [], Cancel);
        Assert.True(check.IsSound, string.Join("\n", check.Problems));
        Assert.True(acknowledged > 0);
        for (long sequence = 1; sequence <= acknowledged; sequence++) await DemandAsync(repository, sequence);
        Assert.Equal(0, (await repository.PruneAsync(Cancel)).CondemnedPacks);
    }

    static async Task<long> WriteAndKillAsync(TemporaryFolder folder, Random random)
    {
        using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["write-until-killed", folder.File("repository"), folder.File("disk")]) { RedirectStandardOutput = true })!;
        long last = 0;
        // Killed some moments after some line: by what the writer has done, not by how fast the machine is.
        for (var lines = 1 + random.Next(5); lines > 0; lines--) last = Math.Max(last, SequenceIn(await writer.StandardOutput.ReadLineAsync(Cancel)));
        await Task.Delay(random.Next(250), Cancel);
        writer.Kill();
        await writer.WaitForExitAsync(Cancel);
        Assert.Equal(128 + 9, writer.ExitCode);
        while (await writer.StandardOutput.ReadLineAsync(Cancel) is { } line) last = Math.Max(last, SequenceIn(line));
        return last;
    }

    static long SequenceIn(string? line) => long.TryParse(line?.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;

    /// <summary>What the point restores to is what its writer said it was.</summary>
    static async Task DemandAsync(Repository repository, long sequence)
    {
        var point = await repository.FindPointAsync("web", sequence, Cancel);
        Assert.True(point is not null, $"the acknowledged point {sequence} is gone");
        var disk = point.Disk("root");
        var target = new MemoryDevice(new byte[disk.SizeBytes]);
        await repository.RestoreAsync(disk, target, RestoreOptions.Whole, Cancel);
        Assert.Equal(point.Payload.ToArray(), SHA256.HashData(target.Content));
    }
}
