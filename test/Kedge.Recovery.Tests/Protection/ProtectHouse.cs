using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Tests.Moving;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Protection;

/// <summary>A house with the three-tier workload in A and an empty repository of points.</summary>
sealed class ProtectHouse : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("kedge-protect-").FullName;

    ProtectHouse(House house, ThreeTierWorkload threeTier)
    {
        House = house;
        ThreeTier = threeTier;
    }

    public House House { get; }

    public ThreeTierWorkload ThreeTier { get; }

    public string Repository => folder;

    public Workload Workload { get; set; } = new()
    {
        Name = "shop",
        From = "A",
        To = "B",
        Selection = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag),
    };

    public static async Task<ProtectHouse> MakeAsync(Func<SandboxSettings, SandboxSettings>? a = null, Func<SandboxSettings, SandboxSettings>? b = null)
    {
        var house = House.WithTwoClouds(a, b);
        return new ProtectHouse(house, await ThreeTierWorkload.BuildAsync(house.A, CancellationToken.None));
    }

    /// <summary>Only the boot-from-volume server with its two volumes.</summary>
    public ProtectHouse WithDbOnly()
    {
        Workload = Workload with { Selection = new WorkloadSelection.ByServers([new SourceId(ThreeTier.DbServerId)]) };
        return this;
    }

    /// <summary>Only the image-booted server with one data volume: small, and every kind of step.</summary>
    public ProtectHouse WithAppOnly()
    {
        Workload = Workload with { Selection = new WorkloadSelection.ByServers([new SourceId(ThreeTier.AppServerId)]) };
        return this;
    }

    /// <summary>Null: none yet.</summary>
    public SiteMapping? Mapping { get; private set; }

    /// <summary>Of the newest plan.</summary>
    public Blueprint? Captured { get; private set; }

    /// <summary>Volumes go by blocks from now on, to standbys where they are to be warm.</summary>
    public async Task<MemoryMovers> HireMoversAsync(StandbyKind standby = StandbyKind.Cold)
    {
        var movers = House.HireMovers();
        Workload = Workload with { Replication = new ReplicationPolicy { Standby = standby } };
        Mapping = await House.LiveAsync(async () =>
        {
            var captured = await new BlueprintCapture(House.Clock).CaptureAsync(Workload, House.SiteA, null, CancellationToken.None);
            return await MappingProposal.ProposeAsync(captured.Blueprint, House.SiteA, House.SiteB, null, CancellationToken.None);
        });
        return movers;
    }

    /// <summary>Kills A, and brings the workload up at B from the newest point.</summary>
    public async Task<RunState> FailOverAsync()
    {
        await House.A.KillAsync();
        return await House.LiveAsync(async () => await House.BeginAndExecuteAsync(await FailoverPlanAsync(), FailoverRunbook.ExclusiveKey(Workload)));
    }

    /// <summary>From the newest point.</summary>
    public async Task<Plan> FailoverPlanAsync()
    {
        var point = (await PointsAsync())[^1];
        var blueprint = await (await OpenAsync()).GetBlueprintAsync(point.Blueprint, CancellationToken.None);
        return FailoverRunbook.Write(Workload, point, blueprint, Mapping!, new FailoverRequest("fire in A", "ann"));
    }

    public Task<PointRepository> OpenAsync() => PointRepository.CreateAsync(folder, House.Clock, CancellationToken.None);

    /// <summary>Must be called within the time of the house.</summary>
    public async Task<Plan> PlanAsync()
    {
        var repository = await OpenAsync();
        var captured = await new BlueprintCapture(House.Clock).CaptureAsync(Workload, House.SiteA, null, CancellationToken.None);
        Captured = captured.Blueprint;
        return await ProtectRunbook.PrepareAsync(Workload, captured.Blueprint, captured.StartedAt, House.Sites, Mapping, repository, CancellationToken.None);
    }

    public Task<RunState> RunAsync() => House.LiveAsync(async () => await House.BeginAndExecuteAsync(await PlanAsync(), "workload/shop"));

    /// <summary>Where calls take time, they come back on other threads: the clock waits for them.</summary>
    public Task<RunState> RunWithDelaysAsync() =>
        House.LiveWithSocketsAsync(async () => await House.BeginAndExecuteAsync(await PlanAsync(), "workload/shop"));

    /// <summary>Protects once, and answers the point; an hour passes before the next.</summary>
    public async Task<RecoveryPoint> ProtectAsync(Func<Task<RunState>>? run = null)
    {
        var state = await (run ?? RunAsync)();
        Assert.True(state.Phase is RunPhase.Finished, state.Reason);
        House.Clock.Advance(TimeSpan.FromHours(1));
        return (await PointsAsync())[^1];
    }

    public async Task<ImmutableArray<RecoveryPoint>> PointsAsync()
    {
        var list = await (await OpenAsync()).ListAsync(Workload.Name, CancellationToken.None);
        Assert.Empty(list.Damaged);
        return [.. list.Points.Select(stored => stored.Point)];
    }

    public Task<List<Backup>> BackupsAsync() => House.LiveAsync(async () =>
    {
        var backups = new List<Backup>();
        await foreach (var backup in House.SiteA.Tenant.BlockStorage.ListBackupsAsync(BlockStorageFilter.None, CancellationToken.None))
            backups.Add(backup);
        return backups;
    });

    /// <summary>What a run must not leave behind at the source.</summary>
    public void DemandNoLeftovers()
    {
        Assert.Empty(House.A.World.List(ResourceKind.VolumeSnapshot));
        Assert.DoesNotContain(House.A.World.List(ResourceKind.Image), image => image.ContainsKey("kedge_run"));
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
