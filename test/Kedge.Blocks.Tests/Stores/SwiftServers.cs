using Kedge.Blocks.Stores;
using Kedge.Blocks.Tests.Stores;

[assembly: AssemblyFixture(typeof(SwiftServers))]

namespace Kedge.Blocks.Tests.Stores;

/// <summary>OpenStack's own Swift of Debian: proxy, account, container and object server with one device, in a temporary directory, on loopback.</summary>
public sealed class SwiftServers : IAsyncDisposable
{
    const string Secret = "secret-of-the-test";
    static readonly string[] Servers = ["account", "container", "object"];
    readonly Daemons daemons = new();
    readonly SemaphoreSlim gate = new(1, 1);
    Uri? login;

    /// <summary>With the container <c>blocks</c>.</summary>
    public async Task<SwiftSettings> StartAsync(string prefix)
    {
        Daemons.Need("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server", "memcached");
        await gate.WaitAsync();
        try
        {
            login ??= await BuildAsync();
        }
        finally
        {
            gate.Release();
        }
        return new SwiftSettings { AuthUrl = login, Container = "blocks", Prefix = prefix, User = "kedge:swift", Password = Secret, Login = SwiftLogin.TempAuth };
    }

    public async ValueTask DisposeAsync()
    {
        await daemons.DisposeAsync();
        gate.Dispose();
    }

    async Task<Uri> BuildAsync()
    {
        Directory.CreateDirectory(daemons.File("devices/d1"));
        await File.WriteAllTextAsync(daemons.File("swift.conf"), "[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\ndefault = yes\n");
        var ports = Servers.ToDictionary(s => s, _ => Daemons.FreePort());
        var (proxy, memory) = (Daemons.FreePort(), Daemons.FreePort());
        foreach (var (name, port) in ports)
            await File.WriteAllTextAsync(daemons.File($"{name}.conf"), $"{Common(port)}[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n");
        await File.WriteAllTextAsync(daemons.File("proxy.conf"), Common(proxy) + Proxy(memory));
        // Debian's own python3, whatever comes first on the PATH.
        await daemons.RunAsync("/usr/bin/python3", ["-c", Rings, daemons.Path, .. ports.Select(p => $"{p.Key}:{p.Value}")]);
        daemons.Start("memcached", "-u", "root", "-l", "127.0.0.1", "-p", $"{memory}", "-U", "0");
        foreach (var name in Servers) daemons.Start($"swift-{name}-server", daemons.File($"{name}.conf"));
        daemons.Start("swift-proxy-server", daemons.File("proxy.conf"));

        var at = new Uri($"http://127.0.0.1:{proxy}/auth/v1.0");
        using var http = new HttpClient();
        using var entered = await daemons.AnswerAsync(http, () => new HttpRequestMessage(HttpMethod.Get, at) { Headers = { { "X-Auth-User", "kedge:swift" }, { "X-Auth-Key", Secret } } });
        using var made = await daemons.AnswerAsync(http, () => new HttpRequestMessage(HttpMethod.Put, entered.Headers.GetValues("X-Storage-Url").First() + "/blocks") { Headers = { { "X-Auth-Token", entered.Headers.GetValues("X-Auth-Token").First() } } });
        return at;
    }

    string Common(int port) =>
        $"""
        [DEFAULT]
        swift_dir = {daemons.Path}
        bind_ip = 127.0.0.1
        bind_port = {port}
        workers = 0
        user = root
        devices = {daemons.File("devices")}
        mount_check = false
        log_level = CRITICAL
        fallocate_reserve = 0
        disable_fallocate = true

        """;

    static string Proxy(int memory) =>
        $"""
        [pipeline:main]
        pipeline = catch_errors cache tempauth proxy-server
        [filter:catch_errors]
        use = egg:swift#catch_errors
        [filter:cache]
        use = egg:swift#memcache
        memcache_servers = 127.0.0.1:{memory}
        [filter:tempauth]
        use = egg:swift#tempauth
        user_kedge_swift = {Secret} .admin
        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        error_suppression_limit = 1000000

        """;

    const string Rings =
        """
        import sys
        from swift.common.ring import RingBuilder
        for name, port in (server.split(":") for server in sys.argv[2:]):
            ring = RingBuilder(2, 1, 0)
            ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "d1", "meta": "",
                          "ip": "127.0.0.1", "port": int(port), "replication_ip": "127.0.0.1", "replication_port": int(port)})
            ring.rebalance()
            ring.get_ring().save(f"{sys.argv[1]}/{name}.ring.gz")
        """;
}
