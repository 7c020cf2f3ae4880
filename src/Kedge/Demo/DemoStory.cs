using System.Collections.Immutable;
using System.Diagnostics;
using Kedge.Commands;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;

namespace Kedge.Demo;

/// <summary>
/// The demo, told in the order in which it happens. Everything goes over real sockets and through the same commands that a person types;
/// what is not Kedge's own is only the two clouds.
/// </summary>
sealed class DemoStory : IAsyncDisposable
{
    const string Name = "shop";

    readonly Surroundings around;
    readonly string path;
    readonly SandboxCloud primary;
    readonly SandboxCloud target;
    readonly long started;

    DemoStory(Surroundings around, string path, SandboxCloud primary, SandboxCloud target)
    {
        this.around = around;
        this.path = path;
        this.primary = primary;
        this.target = target;
        started = around.Clock.GetTimestamp();
    }

    /// <summary>Two clouds that share nothing but the store of their backup services.</summary>
    public static async Task<DemoStory> BeginAsync(string path, Surroundings around, CancellationToken cancel)
    {
        var store = new BackupStore();
        var latencies = SandboxLatencies.Realistic.Times(0.05);
        var primary = SandboxCloud.Create(new SandboxSettings { Name = "A", Region = "RegionA", Seed = 1, Backups = store, Latencies = latencies }, around.Clock);
        var target = SandboxCloud.Create(
            new SandboxSettings { Name = "B", Region = "RegionB", Seed = 2, Backups = store, Latencies = latencies, ExternalCidr = "198.51.100.0/24" }, around.Clock);
        await primary.ListenAsync(cancel);
        await target.ListenAsync(cancel);
        var clouds = "clouds:\n" + string.Concat(
            SandboxCommand.Entry(primary, "A", "demo"), SandboxCommand.Entry(primary, "A-admin", "admin"),
            SandboxCommand.Entry(target, "B", "demo"), SandboxCommand.Entry(target, "B-admin", "admin"));
        await File.WriteAllTextAsync(Path.Combine(path, "clouds.yaml"), clouds, cancel);
        return new DemoStory(around, path, primary, target);
    }

    public async Task<int> TellAsync(CancellationToken cancel)
    {
        Say("Two clouds, A and B, and in A a workload: db boots from a volume, app and web from images; two networks, a router, a floating IP.");
        var workload = await ThreeTierWorkload.BuildAsync(primary, cancel);
        WriteOrders(workload, 1);

        foreach (var command in (string[])
        [
            "site add dc1 --cloud A --admin-cloud A-admin",
            "site add dc2 --cloud B --admin-cloud B-admin",
            $"workload create {Name} --from dc1 --to dc2 --tag {ThreeTierWorkload.Tag} --rpo 15m --after app=db --after web=app",
            $"mapping propose {Name}",
            $"protect {Name}",
        ])
        {
            if (await TypeAsync(command) is var code and not ExitCodes.Done)
                return code;
        }

        Say("The guests write on; the second point is incremental.");
        WriteOrders(workload, 2);
        var known = DiskPrint.Of(primary, workload);
        foreach (var command in (string[])[$"protect {Name}", $"point list {Name}", $"ready {Name}"])
        {
            if (await TypeAsync(command) is var code and not ExitCodes.Done)
                return code;
        }
        WriteOrders(workload, 3);

        Say("What was written after the point is what will be lost. Now A is killed: every later call to it is refused.");
        await primary.KillAsync();
        var callsBefore = primary.CallCount;
        if (await TypeAsync($"failover {Name} --yes --reason \"A burns\"") is var failed and not ExitCodes.Done)
            return failed;
        return await CompareAsync(workload, known, callsBefore, cancel);
    }

    async Task<int> CompareAsync(ThreeTierWorkload workload, ImmutableSortedDictionary<string, string> known, long callsBefore, CancellationToken cancel)
    {
        var restored = await DiskPrint.OfRestoredAsync(path, target, workload, around.Clock, cancel);
        var same = 0;
        foreach (var (disk, print) in known)
        {
            var isSame = restored.GetValueOrDefault(disk) == print;
            same += isSame ? 1 : 0;
            around.Output.WriteLine($"  {(isSame ? "same bytes" : "DIFFERENT ")}  {disk}  sha256 {print[..16]}…");
        }
        var passed = Stopwatch.GetElapsedTime(started, around.Clock.GetTimestamp());
        Say($"{same} of {known.Count} disks in B are byte for byte what A had at the point; A was asked {primary.CallCount - callsBefore} times. "
            + $"All of it took {passed.TotalSeconds:0.0} s.");
        return same == known.Count ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>What the guests write: known bytes at known places, others in each round.</summary>
    void WriteOrders(ThreeTierWorkload workload, int round)
    {
        foreach (var volume in workload.VolumeIds)
            primary.World.WriteVolumeBytes(volume, 8_000_000 + (round * 1_000_000), Bytes(round, volume));
        foreach (var server in (string[])[workload.AppServerId, workload.WebServerId])
            primary.World.WriteServerDiskBytes(server, 400_000 + (round * 10_000), Bytes(round, server));
    }

    static byte[] Bytes(int round, string disk) =>
        [.. Enumerable.Range(0, 512).SelectMany(i => System.Text.Encoding.UTF8.GetBytes($"{disk} round {round} order {i}\n"))];

    /// <summary>Shows a command as a person would type it, and runs it.</summary>
    async Task<int> TypeAsync(string command)
    {
        around.Output.WriteLine();
        around.Output.WriteLine($"$ kedge {command}");
        await around.Output.FlushAsync();
        var variables = new Dictionary<string, string>(around.Settings.Variables)
        {
            ["OS_CLIENT_CONFIG_FILE"] = Path.Combine(path, "clouds.yaml"),
            ["KEDGE_DATA"] = Path.Combine(path, "data"),
            ["KEDGE_REPOSITORY"] = Path.Combine(path, "repository"),
        };
        return await KedgeCommand.RunAsync(Words(command), around with { Settings = around.Settings with { Variables = variables } });
    }

    /// <summary>Only as much of a shell as the demo's commands need: quotes hold words together.</summary>
    static string[] Words(string command) =>
        [.. command.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    void Say(string text)
    {
        around.Output.WriteLine();
        around.Output.WriteLine($"# {text}");
    }

    public async ValueTask DisposeAsync()
    {
        await primary.DisposeAsync();
        await target.DisposeAsync();
    }
}
