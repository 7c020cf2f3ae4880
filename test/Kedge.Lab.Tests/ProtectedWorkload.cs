using System.Text.Json.Nodes;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;

namespace Kedge.Lab.Tests;

/// <summary>
/// What these tests begin with: the workload runs in A, was protected twice by each method (first whole, then what changed), a volume that is encrypted
/// in A was read while a mover was killed, and A has lost its power. Made once, through kedge's own commands. A lab whose A was killed by an earlier
/// run of these tests is gone on with: run the project's executable.
/// </summary>
public sealed class ProtectedWorkload : IAsyncLifetime
{
    public const string ByBackupName = "shop";
    public const string ByBlocksName = "shop-blocks";
    public const string VaultName = "vault";

    /// <summary>As in "kedge --help".</summary>
    const int NotReady = 5;

    /// <summary>Two movers of B; one of A, which its clouds' power takes along.</summary>
    internal LabMovers Movers { get; } = new();

    internal LabMover SouthernMover { get; private set; } = null!;

    internal ProtectedPoint ByBackup { get; private set; } = null!;

    internal ProtectedPoint ByBlocks { get; private set; } = null!;

    /// <summary>One server that boots from an encrypted volume.</summary>
    internal ProtectedPoint Vault { get; private set; } = null!;

    static string CountersFile => Path.Combine(TwoClouds.Home, "counters");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(CountersFile) || await AnswersAsync("A"))
        {
            if (Directory.Exists(TwoClouds.Home))
                Directory.Delete(TwoClouds.Home, recursive: true);
            var counters = await ProtectAsync();
            await TwoClouds.ScriptAsync(Path.Combine(TwoClouds.Root, "dev/lab"), "kill", "A");
            await File.WriteAllLinesAsync(CountersFile, counters.Select(counter => $"{counter.Before} {counter.After}"));
        }
        else
        {
            SouthernMover = Movers.Start("b1");
        }
        var kept = (await File.ReadAllLinesAsync(CountersFile)).Select(line => line.Split(' ').Select(long.Parse).ToArray()).Select(counts => (counts[0], counts[1])).ToArray();
        ByBackup = await ProtectedPoint.ReadAsync(ByBackupName, kept[0]);
        ByBlocks = await ProtectedPoint.ReadAsync(ByBlocksName, kept[1]);
        Vault = await ProtectedPoint.ReadAsync(VaultName, kept[2]);
    }

    public ValueTask DisposeAsync() => Movers.DisposeAsync();

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

    async Task<(long Before, long After)[]> ProtectAsync()
    {
        var made = JsonNode.Parse(await TwoClouds.ScriptAsync("/usr/bin/python3", "lab/workload.py", "build", "A"))!;
        var vault = JsonNode.Parse(await TwoClouds.ScriptAsync("/usr/bin/python3", "lab/workload.py", "vault", "A"))!;
        await using var a = TwoClouds.Connect("A");
        var db = new ServerId((string)made["servers"]!["db"]!);

        await KedgeAsync("site", "add", "dc1", "--cloud", "A", "--admin-cloud", "A-admin");
        await KedgeAsync("site", "add", "dc2", "--cloud", "B", "--admin-cloud", "B-admin");
        await CreateAsync(ByBackupName, "--tag", "lab", "--after", "app=db", "--after", "web=app", "--priority", "db=10", "--health", "web=tcp:7777");
        await MapAsync(ByBackupName, "dr-ceph");
        var byBackup = await TwiceAsync(ByBackupName, a, db);

        await LabMovers.PrepareAsync();
        var north = Movers.Start("a1");
        SouthernMover = Movers.Start("b1");
        await KedgeAsync("site", "set", "dc1", "--mover-host", "a1", "--mover-snapshot-pool", "volumes");
        await KedgeAsync("site", "set", "dc2", "--mover-host", "b1");
        await CreateAsync(ByBlocksName, "--tag", "lab", "--after", "app=db", "--after", "web=app", "--priority", "db=10", "--health", "web=tcp:7777", "--standby", "Warm");
        await MapAsync(ByBlocksName, "dr-ceph");
        var byBlocks = await TwiceAsync(ByBlocksName, a, db);

        await CreateAsync(VaultName, "--tag", VaultName);
        await MapAsync(VaultName, "dr-encrypted");
        var server = new ServerId((string)vault["servers"]![VaultName]!);
        var before = await GuestConsole.BootCountAsync(a, server) ?? 0;
        await ProtectWhileItsMoverIsKilledAsync(north);
        return [byBackup, byBlocks, (before, await GuestConsole.BootCountAsync(a, server) ?? long.MaxValue)];
    }

    static Task<Ended> CreateAsync(string name, params string[] more) => KedgeAsync(["workload", "create", name, "--from", "dc1", "--to", "dc2", "--rpo", "30m", .. more]);

    static async Task<(long Before, long After)> TwiceAsync(string name, Cloud a, ServerId db)
    {
        LabFigures.OfPoint(name, 1, await KedgeAsync("protect", name));
        await GuestConsole.WaitForCountAsync(a, db, (await GuestConsole.CountAsync(a, db) ?? 0) + 5);
        var before = await GuestConsole.CountAsync(a, db) ?? 0;
        LabFigures.OfPoint(name, 2, await KedgeAsync("protect", name));
        var after = await GuestConsole.CountAsync(a, db) ?? long.MaxValue;
        await KedgeAsync("ready", name);
        return (before, after);
    }

    /// <summary>Killed when it has begun to read; another mover of the site goes on once its lease has run out.</summary>
    async Task ProtectWhileItsMoverIsKilledAsync(LabMover north)
    {
        var protecting = KedgeAsync("protect", VaultName);
        await north.SaysAsync("/read: read Luks");
        await north.KillAsync();
        var other = Movers.Start("a2");
        await protecting;
        await other.SaysAsync("/read: done");
    }

    /// <summary>The volume types of B are others than A's: nothing is proposed, kedge says so, and a person chooses.</summary>
    static async Task MapAsync(string name, string type)
    {
        var proposed = await TwoClouds.KedgeAsync("mapping", "propose", name);
        Assert.True(proposed.Code == NotReady, proposed.Error);
        await using var b = TwoClouds.Connect("B");
        var chosen = await b.BlockStorage.ListVolumeTypesAsync(CancellationToken.None).SingleAsync(there => there.Name == type);

        var mapping = await MappingFile.In(Path.Combine(TwoClouds.Home, "data/mappings")).GetAsync(name, CancellationToken.None);
        var edited = MappingFile.In(Path.Combine(TwoClouds.Home, "edited"));
        await edited.PutAsync(
            name,
            mapping with { VolumeTypes = [.. mapping.VolumeTypes.Select(known => known with { Target = chosen.Id.Value, TargetName = chosen.Name, Why = "chosen by hand" })] },
            CancellationToken.None);

        await KedgeAsync("mapping", "set", name, edited.PathOf(name));
    }

    static async Task<Ended> KedgeAsync(params string[] arguments)
    {
        var ended = await TwoClouds.KedgeAsync(arguments);
        Assert.True(ended.Code == 0, $"kedge {string.Join(' ', arguments)} ended with {ended.Code}:\n{ended.Error}\n{ended.Output}");
        return ended;
    }
}

/// <summary>The newest point of a workload, and what goes with it.</summary>
/// <param name="Counter">What the guest's counter was just before the snapshots of the point, and just after them.</param>
sealed record ProtectedPoint(string Name, RecoveryPoint Point, Blueprint Blueprint, SiteMapping Mapping, (long Before, long After) Counter)
{
    public static async Task<ProtectedPoint> ReadAsync(string name, (long Before, long After) counter)
    {
        var repository = await PointRepository.OpenAsync(Path.Combine(TwoClouds.Home, "repository"), TimeProvider.System, CancellationToken.None);
        var point = await repository.FindNewestUsableAsync(name, CancellationToken.None) ?? throw new InvalidOperationException($"There is no point of {name}.");
        return new ProtectedPoint(
            name,
            point,
            await repository.GetBlueprintAsync(point.Blueprint, CancellationToken.None),
            await MappingFile.In(Path.Combine(TwoClouds.Home, "data/mappings")).GetAsync(name, CancellationToken.None),
            counter);
    }
}
