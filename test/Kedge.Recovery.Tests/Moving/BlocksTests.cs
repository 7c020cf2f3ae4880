using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Points;
using Kedge.Recovery.Tests.Protection;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Moving;

/// <summary>The method blocks, from a snapshot at the source to a server that boots at the target.</summary>
public sealed class BlocksTests
{
    [Fact]
    public async Task A_point_in_blocks_names_the_root_of_each_disk_and_leaves_nothing_behind_at_the_source()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.HireMoversAsync();

        var point = await house.ProtectAsync();

        Assert.Equal(2, point.Schema);
        Assert.All(point.Volumes, copy => Assert.Equal((0, 1L, 64), (copy.Chain.Length, copy.Blocks!.Sequence, copy.Blocks.Root.Length)));
        Assert.Empty(await house.BackupsAsync());
        DemandNoTrace(house);
    }

    [Fact]
    public async Task The_second_point_is_compared_with_the_first_and_costs_what_changed()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.HireMoversAsync();
        await house.ProtectAsync();
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 300_000, "an order"u8);

        var second = await house.ProtectAsync();

        var data = second.Volumes.Single(copy => copy.Volume.Value == house.ThreeTier.DbDataVolumeId).Blocks!;
        Assert.Equal((2, 64 * 1024), (data.Sequence, data.ChangedBytes));
        Assert.All(second.Volumes.Where(copy => copy.Blocks != data), copy => Assert.Equal(0, copy.Blocks!.ChangedBytes));
    }

    [Theory]
    [InlineData(StandbyKind.Cold)]
    [InlineData(StandbyKind.Warm)]
    public async Task A_workload_comes_up_with_the_bytes_that_it_had_and_they_are_verified_before_it_boots(StandbyKind standby)
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.HireMoversAsync(standby);
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 300_000, "order one"u8);
        await house.ProtectAsync();
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 900_000, "order two"u8);
        await house.ProtectAsync();
        var wanted = house.ThreeTier.VolumeIds.ToDictionary(id => id, id => house.House.A.World.FingerprintVolume(id));

        var state = await house.FailOverAsync();

        Assert.True(state.Phase is RunPhase.Finished, state.Reason);
        foreach (var volume in (string[])[house.ThreeTier.DbRootVolumeId, house.ThreeTier.DbDataVolumeId])
        {
            var made = Steps.Made.Of(state.Steps[Steps.StepIds.Volume(new SourceId(volume))])!.Id;
            Assert.Equal(wanted[volume], house.House.B.World.FingerprintVolume(made));
            Assert.Equal("in-use", house.House.B.World.Find(ResourceKind.Volume, made)!["status"]!.GetValue<string>());
        }
        var result = FailoverResult.Of(state);
        Assert.Equal(2, result.Volumes.Length);
        Assert.All(result.Volumes, volume => Assert.Equal((1.0, standby is StandbyKind.Warm), (volume.Verified, volume.IsWarm)));
        Assert.All(house.House.Movers!.Work.Where(done => done.Order.Work is MoveWork.Write or MoveWork.Verify), done => Assert.True(done.Result.IsVerified));
    }

    [Fact]
    public async Task A_standby_is_brought_forward_by_what_changed_and_its_earlier_points_can_be_cloned_meanwhile()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var movers = await house.HireMoversAsync(StandbyKind.Warm);
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 0, "one"u8);
        var first = await house.ProtectAsync();
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 0, "two"u8);
        var standby = first.Volumes.Single(copy => copy.Volume.Value == house.ThreeTier.DbDataVolumeId).Blocks!.Standby!;
        string? cloned = null;
        // In the middle of bringing it forward, while a mover holds it.
        movers.OnWork = async order => cloned ??= order.Work is MoveWork.Write ? await CloneAsync(house, standby.Snapshot) : null;

        var second = await house.ProtectAsync();

        var writes = movers.Work.Where(done => done.Order.Work is MoveWork.Write { Source.Sequence: 2 } write && write.Source.Series.EndsWith(house.ThreeTier.DbDataVolumeId, StringComparison.Ordinal));
        Assert.Equal(64 * 1024, Assert.Single(writes).Result.WrittenBytes);
        Assert.Equal(standby.Volume, second.Volumes.Single(copy => copy.Volume.Value == house.ThreeTier.DbDataVolumeId).Blocks!.Standby!.Volume);
        Assert.Equal("one"u8.ToArray(), house.House.B.World.ReadVolumeBytes(cloned!, 0, 3));
    }

    [Fact]
    public async Task What_is_wrong_on_the_target_stops_the_run_is_named_and_repaired_and_then_boots()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var movers = await house.HireMoversAsync(StandbyKind.Warm);
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 300_000, "an order"u8);
        await house.ProtectAsync();
        movers.OnWork = order => SpoilAsync(house, order);

        var stopped = await house.FailOverAsync();
        movers.OnWork = _ => Task.CompletedTask;
        var resumed = await house.House.LiveAsync(() => house.House.NewProcess().ExecuteAsync(stopped.Run, null, CancellationToken.None));

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains("at 262144+65536", stopped.Reason, StringComparison.Ordinal);
        Assert.True(resumed.Phase is RunPhase.Finished, resumed.Reason);
        Assert.Contains(FailoverResult.Of(resumed).NotAsCaptured, said => said.Contains("65536 bytes were repaired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_standby_that_does_not_read_back_stops_the_point_is_named_and_repaired_and_the_point_is_then_finished()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var movers = await house.HireMoversAsync(StandbyKind.Warm);
        house.House.A.World.WriteVolumeBytes(house.ThreeTier.DbDataVolumeId, 300_000, "an order"u8);
        await house.ProtectAsync();
        // In a block that the second point does not change, so that nothing would write it again.
        movers.OnWork = order => SpoilStandbyAsync(house, order);

        var stopped = await house.RunAsync();
        movers.OnWork = _ => Task.CompletedTask;
        var resumed = await house.House.LiveAsync(() => house.House.NewProcess().ExecuteAsync(stopped.Run, null, CancellationToken.None));

        Assert.Equal(RunPhase.Stopped, stopped.Phase);
        Assert.Contains("at 262144+65536", stopped.Reason, StringComparison.Ordinal);
        Assert.True(resumed.Phase is RunPhase.Finished, resumed.Reason);
        Assert.Single(movers.Work, done => done.Order.Work is MoveWork.Repair && done.Result is { IsVerified: true, RepairedBytes: 64 * 1024 });
    }

    [Fact]
    public async Task Disks_of_retired_points_are_forgotten_and_those_of_kept_ones_are_not()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var movers = await house.HireMoversAsync();
        house.Workload = house.Workload with { Retention = house.Workload.Retention with { KeepLast = 2 } };
        var first = await house.ProtectAsync();
        await house.ProtectAsync();
        Assert.Empty(movers.Forgotten);

        await house.ProtectAsync();

        Assert.Equal(first.Volumes.Select(copy => copy.Blocks!.InPoint).OrderBy(disk => disk.Series), movers.Forgotten.OrderBy(disk => disk.Series));
    }

    static Task SpoilStandbyAsync(ProtectHouse house, MoveOrder order)
    {
        if (order.Work is MoveWork.Write { Source.Sequence: 2 } write && write.Source.Series.EndsWith(house.ThreeTier.DbDataVolumeId, StringComparison.Ordinal))
            house.House.B.OpenAttached(((MoveDevice.Nbd)order.Device).Uri.Split('/')[^1]).Write(300_000, "shifted!"u8.ToArray());
        return Task.CompletedTask;
    }

    static Task SpoilAsync(ProtectHouse house, MoveOrder order)
    {
        if (order.Work is MoveWork.Verify verify && verify.Expected.Series.EndsWith(house.ThreeTier.DbDataVolumeId, StringComparison.Ordinal))
            house.House.B.OpenAttached(((MoveDevice.Nbd)order.Device).Uri.Split('/')[^1]).Write(300_000, "shifted!"u8.ToArray());
        return Task.CompletedTask;
    }

    static async Task<string> CloneAsync(ProtectHouse house, string snapshot)
    {
        var cinder = house.House.SiteB.Tenant.BlockStorage;
        return (await cinder.CreateVolumeAsync(new NewVolume { Name = "clone", SnapshotId = new SnapshotId(snapshot) }, CancellationToken.None)).Id.Value;
    }

    static void DemandNoTrace(ProtectHouse house)
    {
        house.DemandNoLeftovers();
        Assert.DoesNotContain(house.House.A.World.List(ResourceKind.Volume), volume => volume["metadata"]!.AsObject().ContainsKey("kedge_run"));
    }
}
