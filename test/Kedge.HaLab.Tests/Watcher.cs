using System.Diagnostics;
using System.Globalization;
using Kedge.Availability.Pacemaker;

namespace Kedge.HaLab.Tests;

/// <summary><c>kedge ha watch</c> on one node of the lab, as its unit would run it, until disposed.</summary>
sealed class Watcher : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly string node;
    readonly Process process;
    readonly string log;

    Watcher(string node, Process process, string log) => (this.node, this.process, this.log) = (node, process, log);

    /// <summary>What it has printed so far.</summary>
    public string Log
    {
        get
        {
            lock (printed)
                return printed.ToString();
        }
    }

    readonly System.Text.StringBuilder printed = new();

    public static async Task<Watcher> StartAsync(string node, CancellationToken cancel)
    {
        var data = Directory.CreateTempSubdirectory("kedge-watch-").FullName;
        var start = new ProcessStartInfo("nsenter") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var word in (string[])["-t", HaLab.FirstProcess(node).ToString(CultureInfo.InvariantCulture), "-m", "-u", "-i", "-n", "-p", "--", "sh", "-c", "echo $$ > /run/kedge-watch.pid; exec \"$@\"", "sh"])
            start.ArgumentList.Add(word);
        foreach (var word in (string[])[Path.Combine(AppContext.BaseDirectory, "kedge"), "ha", "watch", "--data", data, "--spool", "/run/kedge-alerts"])
            start.ArgumentList.Add(word);
        // As in the unit.
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("DOTNET_gcServer", "0"), ("DOTNET_gcConcurrent", "0"), ("DOTNET_GCHeapHardLimit", "0x4000000"), ("DOTNET_GCConserveMemory", "9"), ("DOTNET_TieredPGO", "0")])
            start.Environment[key] = value;
        var watcher = new Watcher(node, Process.Start(start)!, data);
        watcher.process.ErrorDataReceived += (_, line) => watcher.Print(line.Data);
        watcher.process.BeginErrorReadLine();
        await watcher.UntilAsync("it watches", text => text.Contains("Watching on", StringComparison.Ordinal), cancel);
        return watcher;
    }

    public async Task UntilAsync(string what, Func<string, bool> there, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            while (!there(Log))
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Not there after {Limit.TotalSeconds} s: {what}. The watcher of {node} said:\n{Log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await HaLab.In(node).RunAsync(["sh", "-c", "kill -KILL $(cat /run/kedge-watch.pid)"], null, Limit, CancellationToken.None);
        }
        catch (ClusterException)
        {
            // The node is off: the watcher is gone with it.
        }
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(log, recursive: true);
    }

    void Print(string? line)
    {
        lock (printed)
            printed.AppendLine(line);
    }
}
