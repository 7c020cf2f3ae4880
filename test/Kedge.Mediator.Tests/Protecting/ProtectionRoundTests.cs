using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Sites;

namespace Kedge.Mediator.Tests.Protecting;

public sealed class ProtectionRoundTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_turn_takes_a_point_and_says_when_the_next_one_is_due()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();

        var next = await house.Round.GoAsync("shop", 0, Cancel);

        Assert.Equal(0, next!.Failures);
        Assert.InRange(next.At - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(60));
        Assert.NotNull(await (await house.Records.OpenRepositoryAsync(Cancel)).FindNewestUsableAsync("shop", Cancel));
    }

    [Fact]
    public async Task Failed_turns_wait_longer_each_time_whichever_mediator_they_were_at()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        await house.A.KillAsync();

        var first = await house.Round.GoAsync("shop", 0, Cancel);
        var fourth = await house.Round.GoAsync("shop", 3, Cancel);

        Assert.Equal((1, 4), (first!.Failures, fourth!.Failures));
        Assert.True(fourth.At - first.At > TimeSpan.FromMinutes(2), $"{first.At} {fourth.At}");
    }

    [Fact]
    public async Task A_repository_that_is_away_is_a_failed_turn_like_any_other()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        house.RepositoryFault = new RepositoryException("The disk is away.");

        var next = await house.Round.GoAsync("shop", 0, Cancel);

        Assert.Equal(1, next!.Failures);
        Assert.Contains("The disk is away.", next.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_taken_over_many_times_and_stopped_once_is_not_given_up()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        var run = await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        for (var i = 0; i < 9; i++)
            await house.Journal.TakeOverAsync(run, MediatorHouse.DeadOwner, Cancel);

        var next = await house.Round.GoAsync("shop", 0, Cancel);

        Assert.Equal(RunPhase.Stopped, (await house.Journal.FindAsync(run, Cancel))!.Phase);
        Assert.Equal(1, next!.Failures);
    }

    [Fact]
    public async Task A_run_that_stopped_five_times_is_given_up_and_cleaned_up_after_although_its_mediator_died_in_between()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        var run = await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        await Written.StopAsync(house, run, times: 4);

        await house.Round.GoAsync("shop", 0, Cancel);
        var afterFirst = await CleanupsAsync(house);
        await house.Round.GoAsync("shop", 1, Cancel);

        Assert.Equal(RunPhase.Abandoned, (await house.Journal.FindAsync(run, Cancel))!.Phase);
        Assert.Empty(afterFirst);
        Assert.Equal(RunPhase.Finished, Assert.Single(await CleanupsAsync(house)).Phase);
        Assert.Equal(0, (await house.Round.GoAsync("shop", 0, Cancel))!.Failures);
        Assert.Single(await CleanupsAsync(house));
    }

    [Fact]
    public async Task What_a_person_gave_up_is_left_to_that_person()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        var run = await Written.BeginAsync(house, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        var epoch = await house.Journal.TakeOverAsync(run, "ann/1/1", Cancel);
        await house.Journal.AppendAsync(run, epoch, new RunAbandoned("ann/1/1", "not wanted"), Cancel);

        await house.Round.GoAsync("shop", 0, Cancel);

        Assert.Empty(await CleanupsAsync(house));
    }

    [Fact]
    public async Task Scheduled_points_go_by_blocks_where_both_sites_have_movers()
    {
        await using var house = await MediatorHouse.OpenAsync();
        await house.AddShopAsync();
        await house.Records.Sites.PutAsync("A", new SiteRecord("A", "A", Movers: new SiteMovers("mover-a")), Cancel);
        await house.Records.Sites.PutAsync("B", new SiteRecord("B", "B", Movers: new SiteMovers("mover-b")), Cancel);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var turn = house.Round.GoAsync("shop", 0, enough.Token);
        RunSummary? begun = null;
        while (!turn.IsCompleted && (begun = await NewestAsync(house, ProtectRunbook.Kind)) is null)
            await Task.Delay(10, Cancel);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turn);

        var plan = (await house.Journal.GetStateAsync(begun!.Run, Cancel)).Plan;
        Assert.Contains(plan.Steps, step => step.Kind == "read-disk");
    }

    static async Task<List<RunSummary>> CleanupsAsync(MediatorHouse house) =>
        await house.Journal.ListAsync(RunFilter.All with { Kind = CleanupRunbook.Kind }, Cancel).ToListAsync(Cancel);

    static async Task<RunSummary?> NewestAsync(MediatorHouse house, string kind) =>
        await house.Journal.ListAsync(RunFilter.All with { Kind = kind }, Cancel).FirstOrDefaultAsync(Cancel);
}
