using Kedge.Mediator.Protecting;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Points;

namespace Kedge.Mediator.Tests.Watch;

public sealed class PatrolTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_no_mediator_can_execute_is_left_alone_and_told_of_once()
    {
        await using var house = await MediatorHouse.OpenAsync();
        var run = await Written.BeginAsync(house, Written.PlanOfOthers(), MediatorHouse.DeadOwner, "ha/cluster");
        var patrol = house.NewPatrol();

        await patrol.WalkAsync(Cancel);
        await patrol.WalkAsync(Cancel);

        Assert.False(await house.Timetable.HasRunAsync(run, Cancel));
        Assert.Single(house.Logs.Of(3404));
    }

    [Fact]
    public async Task A_run_that_comes_back_again_and_again_is_adopted_less_and_less_often()
    {
        var clock = new Testing.FakeClock();
        await using var house = await MediatorHouse.OpenAsync(clock);
        await Written.BeginAsync(house, Written.PlanThatStops(CleanupRunbook.Kind), MediatorHouse.DeadOwner, "workload/shop");
        var patrol = house.NewPatrol();

        for (var walk = 0; walk < 60; walk++)
        {
            await patrol.WalkAsync(Cancel);
            foreach (var run in await house.Timetable.ListRunsAsync(Cancel))
                await house.ForgetRunAsync(run);
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.InRange(house.Logs.Of(3401).Count(), 4, 7);
    }

    [Fact]
    public async Task Records_that_cannot_be_read_keep_no_other_workload_from_being_scheduled()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddWorkloadAsync("good");
        await File.WriteAllTextAsync(Path.Combine(house.Folder, "workloads", "bad.yaml"), "from: [", Cancel);
        await File.WriteAllTextAsync(Path.Combine(house.Folder, "sites", "bad.yaml"), "cloud: 7\nmore: 8", Cancel);
        var patrol = house.NewPatrol();

        await patrol.WalkAsync(Cancel);
        await patrol.WalkAsync(Cancel);

        Assert.Equal(["good"], (await house.Timetable.ListProtectionsAsync(Cancel)).Keys);
        Assert.Equal(2, house.Logs.Of(3403).Count());
    }

    [Fact]
    public async Task A_repository_that_is_away_keeps_no_workload_from_being_scheduled()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddWorkloadAsync("good");
        house.RepositoryFault = new RepositoryException("The disk is away.");

        await house.NewPatrol().WalkAsync(Cancel);

        Assert.Equal(["good"], (await house.Timetable.ListProtectionsAsync(Cancel)).Keys);
    }

    [Fact]
    public async Task A_turn_that_failed_keeps_its_back_off_although_its_run_is_open()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddWorkloadAsync("shop");
        await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.Owner);
        var later = DateTimeOffset.UtcNow.AddMinutes(5);
        await house.Timetable.ScheduleProtectionAsync("shop", new NextTurn("A", later, "failed 3 times in a row", 3), Cancel);

        await house.NewPatrol().WalkAsync(Cancel);

        Assert.Equal(later, (await house.Timetable.ListProtectionsAsync(Cancel))["shop"].Next!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_turn_whose_mediator_died_is_made_up_at_once()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddWorkloadAsync("shop");
        await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        await house.Timetable.ScheduleProtectionAsync("shop", new NextTurn("A", DateTimeOffset.UtcNow.AddMinutes(5), "in time"), Cancel);

        await house.NewPatrol().WalkAsync(Cancel);

        Assert.Equal(DateTimeOffset.UtcNow, (await house.Timetable.ListProtectionsAsync(Cancel))["shop"].Next!.Value, TimeSpan.FromMinutes(1));
    }
}
