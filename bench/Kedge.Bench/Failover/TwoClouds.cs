using Kedge.OpenStack;
using Kedge.Recovery.Sites;
using Kedge.Sandbox;
using Kedge.Sandbox.BlockStorage;

namespace Kedge.Bench.Failover;

/// <summary>A primary that does everything at once, a target as slow as a real cloud, both on loopback sockets; nothing shared but the backups.</summary>
sealed class TwoClouds : IAsyncDisposable
{
    readonly List<Cloud> connections = [];

    TwoClouds(SandboxCloud a, SandboxCloud b) => (A, B) = (a, b);

    public SandboxCloud A { get; }

    public SandboxCloud B { get; }

    public static async Task<TwoClouds> StartAsync(CancellationToken cancel)
    {
        var store = new BackupStore();
        var a = SandboxCloud.Create(new SandboxSettings { Name = "A", Seed = 1, Backups = store }, TimeProvider.System);
        var b = SandboxCloud.Create(new SandboxSettings { Name = "B", Seed = 2, Backups = store, Latencies = SandboxLatencies.Realistic }, TimeProvider.System);
        await a.ListenAsync(cancel);
        await b.ListenAsync(cancel);
        return new TwoClouds(a, b);
    }

    public Site ConnectA() => Connect(A);

    public Site ConnectB() => Connect(B);

    Site Connect(SandboxCloud cloud)
    {
        var site = SiteAt(cloud.Settings.Name, cloud.AuthUrl, cloud.Settings.Password);
        connections.AddRange([site.Tenant, site.Admin!]);
        return site;
    }

    /// <summary>The tenant and the admin of the project <c>demo</c>.</summary>
    public static Site SiteAt(string name, Uri authUrl, string password)
    {
        Cloud Hand(string user) => Cloud.Connect(
            new CloudSettings
            {
                Name = $"{name}-{user}",
                AuthUrl = authUrl,
                Credential = new Credential.Password(new UserReference(null, user, null, "Default"), password),
                Scope = new CloudScope.Project(null, "demo", null, "Default"),
            },
            null,
            TimeProvider.System);
        return new Site(name, Hand("demo"), Hand("admin"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}
