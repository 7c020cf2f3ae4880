using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kedge.Mover.Tests;

/// <summary>A mover in a process of its own, to be killed and paused.</summary>
sealed partial class MoverProcess : IAsyncDisposable
{
    const int Kill = 9;
    const int Term = 15;
    const int Continue = 18;
    const int Stop = 19;
    readonly Process process;
    readonly ConcurrentQueue<string> lines = new();

    MoverProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IEnumerable<string> Lines => lines;

    public static MoverProcess Start(string settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["mover", settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new MoverProcess(Process.Start(start)!);
    }

    public async Task KillAsync()
    {
        Assert.Equal(0, Signal(process.Id, Kill));
        await process.WaitForExitAsync(Yard.Cancel);
    }

    public void Pause() => Assert.Equal(0, Signal(process.Id, Stop));

    public void Resume() => Assert.Equal(0, Signal(process.Id, Continue));

    public async Task<string> LineAsync(string part)
    {
        while (true)
        {
            if (lines.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } found) return found;
            if (process.HasExited) throw new Xunit.Sdk.XunitException($"The mover ended without saying '{part}':\n{string.Join("\n", lines)}");
            await Task.Delay(20, Yard.Cancel);
        }
    }

    /// <summary>Asks it to end, and answers its exit code.</summary>
    public async Task<int> EndAsync()
    {
        Assert.Equal(0, Signal(process.Id, Term));
        await process.WaitForExitAsync(Yard.Cancel);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            _ = Signal(process.Id, Kill);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
