using System.Diagnostics;
using System.Text;
using Kedge.Blocks.Devices;

namespace Kedge.Mover.Devices;

/// <summary>A command of the machine, of which the last words are kept.</summary>
sealed class ChildProcess : IAsyncDisposable
{
    const int WordsKept = 2000;
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);
    readonly Process process;
    readonly StringBuilder words = new();
    readonly Task listening;
    readonly TimeProvider time;

    ChildProcess(Process process, TimeProvider time)
    {
        this.process = process;
        this.time = time;
        listening = ListenAsync();
    }

    public Stream Output => process.StandardOutput.BaseStream;

    public bool HasEnded => process.HasExited;

    public string Words
    {
        get
        {
            lock (words) return words.ToString().Trim();
        }
    }

    /// <exception cref="DeviceException">The command is not there.</exception>
    public static ChildProcess Start(string command, IEnumerable<string> arguments, TimeProvider time)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var process = Process.Start(start) ?? throw new DeviceException(DeviceFault.Refused, $"{command} did not start.");
            process.StandardInput.Close();
            return new ChildProcess(process, time);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new DeviceException(DeviceFault.Refused, $"{command} cannot be started: {e.Message}. In Debian: apt-get install qemu-utils qemu-block-extra ceph-common", e);
        }
    }

    /// <summary>Waits for its end and answers its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken cancel)
    {
        await process.WaitForExitAsync(cancel);
        await listening;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // It ends by itself once its last client has gone; one that does not is stuck.
            using var limit = new CancellationTokenSource(EndsWithin, time);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        await listening;
        process.Dispose();
    }

    public void Kill()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
    }

    async Task ListenAsync()
    {
        // By pieces and not by lines, of which one may never end.
        var piece = new char[500];
        while (await process.StandardError.ReadAsync(piece) is > 0 and var length)
        {
            lock (words)
            {
                words.Append(piece, 0, length).Replace('\n', ' ');
                if (words.Length > WordsKept) words.Remove(0, words.Length - WordsKept);
            }
        }
    }
}
