using Kedge.Contracts.Moving;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Tests.Protection;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Moving;

/// <summary>Runs by blocks are cut off at each call to Cinder at either site and at each write of the journal in turn; the board and its orders are lost each time.</summary>
public sealed class BlocksCrashTests
{
    public enum Cut
    {
        BeforeCall,
        DuringCall,
        AfterCall,
        AtWrite,
    }

    [Theory]
    [InlineData(Cut.BeforeCall)]
    [InlineData(Cut.DuringCall)]
    [InlineData(Cut.AfterCall)]
    [InlineData(Cut.AtWrite)]
    public async Task Whenever_the_power_goes_there_is_one_point_with_its_standbys_and_nothing_twice(Cut cut)
    {
        var number = 0;
        for (var wasCut = true; wasCut; number++)
        {
            await using var house = await DataOnlyAsync(StandbyKind.Warm);
            var power = Supply(house, cut, number);

            await power.RunAsync(house, TimeSpan.Zero);

            wasCut = power.WasCut;
            await DemandOnePointAsync(house, $"{cut} {number}");
        }
        Assert.True(number > 10, $"Only {number} moments were tried.");
    }

    [Theory]
    [InlineData(Cut.BeforeCall, StandbyKind.Cold)]
    [InlineData(Cut.DuringCall, StandbyKind.Cold)]
    [InlineData(Cut.AfterCall, StandbyKind.Cold)]
    [InlineData(Cut.AfterCall, StandbyKind.Warm)]
    public async Task Whenever_the_power_goes_in_a_failover_each_volume_is_there_once_and_holds_the_point(Cut cut, StandbyKind standby)
    {
        var number = 0;
        for (var wasCut = true; wasCut; number++)
        {
            await using var house = await DataOnlyAsync(standby);
            await house.ProtectAsync();
            var wanted = house.House.A.World.FingerprintVolume(house.ThreeTier.AppDataVolumeId);
            var power = Supply(house, cut, number);

            var state = await power.RunAsync(house.FailoverPlanAsync, TimeSpan.Zero);

            wasCut = power.WasCut;
            house.House.B.Faults.OnCall = null;
            var made = Made.Of(state.Steps[StepIds.Volume(new SourceId(house.ThreeTier.AppDataVolumeId))])!.Id;
            var marked = house.House.B.World.List(ResourceKind.Volume).Where(volume => volume["metadata"]!["kedge_run"]?.GetValue<string>() == state.Run.Value).ToList();
            Assert.True(wanted == house.House.B.World.FingerprintVolume(made), $"{cut} {number}: other bytes");
            Assert.True(made == Assert.Single(marked)["id"]!.GetValue<string>(), $"{cut} {number}: another volume");
            Assert.Equal("in-use", marked[0]["status"]!.GetValue<string>());
            Assert.DoesNotContain(marked[0]["metadata"]!.AsObject(), item => item.Key is "kedge_proven" or "kedge_mismatch_told");
        }
        Assert.True(number > 5, $"Only {number} moments were tried.");
    }

    [Theory]
    [InlineData("make-volume")]
    [InlineData("snapshot-standby")]
    public async Task The_sweep_notices_a_step_that_does_not_look_for_its_mark(string kind)
    {
        await using var house = await DataOnlyAsync(StandbyKind.Warm);
        var isFailover = kind == "make-volume";
        if (isFailover)
            await house.ProtectAsync();
        var power = new PowerCut(house.House) { BlindKind = kind };
        // The source's own snapshot comes first.
        var (seen, path, wanted) = isFailover ? (0, "/volumes", 1) : (0, "/snapshots", 2);
        power.CutAfter = call => call.Method == "POST" && call.Path.EndsWith(path, StringComparison.Ordinal) && ++seen == wanted;

        await power.RunAsync(isFailover ? house.FailoverPlanAsync : house.PlanAsync, TimeSpan.Zero);

        var kinds = isFailover ? ResourceKind.Volume : ResourceKind.VolumeSnapshot;
        Assert.Equal(isFailover ? 3 : 2, house.House.B.World.List(kinds).Count);
        Assert.True(power.WasCut);
    }

    [Fact]
    public async Task A_mover_that_dies_in_the_middle_is_replaced_and_its_order_is_done_once()
    {
        await using var house = await DataOnlyAsync(StandbyKind.Warm);
        house.House.Movers!.Deaths = 1;

        var point = await house.ProtectAsync();

        Assert.Equal(["read", "write"], house.House.Movers.Work.Select(done => done.Order.Id.Split('/')[^1]));
        Assert.Equal(1, Assert.Single(point.Volumes).Blocks!.Sequence);
    }

    [Fact]
    public async Task An_abandoned_run_is_cleaned_up_after_at_both_sites_and_a_standby_that_points_need_stays()
    {
        await using var house = await DataOnlyAsync(StandbyKind.Warm);
        var first = await house.ProtectAsync();
        house.House.Movers!.OnWork = order => order.Work is MoveWork.Write ? throw new IOException("The disk is on fire.") : Task.CompletedTask;
        var stopped = await house.RunAsync();

        var abandoned = await house.House.LiveAsync(() => house.House.NewProcess().AbandonAsync(stopped.Run, "ann", "on fire", CancellationToken.None));
        var cleaned = await house.House.LiveAsync(() => house.House.BeginAndExecuteAsync(CleanupRunbook.Write(abandoned), "cleanup"));

        Assert.Equal((RunPhase.Stopped, RunPhase.Finished), (stopped.Phase, cleaned.Phase));
        house.DemandNoLeftovers();
        Assert.Empty(Exposed(house));
        var standby = Assert.Single(first.Volumes).Blocks!.Standby!;
        Assert.NotNull(house.House.B.World.Find(ResourceKind.Volume, standby.Volume));
        Assert.Equal(standby.Snapshot, Assert.Single(house.House.B.World.List(ResourceKind.VolumeSnapshot))["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_retired_point_had_at_the_target_goes_and_the_standby_stays_for_the_next()
    {
        await using var house = await DataOnlyAsync(StandbyKind.Warm);
        house.Workload = house.Workload with { Retention = new RetentionPolicy { KeepLast = 1 } };
        await house.ProtectAsync();

        var second = await house.ProtectAsync();

        Assert.Equal(second.Id, Assert.Single(await house.PointsAsync()).Id);
        Assert.Equal(Assert.Single(second.Volumes).Blocks!.Standby!.Snapshot, Assert.Single(house.House.B.World.List(ResourceKind.VolumeSnapshot))["id"]!.GetValue<string>());
    }

    /// <summary>One volume in blocks, small enough to be cut off everywhere.</summary>
    static async Task<ProtectHouse> DataOnlyAsync(StandbyKind standby)
    {
        var house = (await ProtectHouse.MakeAsync()).WithAppOnly();
        await house.HireMoversAsync(standby);
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.AppDataVolumeId, 300_000, "an order"u8);
        return house;
    }

    /// <summary>At calls of Cinder: those of the other services are the same with every method, and are cut off elsewhere.</summary>
    static PowerCut Supply(ProtectHouse house, Cut cut, int number)
    {
        var (calls, writes) = (0, 0);
        return new PowerCut(house.House)
        {
            CutBefore = call => cut == Cut.BeforeCall && call.Service == "volumev3" && calls++ == number,
            CutDuring = call => cut == Cut.DuringCall && call.Service == "volumev3" && call.IsWrite && calls++ == number,
            CutAfter = call => cut == Cut.AfterCall && call.Service == "volumev3" && calls++ == number,
            CutAtWrite = () => cut == Cut.AtWrite && writes++ == number,
        };
    }

    static async Task DemandOnePointAsync(ProtectHouse house, string replay)
    {
        house.House.A.Faults.OnCall = null;
        house.House.B.Faults.OnCall = null;
        var point = Assert.Single(await house.PointsAsync());
        house.DemandNoLeftovers();
        Assert.True(Exposed(house).Count == 0, $"{replay}: a temporary volume is left");
        var copy = Assert.Single(point.Volumes).Blocks!;
        var standby = Assert.Single(house.House.B.World.List(ResourceKind.Volume));
        Assert.True(copy.Standby!.Volume == standby["id"]!.GetValue<string>() && standby["status"]!.GetValue<string>() == "available", $"{replay}: the standby is {standby["status"]}");
        Assert.Equal(copy.Standby.Snapshot, Assert.Single(house.House.B.World.List(ResourceKind.VolumeSnapshot))["id"]!.GetValue<string>());
        Assert.True(house.House.A.World.FingerprintVolume(house.ThreeTier.AppDataVolumeId) == house.House.B.World.FingerprintVolume(copy.Standby.Volume), $"{replay}: other bytes");
    }

    static List<System.Text.Json.Nodes.JsonObject> Exposed(ProtectHouse house) =>
        [.. house.House.A.World.List(ResourceKind.Volume).Where(volume => volume["metadata"]!.AsObject().ContainsKey("kedge_run"))];
}
