using System.Diagnostics;
using Kedge.Commands;
using Kedge.OpenStack;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Workloads;

namespace Kedge.Tests;

/// <summary>What a command came to.</summary>
sealed record Typed(int Code, string Output, string Error)
{
    public override string ToString() => $"exit {Code}\n{Output}{Error}";
}

/// <summary>
/// Where a person sits and types kedge: two sandbox clouds A and B on loopback ports, a clouds.yaml, a data directory. Whatever is typed in
/// any test, the clouds' password may not be in what comes out, nor in what is left on the disk.
/// </summary>
sealed class Desk : IAsyncDisposable
{
    public const string Password = "kept-from-everyone";
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-tests-");

    Desk(TimeProvider clock, SandboxSettings a, SandboxSettings b)
    {
        Clock = clock;
        A = SandboxCloud.Create(a, clock);
        B = SandboxCloud.Create(b, clock);
    }

    public TimeProvider Clock { get; }
    public SandboxCloud A { get; }
    public SandboxCloud B { get; }
    public string Folder => folder.FullName;
    public string Data => Path.Combine(Folder, "data");
    public string Repository => Path.Combine(Folder, "repository");
    public string CloudsFile => Path.Combine(Folder, "clouds.yaml");

    /// <summary>What the person answers when asked; null: there is no terminal.</summary>
    public string? Answer { get; set; }

    public static async Task<Desk> OpenAsync(Func<SandboxSettings, SandboxSettings>? b = null, TimeProvider? clock = null)
    {
        var store = new BackupStore();
        var common = new SandboxSettings { Backups = store, Password = Password };
        var desk = new Desk(clock ?? new HurriedClock(), common with { Name = "A", Seed = 1 }, (b ?? (same => same))(common with { Name = "B", Seed = 2 }));
        await desk.A.ListenAsync(CancellationToken.None);
        await desk.B.ListenAsync(CancellationToken.None);
        desk.WriteClouds("");
        return desk;
    }

    /// <summary>With both sites and the workload <c>shop</c>, mapped.</summary>
    public static async Task<Desk> WithShopAsync(Func<SandboxSettings, SandboxSettings>? b = null, TimeProvider? clock = null)
    {
        var desk = await OpenAsync(b, clock);
        desk.Workload = await ThreeTierWorkload.BuildAsync(desk.A, CancellationToken.None);
        await desk.DoAsync("site add dc1 --cloud A --admin-cloud A-admin");
        await desk.DoAsync("site add dc2 --cloud B --admin-cloud B-admin");
        await desk.DoAsync($"workload create shop --from dc1 --to dc2 --tag {ThreeTierWorkload.Tag} --after app=db --after web=app");
        await desk.DoAsync("mapping propose shop");
        return desk;
    }

    /// <summary>And protected once.</summary>
    public static async Task<Desk> WithProtectedShopAsync(Func<SandboxSettings, SandboxSettings>? b = null, TimeProvider? clock = null)
    {
        var desk = await WithShopAsync(b, clock);
        await desk.DoAsync("protect shop");
        return desk;
    }

    public ThreeTierWorkload? Workload { get; private set; }

    /// <param name="more">Further entries, indented as in the file.</param>
    public void WriteClouds(string more) => File.WriteAllText(
        CloudsFile,
        "clouds:\n" + SandboxCommand.Entry(A, "A", "demo") + SandboxCommand.Entry(A, "A-admin", "admin")
        + SandboxCommand.Entry(B, "B", "demo") + SandboxCommand.Entry(B, "B-admin", "admin") + more);

    public static string EntryAt(string name, string authUrl, string password = Password, string more = "") =>
        $"  {name}:\n    auth: {{auth_url: '{authUrl}', username: demo, password: '{password}', project_name: demo, user_domain_name: Default, project_domain_name: Default}}\n{more}";

    /// <summary>What somebody else does in A.</summary>
    public async Task RenameServerAsync(string id, string name)
    {
        const string Domain = """{"id": "default"}""";
        using var http = new HttpClient();
        using var auth = Json($$$"""
            {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "demo", "domain": {{{Domain}}}, "password": "{{{Password}}}" } } },
             "scope": {"project": {"name": "demo", "domain": {{{Domain}}} } } } }
            """);
        using var entered = await http.PostAsync(new Uri($"{A.AuthUrl}/auth/tokens"), auth);
        http.DefaultRequestHeaders.Add("X-Auth-Token", entered.Headers.GetValues("X-Subject-Token"));
        using var body = Json($$$"""{"server": {"name": "{{{name}}}"}}""");
        using var answer = await http.PutAsync(new Uri(A.BaseUrl, $"/compute/v2.1/servers/{id}"), body);
        answer.EnsureSuccessStatusCode();
    }

    static StringContent Json(string text) => new(text, System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json"));

    /// <summary>Connection string of the PostgreSQL that commands and mediators share; null: embedded.</summary>
    public string? Database { get; set; }

    /// <summary>Where movers come to runs of this desk; null: as was written down when they were enrolled.</summary>
    public string? Movers { get; set; }

    public Surroundings Around(TextWriter output, TextWriter error, TimeProvider clock) => new(
        output, error, new StringReader(Answer ?? ""), Answer is not null, new SettingsSource(Variables, Folder, Folder) { SystemDirectory = Folder }, clock);

    public async Task<Typed> TypeAsync(string line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await KedgeCommand.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), Around(output, error, Clock));
        var typed = new Typed(code, output.ToString(), error.ToString());
        Assert.DoesNotContain(Password, typed.ToString(), StringComparison.Ordinal);
        return typed;
    }

    /// <summary>Types what must succeed.</summary>
    public async Task<Typed> DoAsync(string line)
    {
        var typed = await TypeAsync(line);
        Assert.True(typed.Code == ExitCodes.Done, $"kedge {line}: {typed}");
        return typed;
    }

    /// <summary>The built binary, as a process of its own.</summary>
    /// <param name="line">What is typed behind <c>kedge</c>.</param>
    /// <param name="through">A command that becomes it.</param>
    public Process Start(string line, params string[] through)
    {
        string[] command = [.. through, Path.Combine(AppContext.BaseDirectory, "kedge"), .. line.Split(' ')];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Folder,
        };
        Surround(start);
        return Process.Start(start)!;
    }

    public void Surround(ProcessStartInfo start)
    {
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
    }

    /// <summary>Further variables of the environment.</summary>
    public Dictionary<string, string> More { get; } = [];

    Dictionary<string, string> Variables => new(More)
    {
        ["OS_CLIENT_CONFIG_FILE"] = CloudsFile, ["KEDGE_DATA"] = Data, ["KEDGE_REPOSITORY"] = Repository, ["KEDGE_DATABASE"] = Database ?? "", ["KEDGE_MOVERS"] = Movers ?? "",
    };

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        var telling = folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.FullName != CloudsFile && File.ReadAllText(file.FullName).Contains(Password, StringComparison.Ordinal))
            .Select(file => file.FullName).ToList();
        folder.Delete(recursive: true);
        Assert.Empty(telling);
    }
}
