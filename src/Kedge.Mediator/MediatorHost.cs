using Kedge.Mediator.Api;
using Kedge.Mediator.Desk;
using Kedge.Mediator.Health;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Moving;
using Kedge.Mediator.Protecting;
using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Store;
using Kedge.Mediator.Telemetry;
using Kedge.Mediator.Watch;
using Kedge.Mediator.Web;
using Kedge.Plans;
using Kedge.Recovery.Moving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Kedge.Mediator;

/// <summary>The service: everything that a mediator is made of, wired by hand, in reading order.</summary>
public sealed partial class MediatorHost : IAsyncDisposable
{
    /// <summary>Shorter than what the command line gives a process to stop.</summary>
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(8);

    readonly List<IAsyncDisposable> parts = [];
    readonly List<IDisposable> last = [];
    readonly Heartbeat beat;
    readonly Watchers watchers;
    readonly IScheduler scheduler;
    readonly WebApplication web;
    readonly TimeProvider clock;
    readonly ILogger log;

    MediatorHost(Heartbeat beat, Watchers watchers, IScheduler scheduler, WebApplication web, TimeProvider clock, ILogger log)
    {
        (this.beat, this.watchers, this.scheduler, this.web, this.clock, this.log) = (beat, watchers, scheduler, web, clock, log);
    }

    /// <summary>Where it is reached.</summary>
    public string Address => web.Urls.First();

    /// <summary>False: it is stuck, and only a restart helps.</summary>
    public bool IsAlive => beat.IsAlive;

    /// <summary>Starts it: from here on runs are executed and points are taken.</summary>
    /// <param name="name">Of this mediator, new with each start: <see cref="RunOwner.CurrentMediator"/>.</param>
    /// <exception cref="JournalException">The database or a file cannot be opened.</exception>
    public static async Task<MediatorHost> StartAsync(
        MediatorSettings settings, MediatorRecords records, string name, TimeProvider clock, ILoggerFactory logs, CancellationToken cancel)
    {
        var postgres = settings.Database is { } connection ? await PostgresDatabase.OpenAsync(connection, clock, cancel) : null;
        IJournal journal = postgres is not null
            ? new PostgresJournal(postgres, clock)
            : await SqliteJournal.OpenAsync(Path.Combine(records.DataPath, "kedge.db"), clock, cancel);
        var schedulesFile = Path.Combine(records.DataPath, "schedules.db");
        var alone = postgres is null ? AloneHere.Take(records.DataPath) : null;
        if (postgres is null)
            ScheduleFile.Prepare(schedulesFile, clock);

        var traces = TraceExport.Begin(settings);
        var meter = new MediatorMeter();
        var metrics = new PrometheusPage();
        var beat = new Heartbeat(clock);
        var movers = new MoveBoard(clock);
        var door = await MoverDoor.OpenAsync(movers, records.DataPath, settings.Movers, clock, cancel);
        var sites = new SiteConnections(records.Sites, records.Connect, movers, journal, clock);
        IScheduler? scheduler = null;
        Timetable Timetable() => new(scheduler!);
        var alive = new OwnersAlive(async asked => await Timetable().ListLivingAsync(asked));
        var desk = new MediatorDesk(records, journal, sites, alive, Timetable, name, clock);
        var hand = new RunHand(journal, sites, desk, name, clock, meter, logs.CreateLogger("Kedge.Runs"));
        var round = new ProtectionRound(records, journal, sites, hand, alive, clock, meter, logs.CreateLogger("Kedge.Protection"));
        var quartz = QuartzStore.Build(postgres, schedulesFile, name, new OwnJobs(hand, round, logs.CreateLogger("Kedge.Jobs")), logs);
        scheduler = await quartz.GetScheduler(cancel);
        var watchers = new Watchers(new Watched
        {
            Settings = settings, Records = records, Journal = journal, Sites = sites, Desk = desk, Hand = hand, Alive = alive, Timetable = Timetable(),
            Beat = beat, Meter = meter, Clock = clock, Logs = logs,
        });
        var web = BuildWeb(settings, logs);
        HealthEndpoints.Map(web, beat, metrics);
        WitnessDoor.Map(web, watchers.Health, settings.WitnessToken);
        var api = MapApi(web, settings.Api, records, postgres, journal, desk, alive, Timetable, logs);

        var mediator = new MediatorHost(beat, watchers, scheduler, web, clock, logs.CreateLogger("Kedge.Mediator"));
        mediator.parts.AddRange(new IAsyncDisposable?[] { api, door, quartz, journal, postgres, alone }.OfType<IAsyncDisposable>());
        mediator.last.AddRange(new IDisposable?[] { metrics, meter, traces }.OfType<IDisposable>());
        await web.StartAsync(cancel);
        await scheduler.Start(cancel);
        await watchers.StartAsync(cancel);
        if (door.ClosedBecause is { } why)
            mediator.LogDoorClosed(why);
        mediator.LogStarted(name, mediator.Address, postgres?.Place ?? records.DataPath);
        return mediator;
    }

    /// <summary>
    /// Stops it in good order: nothing new is begun, what is under way stops at its next call and is handed to another mediator, or to this one
    /// when it starts again. What is not done within eight seconds is left as a crash would leave it, which harms nothing.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        beat.IsStopping = true;
        LogStopping();
        using var limit = new CancellationTokenSource(StopWithin, clock);
        try
        {
            await watchers.StopAsync(limit.Token);
            await scheduler.Shutdown(waitForJobsToComplete: true, limit.Token);
            await web.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            LogLate(StopWithin);
        }
        await watchers.DisposeAsync();
        await web.DisposeAsync();
        foreach (var part in parts)
            await part.DisposeAsync();
        foreach (var part in last)
            part.Dispose();
    }

    static KedgeApi MapApi(
        WebApplication web, ApiSettings settings, MediatorRecords records, PostgresDatabase? postgres, IJournal journal, MediatorDesk desk, OwnersAlive alive,
        Func<Timetable> timetable, ILoggerFactory logs)
    {
        var parts = new DeskParts
        {
            Records = records,
            RecoveryAsync = desk.OpenAsync,
            IsAliveAsync = async (owner, cancel) => await alive.IsAliveAsync(owner, cancel),
            Owner = desk.Owner,
            Clock = desk.Clock,
        };
        var database = postgres is not null ? ApiDatabase.In(postgres) : ApiDatabase.InDirectory(records.DataPath, desk.Clock);
        return KedgeApi.Map(
            web, settings, database, parts, journal, async (run, cancel) => await timetable().ScheduleRunAsync(run, cancel), logs.CreateLogger("Kedge.Api"));
    }

    static WebApplication BuildWeb(MediatorSettings settings, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, Bystander>();
        KedgeApi.AddTo(builder.Services);
        var certificate = settings.Api is { Certificate: { } chain, CertificateKey: { } key } ? new ServerCertificate(chain, key) : null;
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(settings.Listen.ToString()).ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxConcurrentConnections = 1000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.AddServerHeader = false;
            if (certificate is not null)
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => certificate.Current());
        });
        return builder.Build();
    }

    /// <summary>Signals are the command line's matter.</summary>
    sealed class Bystander : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(3001, LogLevel.Information, "Mediator {Name} is reached at {Address} and keeps its runs in {Place}")]
    partial void LogStarted(string name, string address, string place);

    [LoggerMessage(3004, LogLevel.Warning, "Movers cannot reach this mediator, volumes are not moved by blocks: {Why}")]
    partial void LogDoorClosed(string why);

    [LoggerMessage(3002, LogLevel.Information, "Stopping: nothing new is begun, what is under way is handed over")]
    partial void LogStopping();

    [LoggerMessage(3003, LogLevel.Warning, "Not everything stopped within {Limit}: the rest is taken over as after a crash")]
    partial void LogLate(TimeSpan limit);
}
