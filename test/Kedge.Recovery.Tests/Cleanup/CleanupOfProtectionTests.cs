using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Tests.Protection;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Cleanup;

public sealed class CleanupOfProtectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_point_that_was_put_just_before_power_failed_keeps_what_it_needs(bool isInBlocks)
    {
        await using var house = await MakeAsync(isInBlocks);
        var abandoned = await CutOffAndAbandonAsync(house, ProtectStepIds.WritePoint);
        var point = Assert.Single(await house.PointsAsync());

        var cleaned = await CleanAsync(house, abandoned);

        Assert.True(cleaned.Phase is RunPhase.Finished, cleaned.Reason);
        DemandAllThere(house, point);
        house.DemandNoLeftovers();
    }

    [Fact]
    public async Task What_no_point_needs_goes_and_a_process_that_wakes_up_later_puts_no_point_over_it()
    {
        await using var house = await MakeAsync(isInBlocks: false);
        var abandoned = await CutOffAndAbandonAsync(house, ProtectStepIds.Export(new(house.ThreeTier.DbRootVolumeId)));

        var cleaned = await CleanAsync(house, abandoned);

        Assert.True(cleaned.Phase is RunPhase.Finished, cleaned.Reason);
        Assert.Empty(await house.BackupsAsync());
        var late = new PutPoint(await house.OpenAsync(), abandoned.Run.Value, ProtectFacts.FindIn(abandoned.Plan)!.Blueprint);
        var refused = await Assert.ThrowsAsync<RepositoryException>(late.PutAsync);
        Assert.Contains("given up", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await house.PointsAsync());
    }

    static async Task<ProtectHouse> MakeAsync(bool isInBlocks)
    {
        var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        if (isInBlocks)
            await house.HireMoversAsync(Recovery.Workloads.StandbyKind.Warm);
        return house;
    }

    /// <summary>Power fails when it is to be written down that a step is done; when it is back, a person gives the run up.</summary>
    static async Task<RunState> CutOffAndAbandonAsync(ProtectHouse house, string step)
    {
        var run = RunId.Create(house.House.Clock);
        var isOff = false;
        house.House.Journal.OnWrite = (when, events) =>
        {
            isOff |= when is WriteMoment.Before && events.OfType<StepDone>().Any(done => done.Step == step);
            if (isOff)
                throw new PowerLostException("before");
        };
        await Assert.ThrowsAnyAsync<Exception>(() => house.House.LiveAsync(async () =>
        {
            await house.House.Journal.BeginAsync(run, await house.PlanAsync(), "workload/shop", "host/1", CancellationToken.None);
            await house.House.NewProcess().ExecuteAsync(run, null, CancellationToken.None);
        }));
        house.House.Journal.OnWrite = null;
        return await house.House.LiveAsync(() => house.House.NewProcess().AbandonAsync(run, "ann", "a new one is made", CancellationToken.None));
    }

    static Task<RunState> CleanAsync(ProtectHouse house, RunState run) =>
        house.House.LiveAsync(() => house.House.BeginAndExecuteAsync(CleanupRunbook.Write(run), run.ExclusiveKey));

    static void DemandAllThere(ProtectHouse house, RecoveryPoint point)
    {
        var (source, target) = (house.House.A.World, house.House.B.World);
        Assert.All(point.Volumes.SelectMany(copy => copy.Chain), link => Assert.NotNull(source.Find(ResourceKind.Backup, link.BackupId)));
        Assert.All(point.Images, image => Assert.NotNull(target.Find(ResourceKind.Image, image.TargetImageId)));
        Assert.All(point.Volumes.Select(copy => copy.Blocks?.Standby).OfType<StandbySnapshot>(), standby =>
        {
            Assert.NotNull(target.Find(ResourceKind.Volume, standby.Volume));
            Assert.NotNull(target.Find(ResourceKind.VolumeSnapshot, standby.Snapshot));
        });
    }

    sealed record PutPoint(PointRepository Repository, string Run, string Blueprint)
    {
        public Task<RecoveryPoint> PutAsync() => Repository.PutAsync(
            SmallWorkload.Point([], [], "image") with { Workload = "shop", Run = Run, Blueprint = Blueprint, Volumes = [] }, CancellationToken.None);
    }
}
