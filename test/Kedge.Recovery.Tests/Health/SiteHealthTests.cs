using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.Recovery.Health;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Health;

public sealed class SiteHealthTests
{
    static readonly HealthRules Rules = new();
    static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_site_that_answers_is_up_one_with_a_dead_service_is_degraded_and_one_that_is_gone_is_silent()
    {
        await using var house = House.WithTwoClouds();
        var up = await RoundsAsync(house, SiteHealth.Begin("A", Noon), 1, _ => FaultAction.None);

        var degraded = await RoundsAsync(house, up, 3, call => call.Service == "compute" ? new FaultAction.LoseRequest() : FaultAction.None);
        var silent = await RoundsAsync(house, degraded, 3, _ => new FaultAction.LoseRequest());
        var back = await RoundsAsync(house, silent, 5, _ => FaultAction.None);

        Assert.Equal([SiteState.Up, SiteState.Degraded, SiteState.Silent, SiteState.Up], new[] { up, degraded, silent, back }.Select(health => health.State));
        Assert.Equal(5, silent.Rounds[^1].Own.Services.Length);
    }

    [Fact]
    public async Task A_dead_Keystone_is_not_a_dead_site_because_the_others_are_asked_without_a_token()
    {
        await using var house = House.WithTwoClouds();
        var up = await RoundsAsync(house, SiteHealth.Begin("A", Noon), 1, _ => FaultAction.None);

        var health = await RoundsAsync(house, up, 3, call => call.Service == "identity" ? new FaultAction.LoseRequest() : FaultAction.None);

        Assert.Equal(SiteState.Degraded, health.State);
        Assert.All(health.Rounds[^1].Own.Services.Skip(1), service => Assert.Equal(ServiceAnswer.Refuses, service.Answer));
    }

    [Fact]
    public async Task A_mediator_that_is_cut_off_does_not_believe_its_eyes()
    {
        await using var house = House.WithTwoClouds();
        var up = await RoundsAsync(house, SiteHealth.Begin("A", Noon), 1, _ => FaultAction.None);
        house.B.Faults.OnCall = _ => new FaultAction.LoseRequest();

        var health = await RoundsAsync(house, up, 3, _ => new FaultAction.LoseRequest());

        Assert.Equal((SiteState.Unknown, SelfCheck.Failed), (health.State, health.Rounds[^1].Self));
    }

    [Fact]
    public void A_single_round_never_changes_what_is_believed()
    {
        var chance = new Random(20260101);
        for (var i = 0; i < 500; i++)
        {
            var health = Rounds(SiteHealth.Begin("A", Noon), 8, SiteView.Well);
            var outlier = health.After(Round(health, (SiteView)chance.Next(4), chance), Rules);

            var after = outlier.After(Round(outlier, SiteView.Well, null), Rules);

            Assert.Equal((SiteState.Up, SiteState.Up), (outlier.State, after.State));
            Assert.Equal(health.Since, after.Since);
        }
    }

    [Fact]
    public void A_site_that_flaps_is_not_called_up()
    {
        var health = Rounds(Rounds(SiteHealth.Begin("A", Noon), 1, SiteView.Well), 3, SiteView.Partly);

        for (var i = 0; i < 50; i++)
            health = Rounds(Rounds(health, 4, SiteView.Well), 1, SiteView.Partly);

        Assert.Equal(SiteState.Degraded, health.State);
        Assert.Equal(SiteHealth.MostRounds, health.Rounds.Length);
    }

    [Fact]
    public void Nothing_begins_without_a_person_but_where_every_limit_is_kept()
    {
        var chance = new Random(20260102);
        var begun = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var question = Question(chance);
            if (!SiteLossAutomation.Decide(question).Begins)
                continue;
            begun++;
            var last = question.Site.Rounds[^1];
            var nothing = last.Counting(Rules).Where(seen => seen.View is SiteView.Nothing).Select(seen => seen.Observer).Distinct().Count();
            Assert.True(question.Policy.IsOn);
            Assert.Equal((SiteState.Silent, SelfCheck.Passed), (question.Site.State, last.Self));
            Assert.True(question.Now - question.Site.WatchedSince >= question.Policy.SilentFor);
            Assert.DoesNotContain(question.Others, other => other.State is SiteState.Silent or SiteState.Unknown);
            Assert.True(last.Observers >= 3 && nothing * 2 > last.Observers);
            Assert.All(last.Counting(Rules), seen => Assert.Equal(SiteView.Nothing, seen.View));
            Assert.True(!question.IsSiteLossOpen && (question.LastSiteLoss is null || question.Now - question.LastSiteLoss >= question.Policy.Rest));
        }

        Assert.InRange(begun, 1, 39_999);
    }

    [Fact]
    public void The_page_says_what_fails_open_and_what_fails_closed_as_the_code_decides_it()
    {
        const string Head = """
            # What fails open, and what fails closed

            Written by `SiteHealthTests` (`KEDGE_REWRITE_GOLDEN=1` writes it anew): each row is put to the functions that decide, and this is what
            they answer. Where a row does not say otherwise: two witnesses are named, the mediator reaches its anchors, another site is up, and a
            policy allows automation after ten minutes of silence. *Fails open* would be a failover that nobody wanted: it begins only where a row says yes.


            """;

        Golden.Demand("../../../docs/operate/fail-open-fail-closed.md", Head + FailTable.Markdown());
    }

    static Task<SiteHealth> RoundsAsync(House house, SiteHealth health, int rounds, Func<SandboxCall, FaultAction> faults) => house.LiveAsync(async () =>
    {
        house.A.Faults.OnCall = faults;
        using var transport = new EitherCloud(house);
        var settings = house.SettingsOf(house.A, "demo");
        var watch = new SiteWatch(
            () => Cloud.Connect(settings with { Limits = settings.Limits with { Attempts = 1 } }, house.A.CreateHandler(), house.Clock), transport, [house.B.AuthUrl], [], house.Clock);
        for (var i = 0; i < rounds; i++)
        {
            health = await watch.LookAsync(health, "mediator", Rules, CancellationToken.None);
            await Task.Delay(HealthRules.Interval, house.Clock);
        }
        return health;
    });

    static SiteHealth Rounds(SiteHealth health, int count, SiteView view)
    {
        for (var i = 0; i < count; i++)
            health = health.After(Round(health, view, null), Rules);
        return health;
    }

    static HealthRound Round(SiteHealth health, SiteView own, Random? chance)
    {
        var at = (health.Rounds.LastOrDefault()?.At ?? Noon) + HealthRules.Interval;
        var named = chance?.Next(5) ?? 0;
        return new HealthRound
        {
            At = at,
            Self = chance is null ? SelfCheck.Passed : (SelfCheck)chance.Next(3),
            Own = FailTable.Sighting("mediator", own, at),
            Witnesses = [.. Enumerable.Range(0, named).Where(_ => chance!.Next(5) > 0).Select(i => FailTable.Sighting($"w{i}", chance!.Next(6) > 0 ? own : (SiteView)chance.Next(4), at - TimeSpan.FromSeconds(chance.Next(150))))],
            WitnessesNamed = named,
        };
    }

    static AutomationQuestion Question(Random chance)
    {
        var health = SiteHealth.Begin("A", Noon) with { State = chance.Next(4) > 0 ? SiteState.Silent : (SiteState)chance.Next(4) };
        var round = Round(health, chance.Next(4) > 0 ? SiteView.Nothing : (SiteView)chance.Next(4), chance);
        var others = Enumerable.Range(0, 1 + chance.Next(2)).Select(i => SiteHealth.Begin($"B{i}", Noon) with { State = chance.Next(3) > 0 ? SiteState.Up : (SiteState)chance.Next(4) });
        return new AutomationQuestion(
            round.At + TimeSpan.FromSeconds(chance.Next(150)), health with { Rounds = [round], WatchedSince = round.At - TimeSpan.FromMinutes(chance.Next(30)) }, [.. others],
            new AutomationPolicy { IsOn = chance.Next(5) > 0 }, Rules, chance.Next(2) > 0 ? null : round.At - TimeSpan.FromHours(chance.Next(48)), chance.Next(8) == 0);
    }

    sealed class EitherCloud(House house) : HttpMessageHandler
    {
        readonly HttpMessageInvoker a = new(house.A.CreateHandler()), b = new(house.B.CreateHandler());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            (request.RequestUri!.Host == house.A.BaseUrl.Host ? a : b).SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            a.Dispose();
            b.Dispose();
            base.Dispose(disposing);
        }
    }
}
