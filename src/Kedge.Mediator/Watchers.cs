using System.Diagnostics.Metrics;
using Kedge.Mediator.Alarms;
using Kedge.Mediator.Following;
using Kedge.Mediator.Health;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator;

/// <summary>What the loops of a mediator look after, and with what.</summary>
sealed record Watched
{
    public required MediatorSettings Settings { get; init; }
    public required MediatorRecords Records { get; init; }
    public required IJournal Journal { get; init; }
    public required SiteConnections Sites { get; init; }
    public required MediatorDesk Desk { get; init; }
    public required RunHand Hand { get; init; }
    public required OwnersAlive Alive { get; init; }
    public required Timetable Timetable { get; init; }
    public required Heartbeat Beat { get; init; }
    public required MediatorMeter Meter { get; init; }
    public required TimeProvider Clock { get; init; }
    public required ILoggerFactory Logs { get; init; }
}

/// <summary>All loops of a mediator, wired. Each is begun and awaited here, and none ends because of what it meets.</summary>
sealed class Watchers : IAsyncDisposable
{
    readonly Watched of;
    readonly Leader leader;
    readonly AlarmBook book;
    readonly ReadinessRound readiness;
    readonly List<BackgroundService> loops = [];

    /// <summary>To witnesses and webhooks.</summary>
    readonly SocketsHttpHandler outward = new()
    {
        AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    public Watchers(Watched of)
    {
        this.of = of;
        var (records, settings, own) = (of.Records, of.Settings, of.Hand.Owner);
        leader = new Leader(async cancel => await of.Timetable.ListLivingAsync(cancel), own);
        var witnesses = new WitnessCircle(settings.Witnesses, settings.WitnessToken, own, outward, of.Clock, Log("Health"));
        var evidence = new HealthEvidence(Path.Combine(records.DataPath, "health", settings.Name));
        Health = new HealthWatch(records, settings, witnesses, evidence, own, of.Clock, Log("Health"));
        book = new AlarmBook(Path.Combine(records.DataPath, "alarms.json"), [.. settings.Webhooks.Select(Webhooks.IdOf)], of.Clock, Log("Alarms"));
        readiness = new ReadinessRound(records, of.Journal, of.Desk, leader, of.Clock);
        AddPatrol();
        AddSites();
        AddAlarms();
        Observe();
    }

    /// <summary>For whoever asks this mediator as a witness.</summary>
    public HealthWatch Health { get; }

    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (var loop in loops)
            await loop.StartAsync(cancel);
    }

    public Task StopAsync(CancellationToken cancel) => Task.WhenAll(loops.Select(loop => loop.StopAsync(cancel)));

    public ValueTask DisposeAsync()
    {
        foreach (var loop in loops)
            loop.Dispose();
        outward.Dispose();
        return ValueTask.CompletedTask;
    }

    ILogger Log(string part) => of.Logs.CreateLogger($"Kedge.{part}");

    void AddPatrol()
    {
        var patrol = new Patrol(of.Records, of.Settings, of.Journal, of.Timetable, of.Hand, of.Alive, of.Beat, of.Clock, Log("Patrol"));
        loops.Add(new Loop("The patrol", Patrol.Every, patrol.WalkAsync, of.Beat.Tell, of.Clock, Log("Patrol")));
    }

    void AddSites()
    {
        var follower = new DefinitionFollower(of.Records, of.Journal, of.Sites, leader, of.Clock, Log("Definitions"));
        loops.Add(Rounds("Following definitions", Recovery.Definitions.DefinitionWatch.Interval, DefinitionFollower.LongestLook, follower.TurnAsync));
        loops.Add(Rounds("Looking at its health", Recovery.Health.HealthRules.Interval, HealthWatch.LongestLook, Health.TurnAsync));
        loops.Add(Rounds("Asking for readiness", ReadinessRound.Every, ReadinessRound.LongestTurn, readiness.TurnAsync));
        var losses = new SiteLossWatch(of.Records, of.Settings, Health, of.Journal, of.Desk, leader, of.Timetable, of.Hand.Owner, of.Clock, Log("Health"));
        loops.Add(new Loop("Judging silent sites", SiteLossWatch.Every, losses.TurnAsync, _ => { }, of.Clock, Log("Health")));
    }

    void AddAlarms()
    {
        var alarms = new AlarmWatch(of.Records, of.Journal, Health, readiness, book, leader, of.Clock);
        loops.Add(new Loop("Looking for alarms", AlarmWatch.Every, alarms.TurnAsync, _ => { }, of.Clock, Log("Alarms")));
        if (of.Settings is { Webhooks: { IsEmpty: false } listeners, WebhookKey: { } key })
        {
            var webhooks = new Webhooks(book, listeners, key, leader, of.Settings.Name, outward, of.Meter, of.Clock, Log("Alarms"));
            loops.Add(new Loop("Telling alarms", Webhooks.Every, webhooks.TurnAsync, _ => { }, of.Clock, Log("Alarms")));
        }
    }

    SiteRounds Rounds(string what, TimeSpan every, TimeSpan atMost, Func<string, CancellationToken, Task> turn) =>
        new(what, every, atMost, of.Records.Sites.Names, turn, of.Clock, Log("Sites"));

    void Observe()
    {
        var (meter, beat) = (of.Meter, of.Beat);
        meter.Observe("kedge.runs.open", null, "Runs that are neither finished nor abandoned, of all mediators.", () => [new(beat.OpenRuns)]);
        meter.Observe("kedge.runs.here", null, "Runs that this mediator executes at this moment.", () => [new(of.Hand.Count)]);
        meter.Observe("kedge.jobs.scheduled", null, "Workloads that have a next start.", () => [new(beat.Scheduled)]);
        meter.Observe("kedge.jobs.waiting", null, "Workloads whose start is due and waits for a place.", () => [new(beat.Waiting)]);
        meter.Observe("kedge.point.age", "s", "Age of the newest usable point's data.", () => beat.Points.Where(point => point.DataAt is not null)
            .Select(point => Of((of.Clock.GetUtcNow() - point.DataAt!.Value).TotalSeconds, "workload", point.Workload)));
        meter.Observe("kedge.lag", null, "Age of the newest usable point in RPOs.", () => beat.Points.Where(point => point.DataAt is not null)
            .Select(point => Of((of.Clock.GetUtcNow() - point.DataAt!.Value) / point.Rpo, "workload", point.Workload)));
        meter.Observe("kedge.rpo", "s", "The age that is promised.", () => beat.Points.Select(point => Of(point.Rpo.TotalSeconds, "workload", point.Workload)));
        meter.Observe("kedge.ready.blocks", null, "Reasons against a failover; 0: it is ready.", () => readiness.All.Select(known => Of(known.Blocks, "workload", known.Workload)));
        meter.Observe("kedge.site.state", null, "0 up, 1 degraded, 2 unknown, 3 silent.", () => Health.All.Select(site => Of((int)site.State, "site", site.Site)));
        meter.Observe("kedge.alarms", null, "Alarms that go on.", () => book.Open.GroupBy(alarm => (alarm.Code, alarm.Level))
            .Select(alarms => new Measurement<double>(alarms.Count(), new("code", alarms.Key.Code), new("level", alarms.Key.Level.ToString().ToLowerInvariant()))));
        meter.Observe("kedge.webhook.queue", null, "Alarms of which a webhook has not heard.", () => [new(book.Untold.Count)]);
    }

    static Measurement<double> Of(double value, string tag, string name) => new(value, new KeyValuePair<string, object?>(tag, name));
}
