using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Kedge.Availability.Pacemaker;

/// <summary>
/// Runs commands on this machine, or through <c>ssh</c> on a node. Pacemaker's tools have been seen to spin for ever
/// when a daemon is away, so each call has a limit, at which the program and its children are killed.
/// </summary>
public sealed class LocalCommands : IClusterCommands
{
    /// <summary>A CIB of 5,000 resources on 16 nodes has 44 MB; more than this is not an answer.</summary>
    const int MostCharacters = 128 * 1024 * 1024;

    readonly IReadOnlyList<string> before;
    readonly TimeProvider clock;
    readonly bool remote;

    LocalCommands(IReadOnlyList<string> before, bool remote, TimeProvider clock)
    {
        this.before = before;
        this.remote = remote;
        this.clock = clock;
    }

    /// <summary>On this machine, which is a node of the cluster.</summary>
    public static LocalCommands Here(TimeProvider clock) => new([], remote: false, clock);

    /// <summary>Through a program that runs what follows it as it stands, without a shell: <c>nsenter</c>, <c>ip netns exec</c>.</summary>
    public static LocalCommands Through(IReadOnlyList<string> before, TimeProvider clock) => new(before, remote: false, clock);

    /// <summary>
    /// On a node over SSH: never asks, gives up after five seconds without a connection, notices a dead node. A connection of its own for each
    /// call: a shared one (ControlMaster) that hangs would take every later call with it; who wants one says so in <paramref name="options"/>.
    /// </summary>
    /// <param name="destination">As ssh takes it: host or user@host. What starts with a dash is refused.</param>
    /// <param name="options">As <c>ssh -o</c> takes them, <c>Port=2222</c>; they win over ours.</param>
    public static LocalCommands Over(string destination, IReadOnlyList<string> options, TimeProvider clock)
    {
        if (destination.Length == 0 || destination[0] == '-')
            throw new ArgumentException($"'{destination}' is not a host for ssh.", nameof(destination));
        // ssh keeps the first value that it hears of an option.
        IEnumerable<string> all =
            [.. options, "BatchMode=yes", "ConnectTimeout=5", "ServerAliveInterval=2", "ServerAliveCountMax=3", "ControlMaster=no", "ControlPath=none"];
        return new(["ssh", .. all.SelectMany(option => new[] { "-o", option }), "--", destination], remote: true, clock);
    }

    public async Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel)
    {
        using var process = Start(command, limit);
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            var output = ReadAsync(process.StandardOutput, either.Token);
            var error = ReadAsync(process.StandardError, either.Token);
            var written = WriteAsync(process, input, either.Token);
            await Task.WhenAll(output, error, written);
            await process.WaitForExitAsync(either.Token);
            var answer = new CommandAnswer(process.ExitCode, await output, await error);
            // 255 is ssh's own: the command was not run, or nobody knows.
            return remote && answer.ExitCode == 255
                ? throw new ClusterException(ClusterFault.Unreachable, $"The node {before[^1]} did not answer '{command[0]}' over ssh: {Said(answer.Error)}")
                : answer;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterException(
                ClusterFault.TimedOut,
                $"'{string.Join(' ', command)}' did not end within {limit.TotalSeconds:0.#} s and was killed. Is Pacemaker running on that node?");
        }
        finally
        {
            Kill(process);
        }
    }

    Process Start(IReadOnlyList<string> command, TimeSpan limit)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            FileName = before.Count > 0 ? before[0] : command[0],
        };
        // Over there nobody kills: timeout does, a little after we have given up.
        IEnumerable<string> arguments = remote
            ? [.. before.Skip(1), "timeout", "-k", "1", $"{Math.Ceiling(limit.TotalSeconds) + 1:0}", .. command.Select(Quoted)]
            : before.Concat(command).Skip(1);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start) ?? throw new ClusterException(ClusterFault.NotInstalled, $"'{start.FileName}' did not start.");
        }
        catch (Win32Exception e)
        {
            throw new ClusterException(ClusterFault.NotInstalled, $"'{start.FileName}' cannot be started: {e.Message}. Is it installed on this machine?", e);
        }
    }

    static string Said(string error) => error.Trim() is { Length: > 0 } said ? said : "the connection was lost.";

    /// <summary>The shell over there splits what ssh sends.</summary>
    static string Quoted(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancel)) > 0)
        {
            if (text.Length + count > MostCharacters)
                throw new ClusterException(ClusterFault.Unreadable, $"A command printed more than {MostCharacters} characters.");
            text.Append(buffer, 0, count);
        }
        return text.ToString();
    }

    static async Task WriteAsync(Process process, string? input, CancellationToken cancel)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all: its exit code tells why.
        }
    }

    static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended just now.
        }
    }
}
