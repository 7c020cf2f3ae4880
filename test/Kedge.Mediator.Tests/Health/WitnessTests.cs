using System.Net;
using Kedge.Recovery.Health;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Health;

public sealed class WitnessTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static readonly DateTimeOffset Now = new FakeClock().Start;

    public static TheoryData<string, string, HttpStatusCode> Lies => new()
    {
        { "another site", FakeWitness.Sighting("west", "B", ServiceAnswer.Silent, Now), HttpStatusCode.OK },
        { "this mediator itself", FakeWitness.Sighting(MediatorHouse.Owner, "A", ServiceAnswer.Silent, Now), HttpStatusCode.OK },
        { "no services", """{"site":"A","observer":"west","at":"2026-01-02T03:04:05Z","services":[]}""", HttpStatusCode.OK },
        { "null services", """{"site":"A","observer":"west","at":"2026-01-02T03:04:05Z","services":null}""", HttpStatusCode.OK },
        { "one service twice", """{"site":"A","observer":"west","at":"2026-01-02T03:04:05Z","services":[{"service":"identity","answer":"Silent","took":"00:00:00"},{"service":"identity","answer":"Silent","took":"00:00:00"}]}""", HttpStatusCode.OK },
        { "an answer that is none", """{"site":"A","observer":"west","at":"2026-01-02T03:04:05Z","services":[{"service":"identity","answer":77,"took":"00:00:00"},{"service":"compute","answer":77,"took":"00:00:00"}]}""", HttpStatusCode.OK },
        { "no JSON", "<html>", HttpStatusCode.OK },
        { "too much", new string(' ', 1 << 20) + "{}", HttpStatusCode.OK },
        { "a refusal", "", HttpStatusCode.Unauthorized },
        { "nothing seen yet", "", HttpStatusCode.NotFound },
        { "a failure", "", HttpStatusCode.InternalServerError },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_witness_that_lies_or_fails_is_not_heard_and_the_log_says_why_once(string what, string answer, HttpStatusCode status)
    {
        await using var house = await MediatorHouse.OpenAsync(new FakeClock());
        using var wire = new FakeWitness();
        wire.Says("west", answer, status);
        var west = Witnesses.Circle(house, wire, Witnesses.Settings()).All[0];

        var heard = await west.AskAsync("A", Cancel);
        await west.AskAsync("A", Cancel);

        Assert.True(heard is null, what);
        Assert.Single(house.Logs.Of(3602));
    }

    [Fact]
    public async Task One_mediator_under_two_names_is_one_witness()
    {
        await using var house = await MediatorHouse.OpenAsync(new FakeClock());
        using var wire = new FakeWitness();
        wire.Sees("west", "the same/1/1/mediator", "A", ServiceAnswer.Silent, house.Clock.GetUtcNow());
        wire.Sees("east", "the same/1/1/mediator", "A", ServiceAnswer.Silent, house.Clock.GetUtcNow());
        var circle = Witnesses.Circle(house, wire, Witnesses.Settings()).All;

        Assert.NotNull(await circle[0].AskAsync("A", Cancel));
        Assert.Null(await circle[1].AskAsync("A", Cancel));
    }

    [Theory]
    [InlineData(ServiceAnswer.Silent, ServiceAnswer.Silent, SiteState.Silent)]
    [InlineData(ServiceAnswer.Silent, null, SiteState.Silent)]
    [InlineData(null, null, SiteState.Unknown)]
    [InlineData(ServiceAnswer.Silent, ServiceAnswer.Answers, SiteState.Degraded)]
    public async Task A_site_is_silent_only_when_most_of_all_observers_saw_nothing_of_it(ServiceAnswer? west, ServiceAnswer? east, SiteState expected)
    {
        var clock = new FakeClock();
        await using var house = await MediatorHouse.OpenAsync(clock);
        using var wire = new FakeWitness();
        var health = Witnesses.Watch(house, wire, Witnesses.Settings());
        await health.TurnAsync("A", Cancel);
        Assert.Equal(SiteState.Up, health.Find("A")!.State);
        await house.A.KillAsync();

        for (var round = 0; round < 4; round++)
        {
            clock.Advance(HealthRules.Interval);
            Hear(wire, "west", west, clock);
            Hear(wire, "east", east, clock);
            await health.TurnAsync("A", Cancel);
        }

        Assert.Equal(expected, health.Find("A")!.State);
    }

    [Fact]
    public async Task What_was_believed_of_a_site_outlives_a_restart()
    {
        var clock = new FakeClock();
        await using var house = await MediatorHouse.OpenAsync(clock);
        using var wire = new FakeWitness();
        await Witnesses.Watch(house, wire, Witnesses.Settings()).TurnAsync("A", Cancel);
        clock.Advance(HealthRules.Interval);

        var restarted = Witnesses.Watch(house, wire, Witnesses.Settings());
        await restarted.TurnAsync("A", Cancel);

        Assert.Equal((SiteState.Up, 2), (restarted.Find("A")!.State, restarted.Find("A")!.Rounds.Length));
        Assert.Equal(clock.Start, restarted.Find("A")!.Since);
    }

    [Fact]
    public async Task Of_two_sites_the_loss_of_one_does_not_make_the_other_unknown()
    {
        var clock = new FakeClock();
        await using var house = await MediatorHouse.OpenAsync(clock);
        using var wire = new FakeWitness();
        var health = Witnesses.Watch(house, wire, Witnesses.Settings());
        await house.A.KillAsync();

        for (var round = 0; round < 4; round++)
        {
            await health.TurnAsync("B", Cancel);
            clock.Advance(HealthRules.Interval);
        }

        Assert.Equal(SiteState.Up, health.Find("B")!.State);
    }

    [Fact]
    public async Task A_mediator_that_is_cut_off_bears_no_witness()
    {
        await using var house = await MediatorHouse.OpenAsync(new FakeClock());
        using var wire = new FakeWitness();
        var health = Witnesses.Watch(house, wire, Witnesses.Settings());
        await house.A.KillAsync();
        await house.B.KillAsync();

        await health.TurnAsync("A", Cancel);

        Assert.Equal(SelfCheck.Failed, health.Find("A")!.Rounds[^1].Self);
        Assert.Null(health.FindOwnSighting("A"));
    }

    static void Hear(FakeWitness wire, string host, ServiceAnswer? answer, FakeClock clock)
    {
        if (answer is { } said)
            wire.Sees(host, $"{host}/1/1/mediator", "A", said, clock.GetUtcNow());
    }
}
