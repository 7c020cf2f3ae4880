using Kedge.Mediator.Alarms;
using Kedge.Mediator.Following;
using Kedge.Mediator.Tests.Health;
using Kedge.Mediator.Watch;
using Kedge.Recovery.Points;
using Kedge.Testing;

namespace Kedge.Mediator.Tests.Alarms;

public sealed class AlarmWatchTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lag_is_a_warning_from_one_and_a_half_and_critical_from_two_times_the_rpo()
    {
        await using var scene = await Scene.OpenAsync();
        await scene.House.AddWorkloadAsync("shop");

        var levels = new List<string>();
        foreach (var minutes in (int[])[80, 15, 30])
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await scene.Watch.TurnAsync(Cancel);
            levels.Add(string.Join(' ', scene.Book.Open.Where(alarm => alarm.Code == AlarmKind.Lag.Code).Select(alarm => alarm.Level)));
        }

        Assert.Equal(["", "Warning", "Critical"], levels);
    }

    [Fact]
    public async Task A_workload_that_cannot_be_captured_says_so_at_the_next_look_and_ends_saying_so_when_it_can()
    {
        await using var scene = await Scene.OpenAsync();
        await scene.House.AddShopAsync();
        await scene.Follower.TurnAsync("A", Cancel);
        await scene.House.A.KillAsync();

        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.Follower.TurnAsync("A", Cancel);
        await scene.Watch.TurnAsync(Cancel);
        var raised = scene.Book.Open.Select(alarm => alarm.Code).ToList();
        await scene.House.A.ReviveAsync(Cancel);
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.Follower.TurnAsync("A", Cancel);
        await scene.Watch.TurnAsync(Cancel);

        Assert.Equal([AlarmKind.NotCaptured.Code], raised);
        Assert.Empty(scene.Book.Open);
    }

    [Fact]
    public async Task A_stopped_run_is_an_alarm_until_it_goes_on()
    {
        await using var scene = await Scene.OpenAsync();
        var run = await Written.BeginAsync(scene.House, Written.PlanThatStops(), MediatorHouse.DeadOwner);
        await Written.StopAsync(scene.House, run, times: 1);

        await scene.Watch.TurnAsync(Cancel);

        Assert.Equal((AlarmKind.RunStopped.Code, run.Value), (Assert.Single(scene.Book.Open).Code, scene.Book.Open[0].Subject));
    }

    [Fact]
    public async Task A_repository_that_is_away_ends_no_alarm()
    {
        await using var scene = await Scene.OpenAsync();
        await scene.House.AddWorkloadAsync("shop");
        scene.Clock.Advance(TimeSpan.FromHours(3));
        await scene.Watch.TurnAsync(Cancel);

        scene.House.RepositoryFault = new RepositoryException("The disk is away.");
        await scene.Watch.TurnAsync(Cancel);

        Assert.Single(scene.Book.Open);
    }

    sealed class Scene(FakeClock clock, MediatorHouse house, FakeWitness wire, DefinitionFollower follower, AlarmBook book, AlarmWatch watch) : IAsyncDisposable
    {
        public FakeClock Clock => clock;
        public MediatorHouse House => house;
        public DefinitionFollower Follower => follower;
        public AlarmBook Book => book;
        public AlarmWatch Watch => watch;

        public static async Task<Scene> OpenAsync()
        {
            // The age of a record is told by the file system, in real time.
            var clock = new FakeClock(DateTimeOffset.UtcNow);
            var house = await MediatorHouse.OpenAsync(clock);
            var wire = new FakeWitness();
            var leader = new Leader(_ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()), MediatorHouse.Owner);
            var follower = new DefinitionFollower(house.Records, house.Journal, house.Sites, leader, clock, house.Logs.CreateLogger("Kedge.Definitions"));
            var readiness = new ReadinessRound(house.Records, house.Journal, house.Desk, leader, clock);
            var book = new AlarmBook(Path.Combine(house.Folder, "alarms.json"), [], clock, house.Logs.CreateLogger("Kedge.Alarms"));
            return new Scene(clock, house, wire, follower, book, new AlarmWatch(house.Records, house.Journal, Witnesses.Watch(house, wire, Witnesses.Settings()), readiness, book, leader, clock));
        }

        public async ValueTask DisposeAsync()
        {
            wire.Dispose();
            await house.DisposeAsync();
        }
    }
}
