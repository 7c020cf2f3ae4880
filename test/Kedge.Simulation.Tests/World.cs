using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Faults;
using Kedge.Sandbox.Workloads;
using Kedge.Testing;

namespace Kedge.Simulation.Tests;

/// <summary>Two clouds, three mediators over one journal, one repository, one clock, and the weather.</summary>
sealed class World : IAsyncDisposable
{
    static readonly string[] Mediators = ["m1", "m2", "m3"];

    readonly Random random;
    readonly string folder = Directory.CreateTempSubdirectory("kedge-simulation-").FullName;
    readonly List<Cloud> connections = [];
    readonly List<RunId> runs = [];
    int files;

    public World(int seed, Sabotage sabotage)
    {
        random = new Random(seed);
        Sabotage = sabotage;
        Weather = new Weather(random);
        History = new History(Clock, Clock.Start);
        var (store, pace) = (new BackupStore(), random.Next(3));
        A = SandboxCloud.Create(SettingsOf("a", store, seed, pace), Clock);
        B = SandboxCloud.Create(SettingsOf("b", store, seed, pace), Clock);
        Disk = new MemoryJournal(Clock);
        Points = PointRepository.CreateAsync(folder, Clock, CancellationToken.None).GetAwaiter().GetResult();
        Lives = [.. Mediators.Select(name => NewLife(name, 1))];
    }

    public FakeClock Clock { get; } = new();

    public Sabotage Sabotage { get; }

    public Weather Weather { get; }

    public History History { get; }

    public SandboxCloud A { get; }

    public SandboxCloud B { get; }

    /// <summary>What survives every mediator.</summary>
    public MemoryJournal Disk { get; }

    /// <summary>The present life of each mediator.</summary>
    public List<Life> Lives { get; }

    public Dictionary<string, DateTimeOffset> Heartbeats { get; } = [];

    /// <summary>Stopped runs that a person has asked to be resumed.</summary>
    public HashSet<RunId> Resumed { get; } = [];

    public ThreeTierWorkload Shop { get; private set; } = null!;

    public string Repository => folder;

    /// <summary>Opened once: it remembers nothing.</summary>
    public PointRepository Points { get; }

    /// <summary>Null until it is proposed.</summary>
    public SiteMapping? Mapping { get; set; }

    public Workload Workload { get; } = new()
    {
        Name = "shop", From = "A", To = "B", Selection = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag),
        Retention = new RetentionPolicy { KeepLast = 2, FullEvery = 2 },
    };

    /// <summary>Real I/O passes outside of simulated time, which waits for it while there is any.</summary>
    public TimeSpan Quiet() => files > 0 ? TimeSpan.FromMilliseconds(200) : TimeSpan.Zero;

    public async Task<T> WithFilesAsync<T>(Func<Task<T>> work)
    {
        files++;
        try
        {
            return await work();
        }
        finally
        {
            files--;
        }
    }

    public async Task BuildAsync()
    {
        Shop = await ThreeTierWorkload.BuildAsync(A, CancellationToken.None);
        A.Faults.OnCall = Weather.OnCall;
        B.Faults.OnCall = Weather.OnCall;
        A.Faults.OnBackupReady = _ => Weather.Breaks("backup") ? "the store is full" : null;
        B.Faults.OnBoot = _ => Weather.Breaks("server") ? SandboxFaults.NoValidHost : null;
        B.Faults.OnVolumeReady = _ => Weather.Breaks("volume");
    }

    /// <summary>Ids by chance would make two histories of one seed differ.</summary>
    public RunId NewRun()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var run = RunId.Parse(Convert.ToHexStringLower(bytes));
        runs.Add(run);
        return run;
    }

    /// <summary>Runs that runs have begun are numbered when they are heard of.</summary>
    public string NameOf(RunId run)
    {
        if (!runs.Contains(run))
            runs.Add(run);
        return $"run{runs.IndexOf(run) + 1}";
    }

    public IReadOnlyList<RunId> Runs => runs;

    /// <summary>It is sure that nothing of the workload runs at A any more.</summary>
    public bool IsFenced { get; set; }

    /// <summary>The first thing that was seen and must never be; null: nothing.</summary>
    public string? Seen { get; private set; }

    /// <summary>After every event: never two live copies.</summary>
    public void LookAround()
    {
        if (Seen is null && !IsFenced && B.World.List(ResourceKind.Server) is { Count: > 0 } copies)
            Seen = $"{copies.Count} servers are at B, and nobody has made sure that those at A are dead.";
        if (Seen is null && Shop is not null && B.World.List(ResourceKind.Server).Count(server => server["status"]!.GetValue<string>() is "ACTIVE") is var live && live > Shop.ServerIds.Count)
            Seen = $"{live} servers live at B; the workload has {Shop.ServerIds.Count}.";
    }

    public Life? AnyLife()
    {
        var awake = Lives.Where(life => life is { IsOn: true, IsPaused: false }).ToList();
        return awake is [] ? null : awake[random.Next(awake.Count)];
    }

    public void LosePower(Life life, string when)
    {
        if (!life.IsOn)
            return;
        History.Say(life.Owner, $"loses power {when}");
        life.LosePower();
    }

    /// <summary>Power is back at a mediator that had lost it.</summary>
    public Life Restart(Life dead)
    {
        var number = int.Parse(dead.Owner.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
        var life = NewLife(dead.Mediator, number);
        Lives[Lives.IndexOf(dead)] = life;
        History.Say(life.Owner, "is up");
        return life;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
        foreach (var life in Lives)
            life.Dispose();
        await A.DisposeAsync();
        await B.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    Life NewLife(string name, int number)
    {
        var life = new Life(name, number, Clock) { Sites = new(new Dictionary<string, Site>()) };
        var sites = new Dictionary<string, Site>
        {
            ["A"] = new Site("A", Connect(life, A, "demo"), Connect(life, A, "admin")),
            ["B"] = new Site("B", Connect(life, B, "demo"), Connect(life, B, "admin")),
        };
        life.Sites = new(sites, DeskOf(life, sites));
        return life;
    }

    /// <summary>For the loss of a site: what it begins, any mediator carries.</summary>
    RecoveryDesk DeskOf(Life life, Dictionary<string, Site> sites)
    {
        var journal = new SharedJournal(this, life);
        return new RecoveryDesk
        {
            Journal = journal,
            Repository = Points,
            Workloads = _ => Task.FromResult(new RecordList<Workload>([Workload], [])),
            FindWorkload = (_, _) => Task.FromResult<Workload?>(Workload),
            FindMapping = (_, _) => Task.FromResult(Mapping),
            GetSite = (name, _) => Task.FromResult(sites[name]),
            SeeTo = async (run, cancel) => await journal.FindAsync(run, cancel) is { IsEnded: false, Phase: not RunPhase.Stopped },
            Clock = life.Clock,
            Owner = life.Owner,
        };
    }

    Cloud Connect(Life life, SandboxCloud cloud, string user)
    {
        var settings = new CloudSettings
        {
            Name = $"{cloud.Settings.Name}-{user}",
            AuthUrl = cloud.AuthUrl,
            Credential = new Credential.Password(new UserReference(null, user, null, "Default"), cloud.Settings.Password),
            Scope = new CloudScope.Project(null, "demo", null, "Default"),
            // The client's own waits, for another attempt or a free slot, would leave the one thread of simulated time; the run's waits stay.
            Limits = new CallLimits { Seed = 1, Attempts = 1, CallsAtOnce = 1000 },
        };
        var connection = Cloud.Connect(settings, new Wire(this, life, cloud), life.Clock);
        connections.Add(connection);
        return connection;
    }

    /// <summary>From at once to slow.</summary>
    static SandboxSettings SettingsOf(string name, BackupStore store, int seed, int pace) => new()
    {
        Name = name,
        Backups = store,
        Seed = (seed % 1000) + (name == "a" ? 1 : 5000),
        Latencies = new SandboxLatencies
        {
            ServerBoot = TimeSpan.FromSeconds(20 * pace), ServerAction = TimeSpan.FromSeconds(3 * pace), VolumeFill = TimeSpan.FromSeconds(30 * pace),
            VolumeAction = TimeSpan.FromSeconds(2 * pace), Snapshot = TimeSpan.FromSeconds(2 * pace), Backup = TimeSpan.FromSeconds(25 * pace), ImageCreate = TimeSpan.FromSeconds(15 * pace),
        },
    };
}
