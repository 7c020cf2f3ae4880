using Kedge.Mediator.Health;
using Kedge.Mediator.Settings;
using Kedge.OpenStack;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;

namespace Kedge.Mediator.Tests.Served;

/// <summary>A whole mediator, with its schedules and its loops, over clouds of which one is slow.</summary>
public sealed class ServedMediatorTests : IAsyncLifetime
{
    /// <summary>Only so that a mistake ends.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-served-");
    readonly Dictionary<string, SandboxCloud> clouds = new(StringComparer.Ordinal);
    readonly HeardLogs logs = new();
    MediatorRecords records = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var store = new BackupStore();
        foreach (var (name, seed, call) in ((string, int, double)[])[("fast", 1, 0), ("slow", 2, 20), ("target", 3, 0)])
        {
            var settings = new SandboxSettings { Name = name, Seed = seed, Backups = store };
            clouds[name] = SandboxCloud.Create(settings with { Latencies = new SandboxLatencies { ApiCall = TimeSpan.FromSeconds(call) } }, TimeProvider.System);
        }
        var path = folder.FullName;
        records = new MediatorRecords
        {
            Sites = SiteFile.Folder(Path.Combine(path, "sites")),
            Workloads = WorkloadFile.In(Path.Combine(path, "workloads"), PolicyFile.In(Path.Combine(path, "policies"))),
            Policies = PolicyFile.In(Path.Combine(path, "policies")),
            Mappings = MappingFile.In(Path.Combine(path, "mappings")),
            Connect = record => new Site(record.Name, Connect(record.Cloud, "demo"), Connect(record.Cloud, "admin")),
            Reach = new SiteReach(record => Connect(record.Cloud, "demo"), record => clouds[record.Cloud].AuthUrl, clouds["target"].CreateHandler()),
            OpenRepositoryAsync = cancel => PointRepository.CreateAsync(Path.Combine(path, "repository"), TimeProvider.System, cancel),
            ReadRepositoryAsync = cancel => PointRepository.OpenAsync(Path.Combine(path, "repository"), TimeProvider.System, cancel),
            FindRepositoryAsync = async cancel => Directory.Exists(Path.Combine(path, "repository")) ? await PointRepository.OpenAsync(Path.Combine(path, "repository"), TimeProvider.System, cancel) : null,
            DataPath = path,
        };
        foreach (var name in clouds.Keys)
            await records.Sites.PutAsync(name, new SiteRecord(name, name, PointsAtOnce: 1), Cancel);
        await ThreeTierWorkload.BuildAsync(clouds["fast"], Cancel);
    }

    [Fact]
    public async Task Point_after_point_is_taken_and_a_slow_site_slows_only_its_own_workloads()
    {
        var rpo = TimeSpan.FromSeconds(10);
        await AddAsync("quick", "fast", rpo);
        for (var i = 0; i < 3; i++)
            await AddAsync($"lazy{i}", "slow", rpo);
        await using var mediator = await ServeAsync();

        await UntilAsync(async () => (await PointsAsync("quick")).Count >= 4);

        // Some dozens of calls, twenty seconds each: it is still at its first when the limit of this test is over.
        Assert.Empty(await PointsAsync("lazy0"));
        Assert.NotEmpty(clouds["slow"].Calls);
    }

    [Fact]
    public async Task It_follows_definitions_looks_at_sites_and_says_that_a_silent_one_is_silent()
    {
        await AddAsync("quick", "fast", TimeSpan.FromHours(1));
        await using var mediator = await ServeAsync();
        using var http = new HttpClient { BaseAddress = new Uri(mediator.Address) };

        await UntilAsync(async () => (await http.GetStringAsync("/metrics", Cancel)).Contains("kedge_site_state{site=\"fast\"} 0", StringComparison.Ordinal));
        await UntilAsync(async () => await records.FindRepositoryAsync(Cancel) is { } repository && (await repository.DefinitionsOf("quick").ListAsync(Cancel)).Versions.Length > 0);

        Assert.Equal("ready\n", await http.GetStringAsync("/readyz", Cancel));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync("/witness/sites/fast", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Who_has_the_token_of_witnesses_is_told_what_it_saw()
    {
        await AddAsync("quick", "fast", TimeSpan.FromHours(1));
        await using var mediator = await ServeAsync(settings => settings with { WitnessToken = new Secret("a token that all of them have") });
        using var http = new HttpClient { BaseAddress = new Uri(mediator.Address) };
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await http.GetAsync("/witness/sites/fast", Cancel)).StatusCode);

        http.DefaultRequestHeaders.Authorization = new("Bearer", "a token that all of them have");
        await UntilAsync(async () => (await http.GetAsync("/witness/sites/fast", Cancel)).IsSuccessStatusCode);

        Assert.Contains("\"observer\": \"one/1/1/mediator\"", await http.GetStringAsync("/witness/sites/fast", Cancel), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync("/witness/sites/nowhere", Cancel)).StatusCode);
    }

    async Task<MediatorHost> ServeAsync(Func<MediatorSettings, MediatorSettings>? change = null)
    {
        var settings = MediatorSettings.Parse(new Dictionary<string, string> { ["KEDGE_LISTEN"] = "http://127.0.0.1:0" });
        return await MediatorHost.StartAsync((change ?? (same => same))(settings), records, "one/1/1/mediator", TimeProvider.System, logs, Cancel);
    }

    Task AddAsync(string name, string from, TimeSpan rpo) => records.Workloads.PutAsync(
        name, new Workload { Name = name, From = from, To = "target", Selection = from == "fast" ? new WorkloadSelection.ByTag(ThreeTierWorkload.Tag) : new WorkloadSelection.WholeProject(), OwnRpo = rpo }, Cancel);

    async Task<List<RecoveryPoint>> PointsAsync(string workload) => await records.FindRepositoryAsync(Cancel) is { } repository
        ? [.. (await repository.ListAsync(workload, Cancel)).Points.Select(stored => stored.Point)]
        : [];

    Cloud Connect(string name, string user) => Cloud.Connect(MediatorHouse.SettingsOf(clouds[name], user), clouds[name].CreateHandler(), TimeProvider.System);

    async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"It did not come so far within {Limit}:\n{string.Join('\n', logs.All)}");
            await Task.Delay(200, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in clouds.Values)
            await cloud.DisposeAsync();
        logs.Dispose();
        folder.Delete(recursive: true);
    }
}
