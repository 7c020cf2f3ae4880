using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>Programs that a fixture runs in a temporary directory, and what ends with them.</summary>
sealed class Daemons(params (string Name, string Value)[] environment) : IAsyncDisposable
{
    static readonly HashSet<int> Given = [];
    readonly TemporaryFolder folder = new();
    readonly List<Process> processes = [];

    public string Path => folder.Path;

    public string File(string name) => folder.File(name);

    /// <summary>Skips the test where one of them is not installed.</summary>
    public static void Need(params string[] programs)
    {
        foreach (var program in programs)
        {
            if (!System.IO.File.Exists($"/usr/bin/{program}") && !System.IO.File.Exists($"/usr/sbin/{program}")) Assert.Skip($"{program} is not installed.");
        }
    }

    /// <summary>
    /// A port for a server that must be told one. From below the range that the kernel gives to connections and to those who ask for port 0, so that
    /// nobody gets it in between by chance; and never the same twice.
    /// </summary>
    public static int FreePort()
    {
        lock (Given)
        {
            while (true)
            {
                var port = RandomNumberGenerator.GetInt32(15_000, 32_000);
                if (!Given.Add(port)) continue;
                using var listener = new TcpListener(IPAddress.Loopback, port);
                try
                {
                    listener.Start();
                    return port;
                }
                catch (SocketException)
                {
                    // Somebody has it; there are others.
                }
            }
        }
    }

    public void Start(string program, params string[] arguments) => processes.Add(Process.Start(Prepared(program, arguments))!);

    public async Task RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(Prepared(program, arguments))!;
        var output = run.StandardOutput.ReadToEndAsync();
        var error = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        if (run.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {run.ExitCode}: {await output} {error}");
    }

    /// <summary>Asks until the answer is a good one.</summary>
    public async Task<HttpResponseMessage> AnswerAsync(HttpClient http, Func<HttpRequestMessage> make)
    {
        for (var limit = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var request = make();
                var answer = await http.SendAsync(request);
                if (answer.IsSuccessStatusCode) return answer;
                if (limit.Elapsed > TimeSpan.FromMinutes(2)) throw new InvalidOperationException($"{request.RequestUri} answers {answer.StatusCode}.");
                answer.Dispose();
            }
            catch (HttpRequestException) when (limit.Elapsed < TimeSpan.FromMinutes(2))
            {
                // Not yet.
            }
            if (processes.Find(p => p.HasExited) is { } ended) throw new InvalidOperationException($"{ended.StartInfo.FileName} ended with {ended.ExitCode}: {await ended.StandardError.ReadToEndAsync()}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        folder.Dispose();
    }

    ProcessStartInfo Prepared(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value.Replace("FOLDER", folder.Path, StringComparison.Ordinal);
        return start;
    }
}
