using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Protection;

/// <summary>A protect run is cut off at each call to either cloud and at each write of the journal in turn, and resumed by a new process.</summary>
public sealed class ProtectCrashTests
{
    public enum Cut
    {
        BeforeCall,
        DuringWrite,
        AfterCall,
        AtWrite,
    }

    [Theory]
    [InlineData(Cut.BeforeCall)]
    [InlineData(Cut.DuringWrite)]
    [InlineData(Cut.AfterCall)]
    [InlineData(Cut.AtWrite)]
    public async Task Whenever_the_power_goes_there_is_one_point_and_nothing_twice(Cut cut)
    {
        var number = 0;
        while (await CutOffAsync(cut, number, TimeSpan.Zero))
            number++;
        Assert.True(number > (cut is Cut.DuringWrite ? 5 : 20), $"Only {number} moments were tried.");
    }

    [Fact]
    public async Task Whenever_the_power_goes_while_an_old_point_is_removed_exactly_what_the_new_one_needs_stays()
    {
        var wasCut = true;
        for (var number = 0; wasCut; number++)
        {
            await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
            house.Workload = house.Workload with { Retention = new RetentionPolicy { KeepLast = 1, FullEvery = 1 } };
            await house.ProtectAsync();
            await house.ProtectAsync();
            var (power, calls) = (new PowerCut(house.House), 0);
            power.CutAfter = _ => calls++ == number;

            await power.RunAsync(house, TimeSpan.Zero);

            wasCut = power.WasCut;
            house.House.A.Faults.OnCall = null;
            house.DemandNoLeftovers();
            var needed = Assert.Single(await house.PointsAsync()).Volumes.SelectMany(copy => copy.Chain).Select(link => link.BackupId).Order().ToList();
            Assert.True(needed.SequenceEqual((await house.BackupsAsync()).Select(backup => backup.Id.Value).Order()), $"call {number}");
        }
    }

    [Fact]
    public async Task Snapshots_of_two_bursts_that_lie_too_far_apart_are_taken_again()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var power = new PowerCut(house.House);
        var taken = 0;
        power.CutAfter = call => IsSnapshot(call) && taken++ == 0;

        await power.RunAsync(house, betweenProcesses: TimeSpan.FromHours(2));

        var point = Assert.Single(await house.PointsAsync());
        Assert.True(point.Skew <= SnapshotWorkload.LargestSpread, $"{point.Skew}");
        Assert.True(taken > 2, "The first snapshot was kept.");
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task Snapshots_of_two_bursts_that_lie_close_are_kept()
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        var power = new PowerCut(house.House);
        var taken = 0;
        power.CutAfter = call => IsSnapshot(call) && taken++ == 0;

        await power.RunAsync(house, betweenProcesses: TimeSpan.FromSeconds(5));

        Assert.Equal(2, taken);
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task Whichever_answer_is_lost_there_is_one_point_and_nothing_twice()
    {
        for (var number = 0; ; number++)
        {
            await using var house = (await ProtectHouse.MakeAsync()).WithAppOnly();
            var writes = 0;
            var wasLost = false;
            FaultAction Lose(SandboxCall call)
            {
                if (!call.IsWrite || writes++ != number)
                    return FaultAction.None;
                wasLost = true;
                return new FaultAction.LoseAnswer();
            }
            house.House.A.Faults.OnCall = Lose;
            house.House.B.Faults.OnCall = Lose;

            var state = await house.RunAsync();

            Assert.True(state.Phase is RunPhase.Finished, $"answer {number}: {state.Reason}");
            if (!wasLost)
                return;
            await DemandOnePointAsync(house, $"answer {number}");
        }
    }

    [Theory]
    [InlineData("snapshot-workload", "/snapshots")]
    [InlineData("snapshot-workload", "/action")]
    [InlineData("backup-volume", "/backups")]
    [InlineData("copy-image", "/images")]
    [InlineData("copy-root-disk", "/images")]
    public async Task The_sweep_notices_a_step_that_does_not_look_for_its_mark(string kind, string path)
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithAppOnly();
        var power = new PowerCut(house.House) { BlindKind = kind };
        // The copy of the base image is begun at once, the one of the root disk after the snapshot.
        var (seen, wanted) = (0, kind == "copy-root-disk" ? 2 : 1);
        power.CutAfter = call => call.Method == "POST" && call.Path.EndsWith(path, StringComparison.Ordinal) && ++seen == wanted;

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await power.RunAsync(house, TimeSpan.Zero);
            await DemandOnePointAsync(house, kind);
        });

        Assert.True(power.WasCut);
    }

    static async Task<bool> CutOffAsync(Cut cut, int number, TimeSpan pause)
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithAppOnly();
        var power = new PowerCut(house.House);
        var (calls, writes) = (0, 0);
        power.CutBefore = _ => cut == Cut.BeforeCall && calls++ == number;
        power.CutDuring = call => cut == Cut.DuringWrite && call.IsWrite && calls++ == number;
        power.CutAfter = _ => cut == Cut.AfterCall && calls++ == number;
        power.CutAtWrite = () => cut == Cut.AtWrite && writes++ == number;

        await power.RunAsync(house, pause);

        await DemandOnePointAsync(house, $"{cut} {number}");
        return power.WasCut;
    }

    static async Task DemandOnePointAsync(ProtectHouse house, string replay)
    {
        house.House.A.Faults.OnCall = null;
        house.House.B.Faults.OnCall = null;
        var point = Assert.Single(await house.PointsAsync());
        house.DemandNoLeftovers();
        Assert.True(point.Volumes.Length == (await house.BackupsAsync()).Count, $"{replay}: backups twice");
        Assert.All(await house.BackupsAsync(), backup => Assert.Equal(BackupStatus.Available, backup.Status));
        var copies = house.House.B.World.List(ResourceKind.Image).Where(image => image.ContainsKey("kedge_run")).Select(image => image["id"]!.GetValue<string>()).ToList();
        Assert.True(copies.Order().SequenceEqual(point.Images.Select(image => image.TargetImageId).Order()), $"{replay}: images {string.Join(", ", copies)}");
    }

    static bool IsSnapshot(SandboxCall call) => call.Method == "POST" && call.Path.EndsWith("/snapshots", StringComparison.Ordinal);
}
