using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Health;
using Kedge.Mediator.Running;
using Kedge.Mediator.Settings;
using Kedge.Mediator.Store;
using Kedge.OpenStack;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;
using Kedge.Tests;

namespace Kedge.Mediator.Tests.Api;

/// <summary>
/// A whole mediator, asked over its socket: two sandbox clouds, in each of which two tenants live (demo: dc1, dc2; other: else1, else2), a workload of
/// each, and a token for everybody.
/// </summary>
public sealed class Served : IAsyncLifetime
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-api-");
    readonly BackupStore store = new();
    readonly Dictionary<string, string> settings = new() { ["KEDGE_LISTEN"] = "http://127.0.0.1:0", ["KEDGE_KEYSTONE"] = "b", ["KEDGE_API_REQUESTS_PER_SECOND"] = "10000", ["KEDGE_API_LONGEST_REQUEST"] = "600" };
    MediatorHost? host;
    ApiDatabase? database;

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal TimeProvider Clock { get; } = new HurriedClock();
    internal HeardLogs Logs { get; } = new();
    internal SandboxCloud A { get; private set; } = null!;
    internal SandboxCloud B { get; private set; } = null!;
    internal MediatorRecords Records { get; private set; } = null!;
    internal ApiTokens Tokens { get; private set; } = null!;
    internal ApiDatabase Database => database!;
    internal string Folder => folder.FullName;
    internal Uri Address => new(host!.Address);

    internal string Admin { get; private set; } = "";
    internal string Member { get; private set; } = "";
    internal string Reader { get; private set; } = "";

    /// <summary>A member of the other tenant.</summary>
    internal string Stranger { get; private set; } = "";

    /// <summary>What the repository does before it answers who only reads.</summary>
    internal Func<CancellationToken, Task> RepositoryAnswersAsync { get; set; } = _ => Task.CompletedTask;

    /// <summary>Over the settings of the mediator.</summary>
    internal Served With(string name, string value)
    {
        settings[name] = value;
        return this;
    }

    public async ValueTask InitializeAsync()
    {
        A = SandboxCloud.Create(new SandboxSettings { Name = "a", Seed = 1, Backups = store }, Clock);
        B = SandboxCloud.Create(new SandboxSettings { Name = "b", Seed = 2, Backups = store }, Clock);
        await ThreeTierWorkload.BuildAsync(A, CancellationToken.None);
        Records = RecordsIn(folder.FullName);
        foreach (var (name, entry) in new[] { ("dc1", "a/demo"), ("dc2", "b/demo"), ("else1", "a/other"), ("else2", "b/other") })
            await Records.Sites.PutAsync(name, new SiteRecord(name, entry), CancellationToken.None);
        await AddWorkloadAsync("shop", "dc1", "dc2");
        await AddWorkloadAsync("theirs", "else1", "else2");
        await Records.Policies.PutAsync("gold", new Policy { Name = "gold", Rpo = TimeSpan.FromMinutes(15) }, CancellationToken.None);
        database = ApiDatabase.InDirectory(folder.FullName, Clock);
        Tokens = new ApiTokens(database, Clock);
        ImmutableArray<string> demo = [A.World.ProjectId("demo"), B.World.ProjectId("demo")];
        Admin = await TokenAsync("admin", Role.Admin, null);
        Member = await TokenAsync("member", Role.Member, demo);
        Reader = await TokenAsync("reader", Role.Reader, demo);
        Stranger = await TokenAsync("stranger", Role.Member, [A.World.ProjectId("other"), B.World.ProjectId("other")]);
        host = await MediatorHost.StartAsync(MediatorSettings.Parse(settings), Records, RunOwner.CurrentMediator, Clock, Logs, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
            await host.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
        await A.DisposeAsync();
        await B.DisposeAsync();
        Logs.Dispose();
        folder.Delete(recursive: true);
    }

    internal async Task<string> TokenAsync(string name, Role role, ImmutableArray<string>? projects) =>
        (await Tokens.MakeAsync(name, role, projects, Clock.GetUtcNow().AddDays(30), CancellationToken.None)).Text;

    /// <summary>Paused: points are taken when a test asks for one.</summary>
    internal Task AddWorkloadAsync(string name, string from, string to) => Records.Workloads.PutAsync(
        name, new Workload { Name = name, From = from, To = to, Selection = new WorkloadSelection.ByTag(ThreeTierWorkload.Tag), IsPaused = true, OwnRpo = TimeSpan.FromDays(1) }, CancellationToken.None);

    /// <summary>As kedge mapping propose would.</summary>
    internal async Task MapAsync(string name)
    {
        var workload = await Records.Workloads.GetAsync(name, Cancel);
        var (from, to) = (Connect(await Records.Sites.GetAsync(workload.From, Cancel)), Connect(await Records.Sites.GetAsync(workload.To, Cancel)));
        var captured = await new BlueprintCapture(Clock).CaptureAsync(workload, from, null, Cancel);
        await Records.Mappings.PutAsync(name, await MappingProposal.ProposeAsync(captured.Blueprint, from, to, null, Cancel), Cancel);
    }

    /// <summary>Sends one request over a connection of the pool.</summary>
    /// <param name="body">Text of JSON; null: none.</param>
    internal async Task<Answer> SendAsync(string? token, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(method == "PATCH" ? "application/merge-patch+json" : "application/json");
        }
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseContentRead, Cancel);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancel), response.Headers.ETag?.Tag, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    internal Task<Answer> GetAsync(string? token, string path, params (string Name, string Value)[] headers) => SendAsync(token, "GET", path, null, headers);

    internal Task<Answer> PostAsync(string? token, string path, string? body = null, string? key = null) =>
        SendAsync(token, "POST", path, body, ("Idempotency-Key", key ?? Guid.NewGuid().ToString()));

    /// <summary>Waits for the end of a run, as whoever follows it does.</summary>
    internal async Task<string> FollowAsync(string token, string run) => (await GetAsync(token, $"/v1/runs/{run}/events")).Body;

    internal static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { Timeout = TimeSpan.FromMinutes(5) };

    internal Cloud ConnectAs(string token) => Cloud.Connect(
        SettingsOf(B, "demo") with { Credential = new Credential.Token(token), Scope = new CloudScope.None() }, B.CreateHandler(), Clock);

    /// <summary>A token of a user of the cloud B, as any client of OpenStack gets one.</summary>
    internal async Task<string> KeystoneTokenAsync(string user, string project)
    {
        using var http = new HttpClient(B.CreateHandler());
        const string Domain = """{"id": "default"}""";
        using var body = new StringContent(
            $$$"""
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "{{{user}}}", "domain": {{{Domain}}}, "password": "sandbox"} } },
             "scope": {"project": {"name": "{{{project}}}", "domain": {{{Domain}}} } } } }
            """, MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await http.PostAsync(new Uri($"{B.AuthUrl}/auth/tokens"), body, Cancel);
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    MediatorRecords RecordsIn(string path) => new()
    {
        Sites = SiteFile.Folder(Path.Combine(path, "sites")),
        Workloads = WorkloadFile.In(Path.Combine(path, "workloads"), PolicyFile.In(Path.Combine(path, "policies"))),
        Policies = PolicyFile.In(Path.Combine(path, "policies")),
        Mappings = MappingFile.In(Path.Combine(path, "mappings")),
        Connect = Connect,
        ConnectAs = ConnectAs,
        Reach = new SiteReach(record => Connect(record).Tenant, record => (record.Cloud.StartsWith('a') ? A : B).AuthUrl, A.CreateHandler()),
        OpenRepositoryAsync = cancel => PointRepository.CreateAsync(Path.Combine(path, "repository"), Clock, cancel),
        ReadRepositoryAsync = async cancel =>
        {
            await RepositoryAnswersAsync(cancel);
            return await PointRepository.CreateAsync(Path.Combine(path, "repository"), Clock, cancel);
        },
        FindRepositoryAsync = async cancel => Directory.Exists(Path.Combine(path, "repository")) ? await PointRepository.OpenAsync(Path.Combine(path, "repository"), Clock, cancel) : null,
        DataPath = path,
    };

    Site Connect(SiteRecord record)
    {
        var cloud = record.Cloud.StartsWith('a') ? A : B;
        var project = record.Cloud[2..];
        return new Site(
            record.Name,
            Cloud.Connect(SettingsOf(cloud, project), cloud.CreateHandler(), Clock),
            project == "demo" ? Cloud.Connect(SettingsOf(cloud, project) with { Credential = new Credential.Password(new UserReference(null, "admin", null, "Default"), "sandbox") }, cloud.CreateHandler(), Clock) : null);
    }

    static CloudSettings SettingsOf(SandboxCloud cloud, string project) => new()
    {
        Name = $"{cloud.Settings.Name}-{project}",
        AuthUrl = cloud.AuthUrl,
        Credential = new Credential.Password(new UserReference(null, project, null, "Default"), cloud.Settings.Password),
        Scope = new CloudScope.Project(null, project, null, "Default"),
        Limits = new CallLimits { Seed = 1, Attempts = 1 },
    };
}

/// <summary>What came back.</summary>
sealed record Answer(HttpStatusCode Status, string Body, string? Tag, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The code of the problem; null: it is none.</summary>
    public string? Code => Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal) is true ? (string?)Json["code"] : null;

    public override string ToString() => $"{(int)Status} {Body}";
}

/// <summary>Tests that may share one mediator, because each looks at records of its own.</summary>
[CollectionDefinition(nameof(Served))]
public sealed class ServedTogether : ICollectionFixture<Served>;
