using Kedge.Contracts.Moving;
using Kedge.Recovery.Moving;
using Kedge.Testing;

namespace Kedge.Recovery.Tests.Moving;

public sealed class MoveBoardTests
{
    static readonly MoverId Alice = new("dc1", "alice");
    static readonly MoverId Bob = new("dc1", "bob");
    static readonly MoverOffer Offer = new(["main"], ["file", "rbd:ceph"], 0);
    static readonly MoveProgress Progress = new(100, 40, 10, 5, "reading");
    static readonly MoveResult Result = new(new DiskInPoint("s", 1, "root", ""), 1, 1, 1, 0, 0, 0, 0, TimeSpan.Zero, null, [], 0, MapUse.NotAsked, []);
    readonly FakeClock clock = new();
    readonly MoveBoard board;

    public MoveBoardTests() => board = new MoveBoard(clock);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static MoveOrder Order(string id, string site = "dc1", string repository = "main") =>
        new(id, site, new MoveDevice.Rbd("ceph", "volumes", "v"), repository, new MoveWork.Read("s", "root", null, new ChangeSource.Compared()));

    [Fact]
    public async Task The_same_order_is_placed_once_and_goes_to_one_mover()
    {
        board.Order(Order("1"));
        board.Order(Order("1"));

        var first = await board.TakeAsync(Alice, Offer, Cancel);
        var second = await board.TakeAsync(Bob, Offer, Cancel);

        Assert.Equal("1", first!.Order.Id);
        Assert.False(first.WasBegun);
        Assert.Null(second);
        Assert.IsType<MoveStatus.Running>(board.Order(Order("1")));
    }

    [Fact]
    public async Task An_end_is_answered_as_often_as_it_is_asked_for()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.Progressed(Progress)));
        Assert.Equal(new MoveStatus.Running("alice", Progress), board.Order(Order("1")));
        var heard = board.Report(Alice, new MoveReport("1", lease.Epoch, new MoveNews.Finished(Result)));
        var again = board.Report(Alice, new MoveReport("1", lease.Epoch, new MoveNews.Finished(Result)));

        Assert.Equal((ReportAnswer.GoOn, ReportAnswer.GoOn), (heard.Answer, again.Answer));
        Assert.Equal(new MoveStatus.Done("alice", Result), board.Order(Order("1")));
        Assert.Equal(new MoveStatus.Done("alice", Result), board.Order(Order("1")));
    }

    [Fact]
    public async Task A_mover_that_falls_silent_is_replaced_and_refused_when_it_comes_back()
    {
        board.Order(Order("1"));
        var first = await board.TakeAsync(Alice, Offer, Cancel);

        clock.Advance(MoveBoard.UsualLease);
        var second = await board.TakeAsync(Bob, Offer, Cancel);
        var late = board.Report(Alice, new MoveReport("1", first!.Epoch, new MoveNews.Finished(Result)));

        Assert.True(second!.WasBegun);
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(ReportAnswer.Stop, late.Answer);
        Assert.Equal("bob", Assert.IsType<MoveStatus.Running>(board.Order(Order("1"))).Mover);
    }

    [Fact]
    public async Task An_epoch_of_a_board_that_was_lost_is_not_given_again()
    {
        board.Order(Order("1"));
        var before = await board.TakeAsync(Alice, Offer, Cancel);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var after = new MoveBoard(clock);
        after.Order(Order("1"));
        await after.TakeAsync(Alice, Offer, Cancel);

        var stale = after.Report(Alice, new MoveReport("1", before!.Epoch, new MoveNews.Finished(Result)));

        Assert.Equal(ReportAnswer.Stop, stale.Answer);
    }

    [Fact]
    public async Task A_report_renews_the_lease()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        for (var i = 0; i < 5; i++)
        {
            clock.Advance(MoveBoard.UsualLease * 0.9);
            Assert.Equal(ReportAnswer.GoOn, board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.Progressed(Progress))).Answer);
        }

        Assert.Null(await board.TakeAsync(Bob, Offer, Cancel));
    }

    [Fact]
    public async Task Nobody_else_can_report_under_a_mover_s_lease()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        Assert.Equal(ReportAnswer.Stop, board.Report(Bob, new MoveReport("1", lease!.Epoch, new MoveNews.Finished(Result))).Answer);
        Assert.Equal(ReportAnswer.Stop, board.Report(new MoverId("dc2", "alice"), new MoveReport("1", lease.Epoch, new MoveNews.Finished(Result))).Answer);
    }

    [Fact]
    public async Task A_mover_gets_orders_of_its_site_that_it_can_do_and_the_oldest_first()
    {
        board.Order(Order("elsewhere", site: "dc2"));
        board.Order(Order("another repository", repository: "other"));
        board.Order(Order("1"));
        board.Order(Order("2"));

        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        Assert.Equal("1", lease!.Order.Id);
        Assert.Contains("none has asked", Assert.IsType<MoveStatus.Waiting>(board.Order(Order("elsewhere", site: "dc2"))).For, StringComparison.Ordinal);
        Assert.Contains("the repository other; those there do not: alice", Assert.IsType<MoveStatus.Waiting>(board.Order(Order("another repository", repository: "other"))).For, StringComparison.Ordinal);
        Assert.Contains("to be free", Assert.IsType<MoveStatus.Waiting>(board.Order(Order("2"))).For, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_is_kept_open_is_answered_when_an_order_comes()
    {
        var asked = board.TakeAsync(Alice, Offer with { WaitS = 20 }, Cancel);
        Assert.False(asked.IsCompleted);

        board.Order(Order("1"));

        Assert.Equal("1", (await asked)!.Order.Id);
    }

    [Fact]
    public async Task A_question_that_is_kept_open_ends_without_an_order()
    {
        var asked = board.TakeAsync(Alice, Offer with { WaitS = 20 }, Cancel);

        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(await asked);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_after_a_pause_and_then_reported_once()
    {
        board.Order(Order("1"));
        var failure = new MoveFailure(MoveFailureCode.Device, "gone", "look", IsTransient: true);
        var tries = 0;
        while (board.Order(Order("1")) is MoveStatus.Waiting)
        {
            if (await board.TakeAsync(Alice, Offer, Cancel) is { } lease)
            {
                board.Report(Alice, new MoveReport("1", lease.Epoch, new MoveNews.GaveUp(failure)));
                if (++tries == 1) Assert.Contains("alice failed: gone", Assert.IsType<MoveStatus.Waiting>(board.Order(Order("1"))).For, StringComparison.Ordinal);
                if (tries == 6) break;
            }
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(6, tries);
        Assert.Equal(failure, Assert.IsType<MoveStatus.Failed>(board.Order(Order("1"))).Failure);
        Assert.IsType<MoveStatus.Waiting>(board.Order(Order("1")));
    }

    [Fact]
    public async Task What_does_not_pass_is_reported_at_once()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);
        var failure = new MoveFailure(MoveFailureCode.Refused, "no", "mend", IsTransient: false);

        board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.GaveUp(failure)));

        Assert.Equal(new MoveStatus.Failed("alice", failure), board.Order(Order("1")));
    }

    [Fact]
    public async Task An_order_over_which_movers_are_lost_again_and_again_fails()
    {
        board.Order(Order("1"));
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await board.TakeAsync(Alice, Offer, Cancel));
            clock.Advance(MoveBoard.UsualLease);
        }

        Assert.Equal(MoveFailureCode.Lost, Assert.IsType<MoveStatus.Failed>(board.Order(Order("1"))).Failure.Code);
    }

    [Fact]
    public async Task An_order_that_nobody_asks_for_any_more_is_called_off_and_leaves_its_mover()
    {
        board.Order(Order("1"));
        board.Order(Order("2"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);
        var answers = new List<ReportAnswer>();
        for (var minutes = 0; minutes < 16; minutes++)
        {
            for (var half = 0; half < 4; half++)
            {
                clock.Advance(TimeSpan.FromSeconds(15));
                answers.Add(board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.Progressed(Progress))).Answer);
            }
        }

        Assert.Equal((ReportAnswer.GoOn, ReportAnswer.Stop), (answers[0], answers[^1]));
        Assert.Null(await board.TakeAsync(Bob, Offer, Cancel));
        board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.HandedBack()));
        Assert.IsType<MoveStatus.Waiting>(board.Order(Order("1")));
    }

    [Fact]
    public async Task An_order_that_is_asked_for_every_second_stands_for_as_long_as_it_takes()
    {
        board.Order(Order("1"));
        for (var minutes = 0; minutes < 60; minutes++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            board.Order(Order("1"));
        }

        Assert.NotNull(await board.TakeAsync(Alice, Offer, Cancel));
    }

    [Fact]
    public async Task What_a_run_ordered_is_called_off_as_a_whole_and_nothing_of_another_run()
    {
        board.Order(Order("run-1/a/read"));
        board.Order(Order("run-1/b/read"));
        board.Order(Order("run-10/a/read"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        Assert.False(board.CallOffRun("run-1"));
        board.Report(Alice, new MoveReport(lease!.Order.Id, lease.Epoch, new MoveNews.HandedBack()));

        Assert.True(board.CallOffRun("run-1"));
        Assert.Equal("run-10/a/read", (await board.TakeAsync(Bob, Offer, Cancel))!.Order.Id);
    }

    [Fact]
    public async Task What_has_ended_makes_room_for_new_orders()
    {
        for (var i = 0; i < 2_000; i++) board.Order(Order($"{i}"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);
        board.Report(Alice, new MoveReport(lease!.Order.Id, lease.Epoch, new MoveNews.Finished(Result)));

        Assert.IsType<MoveStatus.Waiting>(board.Order(Order("one more")));
    }

    [Fact]
    public async Task An_order_that_was_called_off_is_at_rest_when_its_mover_says_so()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        Assert.False(board.CallOff("1"));
        Assert.Equal(ReportAnswer.Stop, board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.Progressed(Progress))).Answer);
        Assert.False(board.CallOff("1"));
        board.Report(Alice, new MoveReport("1", lease.Epoch, new MoveNews.HandedBack()));

        Assert.True(board.CallOff("1"));
    }

    [Fact]
    public async Task An_order_that_was_called_off_is_at_rest_when_its_mover_is_silent_for_long_enough()
    {
        board.Order(Order("1"));
        await board.TakeAsync(Alice, Offer, Cancel);

        Assert.False(board.CallOff("1"));
        clock.Advance(MoveBoard.UsualLease);

        Assert.True(board.CallOff("1"));
        Assert.Null(await board.TakeAsync(Bob, Offer, Cancel));
    }

    [Fact]
    public async Task What_a_mover_hands_back_goes_to_another_at_once()
    {
        board.Order(Order("1"));
        var lease = await board.TakeAsync(Alice, Offer, Cancel);

        board.Report(Alice, new MoveReport("1", lease!.Epoch, new MoveNews.HandedBack()));

        Assert.True((await board.TakeAsync(Bob, Offer, Cancel))!.WasBegun);
    }

    [Fact]
    public void An_id_names_one_order_for_ever()
    {
        board.Order(Order("1"));

        Assert.Throws<ArgumentException>(() => board.Order(Order("1", repository: "other")));
        Assert.Throws<ArgumentException>(() => board.Order(Order("")));
        Assert.Throws<ArgumentException>(() => board.Order(Order(new string('x', 201))));
    }

    [Fact]
    public void The_board_takes_so_many_orders_and_says_when_it_is_full()
    {
        for (var i = 0; i < 2_000; i++) board.Order(Order($"{i}"));

        Assert.Throws<MoveBoardFullException>(() => board.Order(Order("one more")));
    }

    [Fact]
    public async Task Movers_are_known_while_they_ask()
    {
        await board.TakeAsync(Alice, Offer, Cancel);
        clock.Advance(TimeSpan.FromMinutes(1.5));
        await board.TakeAsync(Bob, Offer, Cancel);
        Assert.Equal([Alice, Bob], board.Movers.Select(seen => seen.Mover));

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([Bob], board.Movers.Select(seen => seen.Mover));
    }
}
