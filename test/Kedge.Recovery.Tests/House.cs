using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Tests.Moving;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Testing;

namespace Kedge.Recovery.Tests;

/// <summary>
/// The whole world of a test: two sandbox clouds A and B that share nothing but a store of backups, Kedge's hands in both, a journal that
/// survives crashes, and a clock that only <see cref="LiveAsync"/> moves.
/// </summary>
sealed class House : IAsyncDisposable
{
    readonly List<Cloud> connections = [];
    readonly int attempts;

    House(int attempts, SandboxSettings a, SandboxSettings b)
    {
        this.attempts = attempts;
        A = SandboxCloud.Create(a, Clock);
        B = SandboxCloud.Create(b, Clock);
        Journal = new MemoryJournal(Clock);
        Sites = Connect();
    }

    public FakeClock Clock { get; } = new();

    public SandboxCloud A { get; }

    public SandboxCloud B { get; }

    public MemoryJournal Journal { get; }

    public SiteSet Sites { get; private set; }

    public Site SiteA => Sites["A"];

    public Site SiteB => Sites["B"];

    public RunLimits Limits { get; init; } = new();

    /// <summary>Null until <see cref="HireMovers"/>: then volumes go by blocks.</summary>
    public MemoryMovers? Movers { get; private set; }

    /// <summary>Both sites have movers from now on.</summary>
    public MemoryMovers HireMovers()
    {
        Movers ??= new MemoryMovers(new Dictionary<string, SandboxCloud> { ["A"] = A, ["B"] = B }, Clock);
        Sites = Connect();
        return Movers;
    }

    public static House WithTwoClouds(Func<SandboxSettings, SandboxSettings>? a = null, Func<SandboxSettings, SandboxSettings>? b = null)
    {
        var store = new BackupStore();
        SandboxSettings Of(string name, Func<SandboxSettings, SandboxSettings>? change) =>
            (change ?? (s => s))(new SandboxSettings { Name = name, Backups = store });
        return new House(4, Of("a", a), Of("b", b));
    }

    /// <summary>Only the target, over a store that another house filled: what remains after the primary was lost.</summary>
    /// <param name="attempts">Of each call: 1 where a test is about the waits of the run, since those of the client leave the thread of simulated time.</param>
    public static House WithTargetOnly(BackupStore store, Func<SandboxSettings, SandboxSettings>? b = null, int attempts = 4) =>
        new(attempts, new SandboxSettings { Name = "a" }, (b ?? (s => s))(new SandboxSettings { Name = "b", Backups = store }));

    /// <summary>Runs asynchronous code in the time of this house: waits pass at once, in the same order every time.</summary>
    public Task LiveAsync(Func<Task> body) => LiveAsync(async () =>
    {
        await body();
        return true;
    });

    public Task<T> LiveAsync<T>(Func<Task<T>> body) => SimulatedTime.RunAsync(Clock, async () =>
    {
        using var end = new CancellationTokenSource();
        var movers = Movers?.WorkAsync(end.Token) ?? Task.CompletedTask;
        try
        {
            return await body();
        }
        finally
        {
            await end.CancelAsync();
            await movers;
        }
    });

    /// <summary>For bodies with sockets of their own: the clock waits until nothing came back for a while.</summary>
    public Task<T> LiveWithSocketsAsync<T>(Func<Task<T>> body) => SimulatedTime.RunAsync(Clock, TimeSpan.FromMilliseconds(50), body);

    /// <summary>A new process of kedge: nothing remembered but the journal.</summary>
    /// <param name="owner">Host and process.</param>
    /// <param name="change">What a test does to a step before it is run; null: nothing.</param>
    public RunExecutor NewProcess(string owner = "host/1", Func<PlannedStep, Step, Step>? change = null)
    {
        Movers?.LoseBoard();
        Sites = Connect();
        var sites = Sites;
        Step Read(PlannedStep planned) => (change ?? ((_, step) => step))(planned, RecoveryStepJson.Read(planned, sites));
        return new RunExecutor(Journal, Read, RecoveryFaults.Read, Limits, Clock, owner);
    }

    public async Task<RunState> BeginAndExecuteAsync(Plan plan, string exclusiveKey, Func<PlannedStep, Step, Step>? change = null)
    {
        var run = RunId.Create(Clock);
        await Journal.BeginAsync(run, plan, exclusiveKey, "host/1", CancellationToken.None);
        return await NewProcess(change: change).ExecuteAsync(run, null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    SiteSet Connect() => new(new Dictionary<string, Site>
    {
        ["A"] = new Site("A", Connect(A, "demo"), Connect(A, "admin")) { Movers = Movers is null ? null : new SiteMovers("mover-a") },
        ["B"] = new Site("B", Connect(B, "demo"), Connect(B, "admin")) { Movers = Movers is null ? null : new SiteMovers("mover-b") },
    }) { Movers = Movers?.Board };

    /// <summary>Both hands are scoped to the project <c>demo</c>.</summary>
    public CloudSettings SettingsOf(SandboxCloud cloud, string user) => new()
    {
        Name = $"{cloud.Settings.Name}-{user}",
        AuthUrl = cloud.AuthUrl,
        Credential = new Credential.Password(new UserReference(null, user, null, "Default"), cloud.Settings.Password),
        Scope = new CloudScope.Project(null, "demo", null, "Default"),
        Limits = new CallLimits { Seed = 1, Attempts = attempts },
    };

    Cloud Connect(SandboxCloud cloud, string user)
    {
        var connection = Cloud.Connect(SettingsOf(cloud, user), cloud.CreateHandler(), Clock);
        connections.Add(connection);
        return connection;
    }
}
