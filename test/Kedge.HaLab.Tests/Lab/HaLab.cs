using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kedge.Availability.Pacemaker;

namespace Kedge.HaLab.Tests;

/// <summary>The control plane that <c>dev/lab ha up</c> built: its nodes, their power and cables, and what the cluster says.</summary>
static class HaLab
{
    /// <summary>A node that comes back starts every service on a machine of two busy cores.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static string State { get; } = Environment.GetEnvironmentVariable("KEDGE_LAB") is { Length: > 0 } named ? named : "/var/tmp/kedge-lab";

    public static string Home { get; } = Path.Combine(State, "H");

    public static string Root { get; } = RootOf();

    public static IReadOnlyList<string> Nodes { get; } = File.ReadAllLines(Path.Combine(Home, "names"));

    /// <summary>Power cut: the cable first, since a machine without power does not say goodbye to its peers.</summary>
    public static async Task<DateTimeOffset> CutPowerAsync(string node)
    {
        var process = FirstProcess(node);
        var at = TimeProvider.System.GetUtcNow();
        await RunAsync("ip", "link", "set", $"kedge-{node}", "down");
        using var init = Process.GetProcessById(process);
        init.Kill();
        return at;
    }

    public static async Task<DateTimeOffset> CutCableAsync(string node)
    {
        var at = TimeProvider.System.GetUtcNow();
        await RunAsync("ip", "link", "set", $"kedge-{node}", "down");
        return at;
    }

    /// <summary>A signal to every process of a resource of ours on a node, at once; its main process is found by its pid file.</summary>
    public static async Task<(DateTimeOffset At, string Node)> SignalAsync(string node, string service, string signal, CancellationToken cancel)
    {
        // The main process leads the group. Killed is the main process alone: what it leaves behind is the agent's business.
        var target = signal == "KILL" ? "\"$main\"" : "-- \"-$main\"";
        var answer = await AskAsync(
            node,
            ["sh", "-c", $"main=$(head -n 1 /run/resource-agents/{service}-kedge-{service}*.pid) && kill -s {signal} {target} && date +%s.%N"],
            cancel);
        return (DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(answer, CultureInfo.InvariantCulture)), node);
    }

    /// <summary>Runs a command in a node; fails when it fails.</summary>
    public static async Task<string> AskAsync(string node, IReadOnlyList<string> command, CancellationToken cancel)
    {
        var answer = await In(node).RunAsync(command, null, TimeSpan.FromMinutes(3), cancel);
        Assert.True(answer.ExitCode == 0, $"On {node}, {string.Join(' ', command)} ended with {answer.ExitCode}: {answer.Error}");
        return answer.Output;
    }

    /// <summary>What Pacemaker keeps is no longer one of the lab's set-ups.</summary>
    public static void ForgetSetUp() => File.Delete(Path.Combine(Home, "setup"));

    public static Task PowerOnAsync(string node) => LabAsync("node", node, "on");

    /// <summary>Runs a verb of <c>dev/lab ha</c> to its end; fails when it fails.</summary>
    public static async Task<string> LabAsync(params string[] arguments) => await RunAsync(Path.Combine(Root, "dev/lab"), ["ha", .. arguments]);

    /// <summary>Runs a command in a node, through the namespaces of its first process.</summary>
    public static IClusterCommands In(string node) => new NodeCommands(node);

    public static Cluster ClusterOn(string node) => new(In(node), TimeProvider.System);

    /// <summary>What the first node says that answers.</summary>
    public static async Task<ClusterStatus?> StatusAsync(CancellationToken cancel)
    {
        foreach (var node in Nodes.Where(HasPower))
        {
            try
            {
                return await ClusterOn(node).ReadStatusAsync(cancel);
            }
            catch (ClusterException)
            {
                // Just off, or not yet on: the next one.
            }
        }
        return null;
    }

    public static async Task<ClusterStatus> UntilAsync(string what, Func<ClusterStatus, bool> there, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        ClusterStatus? last = null;
        try
        {
            while (true)
            {
                last = await StatusAsync(either.Token);
                if (last is not null && there(last))
                    return last;
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Not there after {Patience.TotalSeconds} s: {what}. The last that the cluster said: {last}");
        }
    }

    public static Task<ClusterStatus> UntilWholeAsync(CancellationToken cancel) => UntilAsync(
        "every node online, a DC, quorum",
        status => status is { Dc: not null, HasQuorum: true } && status.Nodes.Count(node => node.State == "online") == Nodes.Count,
        cancel);

    public static bool HasPower(string node) => File.Exists($"/proc/{FirstProcess(node)}/cmdline")
        && File.ReadAllText($"/proc/{FirstProcess(node)}/cmdline").Contains($"{State}/nodes/{node}\0", StringComparison.Ordinal);

    public static int FirstProcess(string node)
    {
        var file = Path.Combine(State, "nodes", node, "init.pid");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var pid) ? pid : 0;
    }

    public static async Task<string> RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        start.Environment["KEDGE_LAB"] = State;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await error}\n{await output}");
        return await output;
    }

    static string RootOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
