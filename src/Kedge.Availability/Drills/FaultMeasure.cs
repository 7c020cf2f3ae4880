using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Drills;

/// <summary>
/// Orders a fault and looks, from a node that it does not hit, at what the cluster makes of it: when it is seen, fenced, recovered. One look
/// at the cluster costs some 25 ms, so that is how exact the figures are; what a client sees is asked in a loop of its own.
/// </summary>
/// <param name="observer">The cluster through a node that stays.</param>
/// <param name="answers">Asks as a client would (through the virtual IP), in less than a second; null: only the cluster is asked.</param>
public sealed class FaultMeasure(Cluster observer, Func<CancellationToken, Task<bool>>? answers, TimeProvider clock)
{
    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when all is recovered, or at the limit.</summary>
    /// <param name="target">A service (of <paramref name="node"/>), or null: the node itself.</param>
    /// <param name="order">Does the fault. Need not return before the cluster has recovered: a node that is gone does not answer.</param>
    public async Task<DrillResult> MeasureAsync(Fault fault, string? target, string node, Func<CancellationToken, Task> order, TimeSpan limit, CancellationToken cancel)
    {
        var before = await LookAsync(cancel);
        var at = clock.GetUtcNow();
        var begun = clock.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var client = AskAsync(begun, limit, end.Token);
        var ordered = order(end.Token);
        var seen = new Times();
        var failedOrder = (string?)null;
        while (clock.GetElapsedTime(begun) < limit && !IsOver(seen, fault, client))
        {
            var now = await TryLookAsync(cancel);
            if (now is not null)
                seen.Take(before, now, fault, target, node, clock.GetElapsedTime(begun).TotalSeconds);
            failedOrder ??= ordered.IsFaulted ? ordered.Exception!.InnerException!.Message : null;
            // The order of a service's fault is answered: when it failed, nothing will come.
            if (failedOrder is not null && target is not null)
                break;
            await Task.Delay(LookAgain, clock, cancel);
        }
        await end.CancelAsync();
        await ordered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (silentFrom, answering) = await client;
        var recovered = seen.Recovered is null || (answers is not null && silentFrom is not null && answering is null) ? null : Later(seen.Recovered, answering);
        return new(
            at, fault, target ?? node, node, Rounded(seen.Seen), Rounded(seen.Fenced), Rounded(recovered), Rounded(answering - silentFrom), failedOrder ?? Remark(seen, fault));
    }

    bool IsOver(Times seen, Fault fault, Task<(double? SilentFrom, double? Answering)> client) =>
        seen.Recovered is not null && (seen.Fenced is not null || fault is Fault.ServiceKilled or Fault.ServiceHung) && (answers is null || client.IsCompleted);

    static string? Remark(Times seen, Fault fault) => seen switch
    {
        { Seen: null } => "Pacemaker did not notice",
        { Fenced: null } when fault is not (Fault.ServiceKilled or Fault.ServiceHung) => "not fenced within the limit",
        _ => null,
    };

    static double? Later(double? one, double? other) => other is null ? one : Math.Max(one ?? 0, other.Value);

    static double? Rounded(double? seconds) => seconds is { } some ? Math.Round(some, 3) : null;

    /// <summary>Ends at the first answer after a missing one; at the end of the drill otherwise.</summary>
    async Task<(double? SilentFrom, double? Answering)> AskAsync(long begun, TimeSpan limit, CancellationToken cancel)
    {
        double? silentFrom = null;
        try
        {
            while (answers is not null && clock.GetElapsedTime(begun) < limit)
            {
                var asked = clock.GetElapsedTime(begun).TotalSeconds;
                var good = await answers(cancel);
                if (good && silentFrom is not null)
                    return (silentFrom, clock.GetElapsedTime(begun).TotalSeconds);
                silentFrom ??= good ? null : asked;
                await Task.Delay(LookAgain, clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The drill is over.
        }
        return (silentFrom, null);
    }

    async Task<Look> LookAsync(CancellationToken cancel) => new(await observer.ReadStatusAsync(cancel), await observer.ReadLocalCibAsync(cancel));

    async Task<Look?> TryLookAsync(CancellationToken cancel)
    {
        try
        {
            return await LookAsync(cancel);
        }
        catch (ClusterException)
        {
            // In the middle of a change of membership the tools may be refused for a moment.
            return null;
        }
    }

    sealed record Look(ClusterStatus Status, Cib Cib)
    {
        public int Fencings(string node) => Status.Fencing.Count(one => one.Target == node && one.Outcome == "success");

        /// <summary>Number of the last start of a service on a node; null: it does not run there.</summary>
        public int? Started(string resource, string node) => Cib.Histories
            .FirstOrDefault(one => one.Node == node && one.Resource == resource && one.Runs)?.Operations
            .Where(one => one.Name is "start" or "promote" or "monitor" && !one.IsRecurring && !one.IsFailure).Max(one => (int?)one.Call);

        public IEnumerable<string> Nodes => Status.Nodes.Select(one => one.Name);
    }

    /// <summary>What has happened so far; each time is taken once.</summary>
    sealed class Times
    {
        public double? Seen { get; private set; }

        public double? Fenced { get; private set; }

        public double? Recovered { get; private set; }

        public void Take(Look before, Look now, Fault fault, string? target, string node, double seconds)
        {
            if (target is not null)
            {
                if (RunsAgain(before, now, target, node))
                {
                    Seen ??= seconds;
                    Recovered ??= seconds;
                }
                if (now.Started(target, node) is null)
                    Seen ??= seconds;
                return;
            }
            var there = now.Status.Nodes.FirstOrDefault(one => one.Name == node);
            if (there is null or { Online: false } or { Unclean: true })
                Seen ??= seconds;
            if (now.Fencings(node) > before.Fencings(node))
            {
                Seen ??= seconds;
                Fenced ??= seconds;
            }
            // Before the fencing nothing may run elsewhere; what runs there before it is not recovered.
            if (Fenced is not null && Homeless(before, node).All(service => now.Nodes.Any(other => now.Started(service, other) is { } call && call != before.Started(service, other))))
                Recovered ??= seconds;
        }

        static bool RunsAgain(Look before, Look now, string service, string node) =>
            now.Nodes.Any(other => now.Started(service, other) is { } call && (other == node ? call > (before.Started(service, node) ?? -1) : before.Started(service, other) is null));

        /// <summary>Services that ran on the node and nowhere else.</summary>
        static IReadOnlyList<string> Homeless(Look before, string node) => Fencing.NodeLoss.OnlyThere(before.Status, node);
    }
}
