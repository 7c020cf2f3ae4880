using System.Diagnostics;
using System.Globalization;
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

    private const int MostPorts = 10;

    /// <summary>Generous: machines are slow, and a killed one reads its log first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private PostgresServer()
    {
    }

    /// <summary>The same for all its life.</summary>
    public int Port { get; private set; }

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        if (IsRoot)
            await RunAsync("chown", "postgres", server.folder);
        await server.AsUserAsync("initdb", "-D", $"{server.folder}/data", "-U", "kedge", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8");
        for (var tries = 1; ; tries++)
        {
            server.Port = FreePort();
            try
            {
                await server.ReviveAsync();
                return server;
            }
            // Somebody else was quicker at that port.
            catch (InvalidOperationException) when (tries < MostPorts)
            {
                server.running!.Dispose();
            }
        }
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
        var all = ChildrenOf(running!.Id).Prepend(running.Id).ToList();
        await RunAsync("kill", ["-KILL", .. all.Select(id => $"{id}")]);
        await running.WaitForExitAsync();
        running.Dispose();
        running = null;
        // Until the last of them is gone the shared memory is held, and a new one refuses to start.
        await UntilAsync(() => Task.FromResult(all.All(id => !Directory.Exists($"/proc/{id}"))), "PostgreSQL is killed and does not go.");
    }

    public async Task ReviveAsync()
    {
        // Its disk is not what is tested: what it was told to write reaches the kernel, which outlives it.
        running = Start("postgres", "-D", $"{folder}/data", "-h", "127.0.0.1", "-p", $"{Port}", "-k", folder, "-c", "fsync=off", "-c", "max_connections=300");
        var complaints = running.StandardError.ReadToEndAsync();
        _ = running.StandardOutput.ReadToEndAsync();
        await UntilAsync(
            async () =>
            {
                if (running.HasExited)
                    throw new InvalidOperationException($"PostgreSQL ended at once with {running.ExitCode}: {await complaints}");
                using var asked = Start("pg_isready", "-q", "-h", "127.0.0.1", "-p", $"{Port}");
                await asked.WaitForExitAsync();
                return asked.ExitCode == 0;
            },
            "PostgreSQL does not answer.");
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
            await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Below those that the kernel gives to whoever connects somewhere: while it is dead, nobody takes its port by chance.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    private static List<int> ChildrenOf(int process)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"{otherwise} ({Patience})");
            await Task.Delay(50);
        }
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
