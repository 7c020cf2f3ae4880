using System.Text.Json.Nodes;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;

namespace Kedge.Lab.Tests;

/// <summary>
/// What both tests begin with: the workload runs in A, was protected twice (full, then incremental), and A has lost its power. Made once,
/// through kedge's own commands. A lab whose A was killed by an earlier run of these tests is gone on with: run the project's executable.
/// </summary>
public sealed class ProtectedWorkload : IAsyncLifetime
{
    public const string Name = "shop";

    /// <summary>As in "kedge --help".</summary>
    const int NotReady = 5;

    public RecoveryPoint Point { get; private set; } = null!;

    public Blueprint Blueprint { get; private set; } = null!;

    public SiteMapping Mapping { get; private set; } = null!;

    /// <summary>What the counter of db's data volume was just before the snapshots of the second point, and just after them.</summary>
    public (long Before, long After) Counter { get; private set; }

    static string CounterFile => Path.Combine(TwoClouds.Home, "counter");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(CounterFile) || await AnswersAsync("A"))
        {
            if (Directory.Exists(TwoClouds.Home))
                Directory.Delete(TwoClouds.Home, recursive: true);
            await ProtectAsync();
            await TwoClouds.ScriptAsync(Path.Combine(TwoClouds.Root, "dev/lab"), "kill", "A");
            await File.WriteAllTextAsync(CounterFile, $"{Counter.Before} {Counter.After}");
        }
        var counts = (await File.ReadAllTextAsync(CounterFile)).Split(' ').Select(long.Parse).ToArray();
        Counter = (counts[0], counts[1]);
        var repository = await PointRepository.OpenAsync(Path.Combine(TwoClouds.Home, "repository"), TimeProvider.System, CancellationToken.None);
        Point = await repository.FindNewestUsableAsync(Name, CancellationToken.None) ?? throw new InvalidOperationException("There is no point.");
        Blueprint = await repository.GetBlueprintAsync(Point.Blueprint, CancellationToken.None);
        Mapping = await MappingFile.In(Path.Combine(TwoClouds.Home, "data/mappings")).GetAsync(Name, CancellationToken.None);
    }

    static async Task<bool> AnswersAsync(string name)
    {
        await using var cloud = TwoClouds.Connect(name);
        try
        {
            await cloud.AuthenticateAsync(CancellationToken.None);
            return true;
        }
        catch (OpenStackException e) when (e.Fault is Fault.Unreachable)
        {
            return false;
        }
    }

    async Task ProtectAsync()
    {
        var made = JsonNode.Parse(await TwoClouds.ScriptAsync("/usr/bin/python3", "lab/workload.py", "build", "A"))!;
        await using var a = TwoClouds.Connect("A");
        var db = new ServerId((string)made["servers"]!["db"]!);

        await KedgeAsync("site", "add", "dc1", "--cloud", "A", "--admin-cloud", "A-admin");
        await KedgeAsync("site", "add", "dc2", "--cloud", "B", "--admin-cloud", "B-admin");
        await KedgeAsync(
            "workload", "create", Name, "--from", "dc1", "--to", "dc2", "--tag", "lab", "--rpo", "30m", "--after", "app=db", "--after", "web=app", "--priority", "db=10",
            "--health", "web=tcp:7777");
        await MapAsync();
        await KedgeAsync("protect", Name);
        await GuestConsole.WaitForCountAsync(a, db, (await GuestConsole.CountAsync(a, db) ?? 0) + 5);
        var before = await GuestConsole.CountAsync(a, db) ?? 0;
        await KedgeAsync("protect", Name);
        Counter = (before, await GuestConsole.CountAsync(a, db) ?? long.MaxValue);
        await KedgeAsync("ready", Name);
    }

    /// <summary>The volume types of B are others than A's: nothing is proposed, kedge says so, and a person chooses.</summary>
    static async Task MapAsync()
    {
        var proposed = await TwoClouds.KedgeAsync("mapping", "propose", Name);
        Assert.True(proposed.Code == NotReady, proposed.Error);
        await using var b = TwoClouds.Connect("B");
        var chosen = await b.BlockStorage.ListVolumeTypesAsync(CancellationToken.None).SingleAsync(type => type.Name == "dr-ceph");

        var mapping = await MappingFile.In(Path.Combine(TwoClouds.Home, "data/mappings")).GetAsync(Name, CancellationToken.None);
        var edited = MappingFile.In(Path.Combine(TwoClouds.Home, "edited"));
        await edited.PutAsync(
            Name,
            mapping with { VolumeTypes = [.. mapping.VolumeTypes.Select(type => type with { Target = chosen.Id.Value, TargetName = chosen.Name, Why = "chosen by hand" })] },
            CancellationToken.None);

        await KedgeAsync("mapping", "set", Name, edited.PathOf(Name));
    }

    static async Task KedgeAsync(params string[] arguments)
    {
        var ended = await TwoClouds.KedgeAsync(arguments);
        Assert.True(ended.Code == 0, $"kedge {string.Join(' ', arguments)} ended with {ended.Code}:\n{ended.Error}\n{ended.Output}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
