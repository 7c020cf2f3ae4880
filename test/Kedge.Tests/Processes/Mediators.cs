using System.Collections.Concurrent;
using System.Diagnostics;

namespace Kedge.Tests.Processes;

/// <summary>Some <c>kedge serve</c> over one database, each a process that may be killed, paused and started anew.</summary>
sealed class Mediators(Desk desk, int count) : IAsyncDisposable
{
    readonly Process?[] running = new Process?[count];
    readonly bool[] paused = new bool[count];
    readonly ConcurrentQueue<string> lines = new();

    /// <summary>Only so that a mistake ends.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public int Count => count;

    /// <summary>Which of them has a run, by what the journal says of its owner; null: none that is at work.</summary>
    public int? Find(string owner)
    {
        var found = Array.FindIndex(running, process => process is not null && owner.Split('/') is [_, var id, ..] && id == $"{process.Id}");
        return found >= 0 && !paused[found] ? found : null;
    }

    /// <summary>What all of them logged, those that are dead too.</summary>
    public IReadOnlyCollection<string> Log => lines;

    /// <summary>How often one was refused because another had taken its run over.</summary>
    public int Refusals => lines.Count(line => line.Contains("Kedge.Runs[3103]", StringComparison.Ordinal));

    /// <returns>Its address.</returns>
    public async Task<Uri> StartAsync(int which)
    {
        var process = desk.Start("serve --listen http://127.0.0.1:0");
        process.ErrorDataReceived += (_, said) => lines.Enqueue($"{which}: {said.Data}");
        process.BeginErrorReadLine();
        running[which] = process;
        var address = await WithinAsync(process.StandardOutput.ReadLineAsync(), $"Mediator {which} does not say its address.");
        return address is not null ? new Uri(address) : throw new InvalidOperationException($"Mediator {which} did not start:\n{string.Join('\n', lines)}");
    }

    public Task StartAllAsync() => Task.WhenAll(Enumerable.Range(0, count).Select(StartAsync));

    public async Task KillAsync(int which)
    {
        running[which]!.Kill();
        await ExitAsync(which);
        running[which]!.Dispose();
        running[which] = null;
        paused[which] = false;
    }

    public async Task PauseAsync(int which)
    {
        await SignalAsync(which, "STOP");
        paused[which] = true;
    }

    public async Task ResumeAsync(int which)
    {
        await SignalAsync(which, "CONT");
        paused[which] = false;
    }

    /// <summary>As systemd stops it.</summary>
    public async Task<int> StopAsync(int which)
    {
        await SignalAsync(which, "TERM");
        await ExitAsync(which);
        var code = running[which]!.ExitCode;
        running[which]!.Dispose();
        running[which] = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < count; i++)
        {
            if (running[i] is not null)
                await KillAsync(i);
        }
    }

    async Task ExitAsync(int which)
    {
        var exit = running[which]!.WaitForExitAsync();
        await WithinAsync(Task.Run(async () =>
        {
            await exit;
            return true;
        }), $"Mediator {which} does not end.");
    }

    async Task<T> WithinAsync<T>(Task<T> task, string otherwise)
    {
        try
        {
            return await task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{otherwise} ({Patience}) The last that was logged:\n{string.Join('\n', lines.TakeLast(40))}");
        }
    }

    async Task SignalAsync(int which, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{running[which]!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
