using Kedge.Mediator.Running;
using Kedge.Plans;

namespace Kedge.Mediator.Tests.Running;

public sealed class RunHandTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_take_over_that_did_not_reach_the_journal_is_made_again_and_not_taken_for_somebody_elses()
    {
        JournalThatFails? way = null;
        await using var house = await MediatorHouse.OpenAsync(around: journal => way = new JournalThatFails(journal));
        var run = await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        way!.TakeOversToLose = 1;

        var end = await house.Hand.ExecuteAsync(run, Cancel);

        Assert.Equal(RunEnd.Told, end);
        Assert.Equal(RunPhase.Stopped, (await house.Journal.FindAsync(run, Cancel))!.Phase);
    }

    [Fact]
    public async Task A_run_that_somebody_took_while_the_journal_was_away_is_his()
    {
        JournalThatFails? way = null;
        await using var house = await MediatorHouse.OpenAsync(around: journal => way = new JournalThatFails(journal));
        var run = await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        way!.TakeOversToLose = 1;

        var executing = house.Hand.ExecuteAsync(run, Cancel);
        while (!house.Logs.Of(3104).Any())
            await Task.Delay(10, Cancel);
        await house.Journal.TakeOverAsync(run, "third/3/3/mediator", Cancel);

        Assert.Equal(RunEnd.Superseded, await executing);
        Assert.Equal("third/3/3/mediator", (await house.Journal.FindAsync(run, Cancel))!.Owner);
    }

    [Fact]
    public async Task A_run_of_steps_that_nobody_here_knows_is_not_even_taken_over()
    {
        await using var house = await MediatorHouse.OpenAsync();
        var run = await Written.BeginAsync(house, Written.PlanOfOthers(), MediatorHouse.DeadOwner, "ha/cluster");

        var end = await house.Hand.ExecuteAsync(run, Cancel);

        Assert.Equal(RunEnd.NotForUs, end);
        Assert.Equal(MediatorHouse.DeadOwner, (await house.Journal.FindAsync(run, Cancel))!.Owner);
    }
}
