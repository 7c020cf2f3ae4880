using System.Diagnostics;

namespace Kedge.Blocks.Tests.Nbd;

/// <summary>A server of Debian's on a Unix socket, for the time of a test. Skips the test where it is not installed.</summary>
sealed class NbdServer : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    Process? process;

    public string Socket => folder.File("socket");

    public string File(string name) => folder.File(name);

    /// <summary>nbdkit with filters; SOCKET and FOLDER in its arguments are filled in.</summary>
    public static Task<NbdServer> NbdkitAsync(params string[] arguments) => StartAsync("nbdkit", ["-f", "-U", "SOCKET", .. arguments], null);

    public static Task<NbdServer> QemuNbdAsync(Func<NbdServer, Task> prepare, params string[] arguments) => StartAsync("qemu-nbd", ["-k", "SOCKET", "-t", .. arguments], prepare);

    static async Task<NbdServer> StartAsync(string program, string[] arguments, Func<NbdServer, Task>? prepare)
    {
        if (!System.IO.File.Exists($"/usr/bin/{program}") && !System.IO.File.Exists($"/usr/sbin/{program}")) Assert.Skip($"{program} is not installed.");
        var server = new NbdServer();
        if (prepare is not null) await prepare(server);
        var filled = arguments.Select(a => a.Replace("SOCKET", server.Socket, StringComparison.Ordinal).Replace("FOLDER", server.folder.Path, StringComparison.Ordinal));
        server.process = Process.Start(new ProcessStartInfo(program, filled) { RedirectStandardError = true })!;
        var limit = Stopwatch.StartNew();
        while (!Listens(server.Socket))
        {
            if (server.process.HasExited) throw new InvalidOperationException($"{program} ended: {await server.process.StandardError.ReadToEndAsync()}");
            if (limit.Elapsed > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{program} listens at no socket.");
            await Task.Delay(20);
        }
        return server;
    }

    /// <summary>The file of a socket is there before anybody listens at it; the kernel knows (flag __SO_ACCEPTCON in /proc/net/unix).</summary>
    static bool Listens(string socket) =>
        System.IO.File.ReadLines("/proc/net/unix").Any(line => line.EndsWith(' ' + socket, StringComparison.Ordinal) && line.Contains(" 00010000 ", StringComparison.Ordinal));

    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, $"{program}: {error}");
    }

    public async Task KillAsync()
    {
        if (process is { HasExited: false }) process.Kill();
        if (process is not null) await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process?.Dispose();
        folder.Dispose();
    }
}
