using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>
/// Watches all that runs on this node until cancelled. Everything it knows it reads again from Pacemaker, so that it may be killed, started
/// late, or outlive a restart of Pacemaker; while Pacemaker does not answer, nothing is watched.
/// </summary>
public sealed class NodeWatch(IClusterCommands commands, string node, WatchSettings settings, TimeProvider clock, Action<WatchNote> note) : IDisposable
{
    static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);
    const int MostReportsAtOnce = 4;

    readonly ProcessDeaths deaths = new();
    readonly HttpProbe probe = new(clock);
    readonly FailureReport reports = new(commands, node, clock);
    readonly SemaphoreSlim atOnce = new(MostReportsAtOnce);
    readonly SemaphoreSlim wake = new(0, 1);
    readonly Dictionary<Watched, (Task Task, CancellationTokenSource Stop)> watches = [];
    readonly List<(Task Task, CancellationTokenSource Stop)> leaving = [];
    long lastSuspicion = long.MinValue;

    /// <summary>How many resources are watched now.</summary>
    public int Count { get; private set; }

    /// <summary>False while Pacemaker's tools do not answer here.</summary>
    public bool PacemakerAnswers { get; private set; }

    /// <summary>Something changed: read the CIB now, not at the next turn.</summary>
    public void LookNow()
    {
        lock (wake)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await AdoptAsync(await ReadAsync(cancel), cancel);
                await wake.WaitAsync(IsSoon ? settings.RescanSoon : settings.Rescan, cancel);
            }
        }
        finally
        {
            await AdoptAsync([], CancellationToken.None);
            await Task.WhenAll(leaving.Select(one => one.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        deaths.Dispose();
        probe.Dispose();
        atOnce.Dispose();
        wake.Dispose();
    }

    bool IsSoon => Interlocked.Read(ref lastSuspicion) is var last and > long.MinValue && clock.GetElapsedTime(last) < WatchSettings.SoonLasts;

    async Task<IReadOnlyList<Watched>> ReadAsync(CancellationToken cancel)
    {
        try
        {
            var answer = await commands.RunAsync(["cibadmin", "--query", "--local"], null, ReadLimit, cancel);
            PacemakerAnswers = answer.ExitCode == 0;
            return PacemakerAnswers ? WatchList.Of(Cib.Parse(answer.Output), node) : [];
        }
        catch (ClusterException)
        {
            PacemakerAnswers = false;
            return [];
        }
    }

    async Task AdoptAsync(IReadOnlyList<Watched> wanted, CancellationToken cancel)
    {
        // One that failed (no descriptors left, say) is begun anew.
        foreach (var (gone, watch) in watches.Where(one => !wanted.Contains(one.Key) || one.Value.Task.IsCompleted).ToArray())
        {
            watches.Remove(gone);
            await watch.Stop.CancelAsync();
            leaving.Add(watch);
        }
        // Not awaited here: it may be carrying a report, and the others must not wait for that.
        foreach (var left in leaving.Where(one => one.Task.IsCompleted).ToArray())
        {
            leaving.Remove(left);
            left.Stop.Dispose();
        }
        foreach (var one in wanted.Where(one => !watches.ContainsKey(one)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var watch = new ResourceWatch(one, settings, commands, deaths, probe, clock);
            watches[one] = (watch.RunAsync(suspicion => ReportAsync(one, suspicion, cancel), stop.Token), stop);
        }
        Count = watches.Count;
    }

    /// <summary>Not cancelled with the watch of the resource: once begun, a report is carried to its end.</summary>
    async Task<Verdict> ReportAsync(Watched watched, Suspicion suspicion, CancellationToken cancel)
    {
        Interlocked.Exchange(ref lastSuspicion, clock.GetTimestamp());
        await atOnce.WaitAsync(cancel);
        try
        {
            var outcome = await reports.SendAsync(watched, suspicion, cancel);
            note(outcome);
            return outcome.Verdict;
        }
        finally
        {
            atOnce.Release();
            LookNow();
        }
    }
}
