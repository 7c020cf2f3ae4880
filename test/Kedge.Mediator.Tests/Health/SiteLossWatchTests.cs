using Kedge.Mediator.Health;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Kedge.Recovery.Health;
using Kedge.Recovery.SiteLoss;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Health;

public sealed class SiteLossWatchTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_site_that_settings_allow_to_lose_is_declared_lost_once_when_all_have_seen_nothing_for_long_enough()
    {
        await using var scene = await Scene.OpenAsync(automatic: true);
        await scene.House.A.KillAsync();

        await scene.LiveAsync(rounds: 10, ServiceAnswer.Silent);

        var loss = Assert.Single(await scene.LossesAsync());
        Assert.Equal("A", loss.Subject);
        Assert.True(await scene.House.Timetable.HasRunAsync(loss.Run, Cancel));
    }

    [Fact]
    public async Task Without_a_setting_nothing_is_ever_begun()
    {
        await using var scene = await Scene.OpenAsync(automatic: false);
        await scene.House.A.KillAsync();

        await scene.LiveAsync(rounds: 10, ServiceAnswer.Silent);

        Assert.Equal(SiteState.Silent, scene.Health.Find("A")!.State);
        Assert.Empty(await scene.LossesAsync());
    }

    [Fact]
    public async Task A_sign_of_life_at_one_witness_is_enough_to_wait()
    {
        await using var scene = await Scene.OpenAsync(automatic: true);
        await scene.House.A.KillAsync();

        await scene.LiveAsync(rounds: 10, ServiceAnswer.Answers);

        Assert.Empty(await scene.LossesAsync());
    }

    [Fact]
    public async Task Two_sites_that_are_silent_at_once_are_nothing_to_decide_without_a_person()
    {
        await using var scene = await Scene.OpenAsync(automatic: true);
        await scene.House.A.KillAsync();
        await scene.House.B.KillAsync();

        await scene.LiveAsync(rounds: 10, ServiceAnswer.Silent);

        Assert.Empty(await scene.LossesAsync());
    }

    [Fact]
    public async Task One_that_is_not_the_leader_decides_nothing()
    {
        await using var scene = await Scene.OpenAsync(automatic: true, leader: "another/0/0/mediator");
        await scene.House.A.KillAsync();

        await scene.LiveAsync(rounds: 10, ServiceAnswer.Silent);

        Assert.Empty(await scene.LossesAsync());
    }

    sealed class Scene(FakeClock clock, MediatorHouse house, FakeWitness wire, HealthWatch health, SiteLossWatch losses) : IAsyncDisposable
    {
        public MediatorHouse House => house;
        public HealthWatch Health => health;

        public static async Task<Scene> OpenAsync(bool automatic, string leader = MediatorHouse.Owner)
        {
            var clock = new FakeClock();
            var house = await MediatorHouse.OpenAsync(clock);
            await house.AddWorkloadAsync("shop");
            var wire = new FakeWitness();
            var settings = Witnesses.Settings(automatic ? "A" : null);
            var health = Witnesses.Watch(house, wire, settings);
            var chosen = new Leader(_ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string> { leader }), MediatorHouse.Owner);
            var losses = new SiteLossWatch(house.Records, settings, health, house.Journal, house.Desk, chosen, house.Timetable, MediatorHouse.Owner, clock, house.Logs.CreateLogger("Kedge.Health"));
            await health.TurnAsync("A", Cancel);
            await health.TurnAsync("B", Cancel);
            return new Scene(clock, house, wire, health, losses);
        }

        /// <param name="west">What one of the two witnesses sees of A; the other sees nothing of it.</param>
        public async Task LiveAsync(int rounds, ServiceAnswer west)
        {
            for (var round = 0; round < rounds; round++)
            {
                clock.Advance(HealthRules.Interval);
                wire.Sees("west", "west/1/1/mediator", "A", west, clock.GetUtcNow());
                wire.Sees("east", "east/1/1/mediator", "A", ServiceAnswer.Silent, clock.GetUtcNow());
                await health.TurnAsync("A", Cancel);
                await health.TurnAsync("B", Cancel);
                await losses.TurnAsync(Cancel);
            }
        }

        public async Task<List<RunSummary>> LossesAsync() => await house.Journal.ListAsync(RunFilter.All with { Kind = SiteLossRunbook.Kind }, Cancel).ToListAsync(Cancel);

        public async ValueTask DisposeAsync()
        {
            wire.Dispose();
            await house.DisposeAsync();
        }
    }
}
