using Kedge.Mediator.Following;
using Kedge.Mediator.Health;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;
using Kedge.Recovery.Points;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Status;
using Kedge.Recovery.Workloads;

namespace Kedge.Mediator.Alarms;

/// <summary>
/// Finds out what is wrong now, from evidence: points, looks at definitions, the journal, what is believed of sites. One mediator of several does
/// it. What cannot be asked at the moment leaves its alarms as they are.
/// </summary>
sealed class AlarmWatch(MediatorRecords records, IJournal journal, HealthWatch health, ReadinessRound readiness, AlarmBook book, Leader leader, TimeProvider clock)
{
    /// <summary>A workload that cannot be captured says so within one look at definitions, which come every minute.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    bool isLeader;

    public async Task TurnAsync(CancellationToken cancel)
    {
        if (!await leader.IsItAsync(cancel))
        {
            isLeader = false;
            return;
        }
        if (!isLeader)
            await book.ReadAsync(cancel);
        isLeader = true;
        var causes = new List<Cause>();
        var notAsked = new HashSet<string>(StringComparer.Ordinal);
        causes.AddRange(health.All.SelectMany(OfSite));
        causes.AddRange(readiness.All.Where(known => known.First is not null).Select(known => new Cause(
            AlarmKind.NotReady, known.Workload, AlarmLevel.Warning, $"{known.Blocks} reasons against a failover; the first: {known.First} kedge ready {known.Workload}")));
        await CollectAsync([AlarmKind.RunStopped, AlarmKind.SiteLoss], OfRunsAsync);
        await CollectAsync([AlarmKind.Lag, AlarmKind.NotCaptured, AlarmKind.ChangeMapLied], OfWorkloadsAsync);
        book.Update(causes, notAsked);

        async Task CollectAsync(AlarmKind[] kinds, Func<CancellationToken, Task<List<Cause>>> ask)
        {
            try
            {
                causes.AddRange(await ask(cancel));
            }
            catch (Exception e) when (e is JournalException or RepositoryException or IOException or UnauthorizedAccessException)
            {
                notAsked.UnionWith(kinds.Select(kind => kind.Code));
            }
        }
    }

    static IEnumerable<Cause> OfSite(SiteHealth site) => site.State switch
    {
        SiteState.Silent => [new(
            AlarmKind.SiteSilent, site.Site, AlarmLevel.Critical,
            $"Site {site.Site} has been silent since {site.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}. If it is lost: kedge site declare-lost {site.Site} --reason …")],
        SiteState.Degraded => [new(
            AlarmKind.SiteDegraded, site.Site, AlarmLevel.Warning, $"Something of site {site.Site} does not answer, or not everybody reaches it: kedge site health {site.Site}.")],
        _ => [],
    };

    async Task<List<Cause>> OfRunsAsync(CancellationToken cancel)
    {
        var causes = new List<Cause>();
        await foreach (var run in journal.ListAsync(RunFilter.Open, cancel))
        {
            if (run.Phase is RunPhase.Stopped)
                causes.Add(new(AlarmKind.RunStopped, run.Run.Value, AlarmLevel.Critical, $"\"{run.Title}\" stopped and waits for a person: kedge run show {run.Run}."));
            if (run.Kind == SiteLossRunbook.Kind)
                causes.Add(new(AlarmKind.SiteLoss, run.Subject, AlarmLevel.Critical, $"Site {run.Subject} was declared lost; its workloads are being recovered: kedge run show {run.Run}."));
        }
        return causes;
    }

    async Task<List<Cause>> OfWorkloadsAsync(CancellationToken cancel)
    {
        var causes = new List<Cause>();
        var repository = await records.FindRepositoryAsync(cancel);
        var copies = await LiveCopy.FindAllAsync(journal, cancel);
        foreach (var name in records.Workloads.Names())
        {
            try
            {
                if (await records.Workloads.FindAsync(name, cancel) is { IsPaused: false } workload && !copies.ContainsKey(name))
                    causes.AddRange(await OfWorkloadAsync(workload, repository, cancel));
            }
            catch (RecordException)
            {
                // The patrol tells of it.
            }
        }
        return causes;
    }

    async Task<List<Cause>> OfWorkloadAsync(Workload workload, PointRepository? repository, CancellationToken cancel)
    {
        var causes = new List<Cause>();
        var newest = repository is null ? null : await repository.FindNewestUsableAsync(workload.Name, cancel);
        // Before its first point a workload is as old as its record.
        var since = newest?.DataAt ?? File.GetLastWriteTimeUtc(records.Workloads.PathOf(workload.Name));
        var lag = (clock.GetUtcNow() - since) / workload.Rpo;
        if (lag >= WorkloadStatus.WarningAt)
        {
            causes.Add(new(
                AlarmKind.Lag, workload.Name, lag >= WorkloadStatus.CriticalAt ? AlarmLevel.Critical : AlarmLevel.Warning,
                FormattableString.Invariant($"{(newest is null ? "There is no usable point" : $"The newest usable point is of {since:yyyy-MM-dd'T'HH:mm:ss'Z'}")}: {lag:0.0} times the RPO of {PlanText.Say(workload.Rpo)}. kedge workload status {workload.Name}")));
        }
        if (newest?.Remarks.FirstOrDefault(PointRemarks.IsOfMapThatLied) is { } lie)
            causes.Add(new(AlarmKind.ChangeMapLied, workload.Name, AlarmLevel.Critical, lie));
        if (repository is not null && await repository.DefinitionsOf(workload.Name).FindLookAsync(cancel) is { Outcome: LookOutcome.Failed } look)
            causes.Add(new(AlarmKind.NotCaptured, workload.Name, AlarmLevel.Critical, $"It cannot be captured, so that no new point can be made: {look.Why}"));
        return causes;
    }
}
