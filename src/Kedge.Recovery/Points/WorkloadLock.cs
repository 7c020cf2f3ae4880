namespace Kedge.Recovery.Points;

/// <summary>
/// One writer of a workload's points at a time, across processes: an flock, which the kernel lets go when its holder dies, so that no lock is
/// ever left behind.
/// </summary>
sealed class WorkloadLock : IDisposable
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly FileStream held;

    WorkloadLock(FileStream held) => this.held = held;

    /// <exception cref="RepositoryException">Somebody else held it for half a minute: a write takes milliseconds.</exception>
    public static async Task<WorkloadLock> TakeAsync(string folder, TimeProvider clock, CancellationToken cancel)
    {
        var path = Path.Combine(folder, "lock");
        var start = clock.GetTimestamp();
        while (true)
        {
            if (TryOpen(path) is { } file)
                return new WorkloadLock(file);
            if (clock.GetElapsedTime(start) > LongestWait)
                throw new RepositoryException($"{path} has been held by another kedge for {LongestWait.TotalSeconds} s. Find out what hangs there (fuser {path}) and run this again.");
            await Task.Delay(Pause, clock, cancel);
        }
    }

    public void Dispose() => held.Dispose();

    static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is WouldBlock)
        {
            return null;
        }
    }

    /// <summary>EWOULDBLOCK, the answer of flock to the second one.</summary>
    const int WouldBlock = 11;
}
