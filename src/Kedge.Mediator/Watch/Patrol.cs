using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Plans;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Watch;

/// <summary>
/// Walks around every few seconds and compares what should be with what is: an open run that nobody executes and that has no job gets one; a
/// workload without a schedule gets one, one that is gone or paused loses it. Several mediators may do so at once: everything that a patrol
/// does may be done twice.
/// </summary>
sealed partial class Patrol(
    MediatorRecords records, MediatorSettings settings, IJournal journal, Timetable timetable, RunHand hand, OwnersAlive alive,
    Heartbeat beat, TimeProvider clock, ILogger log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    /// <summary>Reading the newest point of each workload is many small files: less often.</summary>
    static readonly TimeSpan PointsEvery = TimeSpan.FromMinutes(1);

    DateTimeOffset pointsReadAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WalkAsync(stoppingToken);
                beat.Beat();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A host's loop: what fails now is tried again in a few seconds, and /readyz tells.
            catch (Exception e)
#pragma warning restore CA1031
            {
                beat.Miss(e.Message);
                LogFailed(e.GetType().Name, e.Message);
            }
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task WalkAsync(CancellationToken cancel)
    {
        await LimitSitesAsync(cancel);
        var orphans = await ListOrphansAsync(cancel);
        foreach (var run in orphans.Where(run => run.Kind != ProtectRunbook.Kind))
        {
            LogAdopted(run.Run, run.Title, run.Owner);
            await timetable.ScheduleRunAsync(run.Run, cancel);
        }
        if (clock.GetUtcNow() - pointsReadAt >= PointsEvery)
            await ReadPointsAsync(cancel);
        await ScheduleWorkloadsAsync([.. orphans.Where(run => run.Kind == ProtectRunbook.Kind).Select(run => run.Subject)], cancel);
    }

    /// <summary>Runs that somebody began and nobody executes: their owner is dead, or is us and has forgotten.</summary>
    async Task<List<RunSummary>> ListOrphansAsync(CancellationToken cancel)
    {
        var orphans = new List<RunSummary>();
        var withJob = await timetable.ListRunsAsync(cancel);
        var open = 0;
        await foreach (var run in journal.ListAsync(RunFilter.Open, cancel))
        {
            open++;
            if (run.Phase is RunPhase.Stopped || withJob.Contains(run.Run))
                continue;
            if (run.Owner == hand.Owner ? !hand.IsAt(run.Run) : !await alive.IsAliveAsync(run.Owner, cancel))
                orphans.Add(run);
        }
        beat.OpenRuns = open;
        return orphans;
    }

    async Task LimitSitesAsync(CancellationToken cancel)
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in records.Sites.Names())
        {
            if (await records.Sites.FindAsync(name, cancel) is { PointsAtOnce: { } most })
                limits[name] = most;
        }
        await timetable.LimitAsync(limits, settings.PointsAtOnce, cancel);
    }

    /// <param name="interrupted">Workloads whose protection was begun and is executed by nobody: their turn is now.</param>
    async Task ScheduleWorkloadsAsync(HashSet<string> interrupted, CancellationToken cancel)
    {
        var scheduled = await timetable.ListProtectionsAsync(cancel);
        var underWay = await timetable.ListProtectedNowAsync(cancel);
        var names = records.Workloads.Names();
        foreach (var gone in scheduled.Keys.Except(names, StringComparer.Ordinal).Where(name => !underWay.Contains(name)))
            await timetable.ForgetProtectionAsync(gone, cancel);
        foreach (var name in names.Where(name => !underWay.Contains(name)))
        {
            var next = scheduled.GetValueOrDefault(name)?.Next;
            var isInterrupted = interrupted.Contains(name) && next > clock.GetUtcNow() + (2 * Every);
            if (next is not null && !isInterrupted)
                continue;
            if (await ReadAsync(name, cancel) is not { IsPaused: false } workload)
                continue;
            var at = isInterrupted || scheduled.ContainsKey(name) ? clock.GetUtcNow() : await FirstTurnAsync(workload, cancel);
            await timetable.ScheduleProtectionAsync(name, workload.From, at, isInterrupted ? "its protection was interrupted" : "newly scheduled", cancel);
        }
    }

    /// <summary>For those who watch: how old the newest points are.</summary>
    async Task ReadPointsAsync(CancellationToken cancel)
    {
        var repository = await records.OpenRepositoryAsync(cancel);
        var points = new List<PointAge>();
        foreach (var name in records.Workloads.Names())
        {
            if (await ReadAsync(name, cancel) is { } workload)
                points.Add(new PointAge(name, (await repository.FindNewestUsableAsync(name, cancel))?.DataAt, workload.Rpo));
        }
        beat.Points = points;
        pointsReadAt = clock.GetUtcNow();
    }

    /// <summary>One that cannot be read must not keep the others from being protected.</summary>
    async Task<Workload?> ReadAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await records.Workloads.FindAsync(name, cancel);
        }
        catch (RecordException e)
        {
            LogUnreadable(name, e.Message);
            return null;
        }
    }

    /// <summary>Not all at once when a mediator meets a thousand new workloads: the round would do the same, but only after a thousand looks.</summary>
    async Task<DateTimeOffset> FirstTurnAsync(Workload workload, CancellationToken cancel)
    {
        var newest = await (await records.OpenRepositoryAsync(cancel)).FindNewestUsableAsync(workload.Name, cancel);
        return Pace.Next(new PaceQuestion { Workload = workload.Name, Rpo = workload.Rpo, Windows = workload.Windows, NewestDataAt = newest?.DataAt, Now = clock.GetUtcNow() }).At;
    }

    [LoggerMessage(3401, LogLevel.Warning, "Run {Run} ({Title}) of {Owner} is executed by nobody: it gets a job")]
    partial void LogAdopted(RunId run, string title, string owner);

    [LoggerMessage(3402, LogLevel.Warning, "The patrol failed and is tried again: {Kind}: {Message}")]
    partial void LogFailed(string kind, string message);

    [LoggerMessage(3403, LogLevel.Error, "Workload {Workload} is not protected, because it cannot be read: {Message}")]
    partial void LogUnreadable(string workload, string message);
}
