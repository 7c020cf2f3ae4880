using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>
/// What an earlier failover of a workload brought up and nobody has cleaned up: a second failover would make a second copy of every server,
/// with the same addresses, beside it.
/// </summary>
public static class LiveCopy
{
    /// <summary>The newest ended failover whose servers may still be there; null: there is none.</summary>
    public static async Task<RunSummary?> FindAsync(IJournal journal, Workload workload, CancellationToken cancel)
    {
        var cleaned = new HashSet<string>(StringComparer.Ordinal);
        // Newest first: a cleanup is seen before the run that it cleaned up after.
        await foreach (var run in journal.ListAsync(new RunFilter { Subject = workload.Name, IsOpen = false }, cancel))
        {
            if (run is { Kind: CleanupRunbook.Kind, Phase: RunPhase.Finished })
                cleaned.Add(CleanupFacts.Of((await journal.GetStateAsync(run.Run, cancel)).Plan).Run);
            else if (run.Kind == FailoverRunbook.Kind && !cleaned.Contains(run.Run.Value))
                return run;
        }
        return null;
    }

    /// <summary>The same for all workloads at once, by their names.</summary>
    public static async Task<IReadOnlyDictionary<string, RunSummary>> FindAllAsync(IJournal journal, CancellationToken cancel)
    {
        var cleaned = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = CleanupRunbook.Kind, IsOpen = false }, cancel))
        {
            if (run.Phase is RunPhase.Finished)
                cleaned.Add(CleanupFacts.Of((await journal.GetStateAsync(run.Run, cancel)).Plan).Run);
        }
        var copies = new Dictionary<string, RunSummary>(StringComparer.Ordinal);
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = FailoverRunbook.Kind, IsOpen = false }, cancel))
        {
            if (!cleaned.Contains(run.Run.Value))
                copies.TryAdd(run.Subject, run);
        }
        return copies;
    }
}
