using System.Collections.Concurrent;
using Kedge.Mediator.Running;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;

namespace Kedge.Mediator.Following;

/// <summary>What readiness said of a workload last.</summary>
/// <param name="Blocks">Reasons against a failover.</param>
/// <param name="First">The first of them, for a person; null: none.</param>
sealed record KnownReadiness(string Workload, DateTimeOffset AskedAt, int Blocks, string? First);

/// <summary>Asks each target from time to time whether a failover to it would work, workload after workload. One mediator of several does it.</summary>
sealed class ReadinessRound(MediatorRecords records, IJournal journal, MediatorDesk desk, Leader leader, TimeProvider clock)
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Of one target, with all its workloads.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(30);

    readonly ConcurrentDictionary<string, KnownReadiness> known = new(StringComparer.Ordinal);

    public IReadOnlyCollection<KnownReadiness> All => [.. known.Values];

    public async Task TurnAsync(string target, CancellationToken cancel)
    {
        if (!await leader.IsItAsync(cancel))
        {
            known.Clear();
            return;
        }
        var open = await desk.OpenAsync(cancel);
        var copies = await LiveCopy.FindAllAsync(journal, cancel);
        var names = records.Workloads.Names();
        foreach (var gone in known.Keys.Except(names, StringComparer.Ordinal))
            known.TryRemove(gone, out _);
        foreach (var workload in (await open.Workloads(cancel)).Records.Where(workload => workload.To == target))
        {
            if (copies.ContainsKey(workload.Name))
                known.TryRemove(workload.Name, out _);
            else if (await AskAsync(open, workload, cancel) is { } readiness)
                known[workload.Name] = readiness;
        }
    }

    /// <summary>Null: it cannot be asked now.</summary>
    async Task<KnownReadiness?> AskAsync(RecoveryDesk open, Recovery.Workloads.Workload workload, CancellationToken cancel)
    {
        try
        {
            var prepared = await PreparedFailover.OfNewestAsync(open, workload, cancel);
            var report = await ReadinessCheck.RunAsync(prepared.Question(await open.GetSite(workload.To, cancel)), clock, cancel);
            var blocks = report.Reasons.Where(reason => reason.Severity is Severity.Blocks).ToList();
            return new KnownReadiness(workload.Name, clock.GetUtcNow(), blocks.Count, blocks is [var first, ..] ? $"{first.Resource}: {first.What}" : null);
        }
        catch (Exception e) when (e is RepositoryException or RecordException)
        {
            return null;
        }
    }
}
