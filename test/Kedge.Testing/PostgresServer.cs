using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kedge.Testing;

/// <summary>
/// A PostgreSQL of the tests' own, out of Debian's package: in a directory of its own, on a loopback port of its own, as an unprivileged
/// user. It may be killed and started again. Nothing of it is left afterwards.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kedge-postgres-").FullName;
    private readonly string programs = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin/";
    private Process? running;

    private PostgresServer(int port) => Port = port;

    public int Port { get; }

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(FreePort());
        if (IsRoot)
            await RunAsync("chown", "postgres", server.folder);
        await server.AsUserAsync("initdb", "-D", $"{server.folder}/data", "-U", "kedge", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8");
        await server.ReviveAsync();
        return server;
    }

    /// <summary>An empty database of the next test's own.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await AsUserAsync("createdb", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "kedge", name);
        return $"Host=127.0.0.1;Port={Port};Database={name};Username=kedge";
    }

    public Task ExecuteAsync(string database, string sql) =>
        AsUserAsync("psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "kedge", "-d", database, "-c", $"SET search_path = kedge; {sql}");

    /// <summary>What pg_dump says of a database's schema.</summary>
    public Task<string> DescribeAsync(string database) =>
        AsUserAsync("pg_dump", "-s", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "kedge", database);

    /// <summary>As by SIGKILL to all of it, or by the loss of its machine's power with disks that kept what they had promised.</summary>
    public async Task KillAsync()
    {
        var head = (await File.ReadAllLinesAsync($"{folder}/data/postmaster.pid"))[0];
        await RunAsync("kill", "-KILL", head);
        await running!.WaitForExitAsync();
        running.Dispose();
        running = null;
    }

    public async Task ReviveAsync()
    {
        // Its disk is not what is tested: what it was told to write reaches the kernel, which outlives it.
        running = Start("postgres", "-D", $"{folder}/data", "-h", "127.0.0.1", "-p", $"{Port}", "-k", folder, "-c", "fsync=off", "-c", "max_connections=200");
        for (var tries = 0; tries < 600; tries++)
        {
            if (running.HasExited)
                throw new InvalidOperationException($"PostgreSQL ended at once with {running.ExitCode}: {await running.StandardError.ReadToEndAsync()}");
            using var asked = Start("pg_isready", "-q", "-h", "127.0.0.1", "-p", $"{Port}");
            await asked.WaitForExitAsync();
            if (asked.ExitCode == 0)
            {
                _ = running.StandardError.ReadToEndAsync();
                return;
            }
            await Task.Delay(50);
        }
        throw new TimeoutException("PostgreSQL did not answer within half a minute.");
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
            await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> AsUserAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await said : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await complained}");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private Process Start(string program, params string[] arguments)
    {
        string[] line = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", programs + program] : [programs + program];
        return Process.Start(new ProcessStartInfo(line[0], [.. line[1..], .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        })!;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }
}
