using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kedge.Availability.Watch;

/// <summary>
/// Tells of a process's death the moment it happens, by a descriptor of the process (pidfd_open, Linux 5.3): no polling, and a number that is
/// used again is not taken for the same process. One thread sleeps in poll for all of them.
/// </summary>
public sealed partial class ProcessDeaths : IDisposable
{
    /// <summary>The same on every architecture.</summary>
    const int PidfdOpen = 434;

    const int NoSuchProcess = 3;
    const int Interrupted = 4;
    const short Readable = 1;
    const int CloseOnExec = 0x80000;

    readonly Lock gate = new();
    readonly Dictionary<int, TaskCompletionSource> waiting = [];
    readonly int wake;
    readonly Thread thread;
    bool disposed;
    long woken;

    /// <summary>How often the thread woke: a few times for each death, and never in between.</summary>
    public long Woken => Interlocked.Read(ref woken);

    public ProcessDeaths()
    {
        wake = eventfd(0, CloseOnExec);
        if (wake < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
        thread = new Thread(Wait, 128 * 1024) { IsBackground = true, Name = "deaths" };
        thread.Start();
    }

    /// <summary>Returns when the process has died; at once when there is none of that number.</summary>
    /// <exception cref="Win32Exception">The kernel has no such descriptors, or too many are open.</exception>
    public async Task WaitAsync(int pid, CancellationToken cancel)
    {
        var descriptor = syscall(PidfdOpen, pid, 0);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NoSuchProcess)
                return;
            throw new Win32Exception(error, $"pidfd_open of process {pid} failed");
        }
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
            waiting[descriptor] = died;
        try
        {
            Nudge();
            await died.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (gate)
                waiting.Remove(descriptor);
            _ = close(descriptor);
            Nudge();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }
        Nudge();
        thread.Join();
        _ = close(wake);
    }

    /// <summary>Wakes the thread, so that it looks at what is to be waited for now.</summary>
    void Nudge()
    {
        var one = 1L;
        _ = write(wake, ref one, sizeof(long));
    }

    void Wait()
    {
        while (true)
        {
            PollFd[] watched;
            lock (gate)
            {
                if (disposed)
                    return;
                watched = [new() { Descriptor = wake, Events = Readable }, .. waiting.Keys.Select(one => new PollFd { Descriptor = one, Events = Readable })];
            }
            var ready = poll(watched, (nuint)watched.Length, -1);
            if (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "poll failed");
            if (ready <= 0)
                continue;
            Interlocked.Increment(ref woken);
            var drained = 0L;
            if (watched[0].Returned != 0)
                _ = read(wake, ref drained, sizeof(long));
            lock (gate)
            {
                // Dead, or dead and taken by its parent (then a hang-up comes with it), or a descriptor that was closed under us: nothing more comes of it.
                foreach (var one in watched.Skip(1).Where(one => one.Returned != 0))
                {
                    if (waiting.Remove(one.Descriptor, out var died))
                        died.TrySetResult();
                }
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syscall(nint number, int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint start, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll([In, Out] PollFd[] watched, nuint count, int limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, ref long value, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, ref long value, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
