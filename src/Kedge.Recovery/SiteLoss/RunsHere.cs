using Kedge.Plans;

namespace Kedge.Recovery.SiteLoss;

/// <summary>
/// Executes runs in this process beside the one that began them, for <see cref="Failover.RecoveryDesk.SeeTo"/>. Bounded by the run that asks:
/// it has only so many steps under way.
/// </summary>
/// <param name="journal">Where they were begun.</param>
/// <param name="execute">Executes a run to its end or stop.</param>
/// <param name="livesElsewhere">Whether another process that lives, or may live, executes a run.</param>
public sealed class RunsHere(IJournal journal, Func<RunId, CancellationToken, Task> execute, Func<RunSummary, bool> livesElsewhere) : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<RunId, Task> tasks = [];
    readonly CancellationTokenSource stop = new();

    public async Task<bool> SeeToAsync(RunId run, CancellationToken cancel)
    {
        if (await journal.FindAsync(run, cancel) is not { IsEnded: false } summary)
            return false;
        if (summary.Phase is RunPhase.Running && livesElsewhere(summary))
            return true;
        lock (gate)
        {
            // One that failed did not write down why (the journal was away, somebody took it over): it is begun again, unless another has it.
            if (tasks.TryGetValue(run, out var task) && !task.IsFaulted)
                return !task.IsCompleted;
            tasks[run] = execute(run, stop.Token);
        }
        return true;
    }

    /// <summary>What has begun is written down: it is interrupted, and awaited.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        List<Task> left;
        lock (gate)
            left = [.. tasks.Values];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
