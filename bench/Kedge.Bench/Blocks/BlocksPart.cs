using System.Globalization;
using Kedge.Blocks;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Stores;
using Kedge.Blocks.Writing;

namespace Kedge.Bench.Blocks;

/// <summary>The verbs that the comparison runs as processes of their own, so that start-up is counted for us as for the others.</summary>
static class BlocksPart
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        switch (args)
        {
            case ["init", var repository, var key]:
                await Repository.CreateAsync(DirectoryStore.Open(repository), KeyIn(key), TimeProvider.System, cancel);
                return 0;
            case ["backup", var repository, var key, var series, var disk, .. var options]:
                return await BackUpAsync(repository, key, series, disk, options, cancel);
            case ["restore", var repository, var key, var series, var target, .. var options]:
                return await RestoreAsync(repository, key, series, target, options is ["--read-back"], cancel);
            case ["many", var repository, var key, var disk, var changes]:
                return await ManyAsync(repository, key, disk, changes, cancel);
            default:
                return await Comparison.RunAsync(args, cancel);
        }
    }

    static async Task<int> BackUpAsync(string repositoryPath, string key, string series, string disk, string[] options, CancellationToken cancel)
    {
        var repository = await OpenAsync(repositoryPath, key, cancel);
        var parent = options is ["--full"] ? null : await repository.FindLatestAsync(series, cancel);
        await using var device = FileDevice.Open(disk, FileUse.ReadDirect);
        await using var writer = await repository.BeginPointAsync(series, cancel);
        var settings = new DiskOptions
        {
            Parent = parent,
            Changes = options is ["--changes", var path] ? await MapAsync(path, device.SizeBytes, cancel) : null,
            Compare = options is ["--by-address"] ? CompareBy.Address : CompareBy.Fingerprint,
            SpotCheckSeed = (int)(parent?.Sequence ?? 0),
        };
        var outcome = await writer.AddDiskAsync("disk", device, settings, cancel);
        var point = await writer.CommitAsync(default, cancel);
        Report.Print(point, outcome);
        return 0;
    }

    static async Task<int> RestoreAsync(string repositoryPath, string key, string series, string target, bool isReadBack, CancellationToken cancel)
    {
        var repository = await OpenAsync(repositoryPath, key, cancel);
        var point = await repository.FindLatestAsync(series, cancel) ?? throw new RepositoryException(RepositoryFault.Missing, $"The series {series} has no point.");
        var disk = point.Disk("disk");
        await using var device = FileDevice.Create(target, disk.SizeBytes);
        var outcome = await repository.RestoreAsync(disk, device, new RestoreOptions { Target = TargetState.Blank }, cancel);
        Report.Print("restored_bytes", outcome.WrittenBytes);
        if (isReadBack)
        {
            var found = await repository.VerifyAsync(disk, device, 1, 0, cancel);
            Report.Print("proven", found.IsProven ? 1 : 0);
            if (!found.IsProven) return 1;
        }
        Report.Peak();
        return 0;
    }

    /// <summary>Incremental points one after the other in one process, as a mover makes them: what one costs without start-up. Each begins with fresh changes.</summary>
    static async Task<int> ManyAsync(string repositoryPath, string key, string disk, string changes, CancellationToken cancel)
    {
        const int Times = 10;
        var repository = await OpenAsync(repositoryPath, key, cancel);
        Point? parent = await repository.FindLatestAsync("disk", cancel);
        var cpu = new Dictionary<bool, List<double>> { [true] = [], [false] = [] };
        for (var i = 0; i < 2 * Times; i++)
        {
            var isMapped = i % 2 == 0;
            await Disks.RewriteAsync(disk, changes, seed: i, cancel);
            await using var device = FileDevice.Open(disk, FileUse.ReadDirect);
            var map = isMapped ? await MapAsync(changes, device.SizeBytes, cancel) : null;
            var before = Usage.OfSelf();
            await using var writer = await repository.BeginPointAsync("disk", cancel);
            await writer.AddDiskAsync("disk", device, new DiskOptions { Parent = parent, Changes = map, SpotCheckSeed = i }, cancel);
            parent = await writer.CommitAsync(default, cancel);
            cpu[isMapped].Add((Usage.OfSelf() - before) * 1000);
        }
        foreach (var (isMapped, costs) in cpu) Report.Print(isMapped ? "map_cpu_ms" : "hash_cpu_ms", (long)costs.Order().ElementAt(Times / 2));
        Report.Peak();
        return 0;
    }

    static async Task<Repository> OpenAsync(string path, string key, CancellationToken cancel) =>
        await Repository.OpenAsync(DirectoryStore.Open(path), KeyIn(key), TimeProvider.System, cancel);

    static Credential KeyIn(string path) => Credential.KeyFile(File.ReadAllBytes(path));

    /// <summary>Lines of offset and length, as `rbd diff` prints them.</summary>
    static async Task<ChangeMap> MapAsync(string path, long size, CancellationToken cancel)
    {
        var map = new ChangeMap(size);
        foreach (var line in await File.ReadAllLinesAsync(path, cancel))
        {
            var parts = line.Split(' ');
            map.Add(new Extent(long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture)));
        }
        return map;
    }
}
