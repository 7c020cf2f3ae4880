using Kedge.Mediator.Health;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Protecting;
using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Store;
using Kedge.Mediator.Watch;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;
using Kedge.Testing;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Kedge.Mediator.Tests;

/// <summary>
/// The parts of one mediator over two sandbox clouds A and B, whose journal is in memory and whose schedules are kept, but fire nothing: a test
/// calls the part that it is about.
/// </summary>
sealed class MediatorHouse : IAsyncDisposable
{
    public const string Owner = "here/1/1/mediator";

    /// <summary>Of another mediator, which does not check in any more.</summary>
    public const string DeadOwner = "there/2/2/mediator";

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-mediator-");
    readonly MediatorMeter meter = new();
    readonly BackupStore store = new();
    StandaloneSchedulerFactory? quartz;
    IScheduler? scheduler;

    MediatorHouse(TimeProvider clock, Func<IJournal, IJournal> around)
    {
        Clock = clock;
        A = SandboxCloud.Create(new SandboxSettings { Name = "a", Seed = 1, Backups = store }, clock);
        B = SandboxCloud.Create(new SandboxSettings { Name = "b", Seed = 2, Backups = store }, clock);
        Journal = new MemoryJournal(clock);
        Records = RecordsIn(folder.FullName);
        Sites = new SiteConnections(Records.Sites, Records.Connect, new MoveBoard(clock), Journal, clock);
        Alive = new OwnersAlive(_ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string> { Owner }));
        var watched = around(Journal);
        Desk = new MediatorDesk(Records, watched, Sites, Alive, () => Timetable, Owner, clock);
        Hand = new RunHand(watched, Sites, Desk, Owner, clock, meter, Logs.CreateLogger("Kedge.Runs"));
        Round = new ProtectionRound(Records, watched, Sites, Hand, Alive, clock, meter, Logs.CreateLogger("Kedge.Protection"));
    }

    public TimeProvider Clock { get; }
    public SandboxCloud A { get; }
    public SandboxCloud B { get; }
    public MemoryJournal Journal { get; }
    public HeardLogs Logs { get; } = new();
    public MediatorRecords Records { get; }
    public SiteConnections Sites { get; }
    public OwnersAlive Alive { get; }
    public MediatorDesk Desk { get; }
    public RunHand Hand { get; }
    public ProtectionRound Round { get; }
    public Timetable Timetable => new(scheduler!);
    public string Folder => folder.FullName;
    public ThreeTierWorkload? Shop { get; private set; }

    /// <summary>What the repository answers in place of opening; null: it opens.</summary>
    public Exception? RepositoryFault { get; set; }

    /// <param name="around">What stands between the mediator and its journal; null: nothing.</param>
    public static async Task<MediatorHouse> OpenAsync(TimeProvider? clock = null, Func<IJournal, IJournal>? around = null)
    {
        var house = new MediatorHouse(clock ?? TimeProvider.System, around ?? (journal => journal));
        var file = Path.Combine(house.Folder, "schedules.db");
        ScheduleFile.Prepare(file, TimeProvider.System);
        house.quartz = QuartzStore.Build(null, file, Owner, new OwnJobs(house.Hand, house.Round, house.Logs.CreateLogger("Kedge.Jobs")), house.Logs);
        house.scheduler = await house.quartz.GetScheduler(CancellationToken.None);
        await house.Records.Sites.PutAsync("A", new SiteRecord("A", "A"), CancellationToken.None);
        await house.Records.Sites.PutAsync("B", new SiteRecord("B", "B"), CancellationToken.None);
        return house;
    }

    /// <summary>With the three-tier workload in A, known as <c>shop</c>.</summary>
    public async Task<Workload> AddShopAsync()
    {
        Shop = await ThreeTierWorkload.BuildAsync(A, CancellationToken.None);
        return await AddWorkloadAsync("shop");
    }

    public async Task<Workload> AddWorkloadAsync(string name)
    {
        var workload = new Workload { Name = name, From = "A", To = "B", Selection = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag), OwnRpo = TimeSpan.FromHours(1) };
        await Records.Workloads.PutAsync(name, workload, CancellationToken.None);
        return workload;
    }

    /// <summary>As when its job has come to an end.</summary>
    public async Task ForgetRunAsync(RunId run) => await scheduler!.DeleteJob(new JobKey(run.Value, Timetable.Runs), CancellationToken.None);

    public Patrol NewPatrol() => new(
        Records, MediatorSettings.Parse(new Dictionary<string, string>()), Journal, Timetable, Hand, Alive, new Heartbeat(Clock), Clock, Logs.CreateLogger("Kedge.Patrol"));

    public static CloudSettings SettingsOf(SandboxCloud cloud, string user) => new()
    {
        Name = $"{cloud.Settings.Name}-{user}",
        AuthUrl = cloud.AuthUrl,
        Credential = new Credential.Password(new UserReference(null, user, null, "Default"), cloud.Settings.Password),
        Scope = new CloudScope.Project(null, "demo", null, "Default"),
        Limits = new CallLimits { Seed = 1, Attempts = 1 },
    };

    public async ValueTask DisposeAsync()
    {
        if (quartz is not null)
            await quartz.DisposeAsync();
        meter.Dispose();
        Logs.Dispose();
        await A.DisposeAsync();
        await B.DisposeAsync();
        folder.Delete(recursive: true);
    }

    MediatorRecords RecordsIn(string path) => new()
    {
        Sites = SiteFile.Folder(Path.Combine(path, "sites")),
        Workloads = WorkloadFile.In(Path.Combine(path, "workloads"), PolicyFile.In(Path.Combine(path, "policies"))),
        Policies = PolicyFile.In(Path.Combine(path, "policies")),
        Mappings = MappingFile.In(Path.Combine(path, "mappings")),
        Connect = record => Connect(record.Cloud == "A" ? A : B, record),
        Reach = new SiteReach(record => Cloud.Connect(SettingsOf(record.Cloud == "A" ? A : B, "demo"), (record.Cloud == "A" ? A : B).CreateHandler(), Clock), record => (record.Cloud == "A" ? A : B).AuthUrl, new ByHost(this)),
        OpenRepositoryAsync = async cancel => RepositoryFault is { } fault ? throw fault : await PointRepository.CreateAsync(Path.Combine(path, "repository"), Clock, cancel),
        ReadRepositoryAsync = cancel => PointRepository.OpenAsync(Path.Combine(path, "repository"), Clock, cancel),
        FindRepositoryAsync = async cancel => RepositoryFault is { } fault ? throw fault
            : Directory.Exists(Path.Combine(path, "repository")) ? await PointRepository.OpenAsync(Path.Combine(path, "repository"), Clock, cancel) : null,
        DataPath = path,
    };

    Site Connect(SandboxCloud cloud, SiteRecord record) => new(
        record.Name, Cloud.Connect(SettingsOf(cloud, "demo"), cloud.CreateHandler(), Clock), Cloud.Connect(SettingsOf(cloud, "admin"), cloud.CreateHandler(), Clock))
    {
        Movers = record.Movers,
    };

    /// <summary>Questions without a token go to the cloud that their host names.</summary>
    sealed class ByHost(MediatorHouse house) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var wire = new HttpMessageInvoker((request.RequestUri!.Host == house.A.BaseUrl.Host ? house.A : house.B).CreateHandler(), disposeHandler: true);
            return await wire.SendAsync(request, cancellationToken);
        }
    }
}
