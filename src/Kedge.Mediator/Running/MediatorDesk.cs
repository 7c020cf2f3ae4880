using System.Collections.Concurrent;
using Kedge.Mediator.Schedules;
using Kedge.Plans;
using Kedge.Recovery.Failover;

namespace Kedge.Mediator.Running;

/// <summary>The desk of a mediator: its records, and runs that are executed by whichever mediator is free.</summary>
/// <param name="timetable">Known only when everything is wired.</param>
/// <param name="owner">Who begins runs.</param>
sealed class MediatorDesk(
    MediatorRecords records, IJournal journal, SiteConnections sites, OwnersAlive alive, Func<Timetable> timetable, string owner, TimeProvider clock)
{
    public string Owner => owner;
    public TimeProvider Clock => clock;

    /// <summary>Runs that had stopped and were given to somebody once more.</summary>
    readonly ConcurrentDictionary<RunId, bool> triedAgain = new();

    /// <exception cref="Recovery.Points.RepositoryException">The repository cannot be read.</exception>
    public async Task<RecoveryDesk> OpenAsync(CancellationToken cancel) => new()
    {
        Journal = journal,
        Repository = await records.FindRepositoryAsync(cancel),
        Workloads = records.Workloads.ListAsync,
        FindWorkload = records.Workloads.FindAsync,
        FindMapping = records.Mappings.FindAsync,
        GetSite = sites.GetAsync,
        SeeTo = SeeToAsync,
        Clock = clock,
        Owner = owner,
    };

    async Task<bool> SeeToAsync(RunId run, CancellationToken cancel)
    {
        if (await journal.FindAsync(run, cancel) is not { IsEnded: false } now)
        {
            triedAgain.TryRemove(run, out _);
            return false;
        }
        if (await timetable().HasRunAsync(run, cancel))
            return true;
        if (now.Phase is RunPhase.Stopped)
        {
            // Its job is gone and it has still stopped: then it was tried again.
            if (!triedAgain.TryAdd(run, true))
                return false;
        }
        else if (now.Owner != owner && await alive.IsAliveAsync(now.Owner, cancel))
        {
            return true;
        }
        await timetable().ScheduleRunAsync(run, cancel);
        return true;
    }
}
