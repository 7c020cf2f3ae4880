using Kedge.Mediator.Protecting;
using Kedge.Mediator.Running;
using Kedge.Mediator.Schedules;
using Kedge.Mediator.Settings;
using Kedge.Plans;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Watch;

/// <summary>
/// Walks around every few seconds and compares what should be with what is: an open run that nobody executes and that has no job gets one; a
/// workload without a schedule gets one, one that is gone or paused loses it. Several mediators may do so at once: everything that a patrol
/// does may be done twice. What is wrong with one record keeps nothing else from being looked after.
/// </summary>
sealed partial class Patrol(
    MediatorRecords records, MediatorSettings settings, IJournal journal, Timetable timetable, RunHand hand, OwnersAlive alive,
    Heartbeat beat, TimeProvider clock, ILogger log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    /// <summary>Reading the newest point of each workload is many small files: less often.</summary>
    static readonly TimeSpan PointsEvery = TimeSpan.FromMinutes(1);

    /// <summary>After a job that failed in a way that nobody foresaw.</summary>
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    readonly Orphans orphans = new(clock);
    readonly HashSet<string> unreadable = new(StringComparer.Ordinal);
    DateTimeOffset pointsReadAt;

    public async Task WalkAsync(CancellationToken cancel)
    {
        await LimitSitesAsync(cancel);
        var left = await ListLeftAsync(cancel);
        await AdoptAsync([.. left.Where(run => run.Kind != ProtectRunbook.Kind)], cancel);
        if (clock.GetUtcNow() - pointsReadAt >= PointsEvery)
            await ReadPointsAsync(cancel);
        // One of our own was left by its round, which has said when it comes again.
        await ScheduleWorkloadsAsync([.. left.Where(run => run.Kind == ProtectRunbook.Kind && run.Owner != hand.Owner).Select(run => run.Subject)], cancel);
    }

    /// <summary>Runs that somebody began and nobody executes: their owner is dead, or is us and has forgotten.</summary>
    async Task<List<RunSummary>> ListLeftAsync(CancellationToken cancel)
    {
        var left = new List<RunSummary>();
        var withJob = await timetable.ListRunsAsync(cancel);
        var open = 0;
        await foreach (var run in journal.ListAsync(RunFilter.Open, cancel))
        {
            open++;
            if (run.Phase is RunPhase.Stopped || withJob.Contains(run.Run))
                continue;
            if (run.Owner == hand.Owner ? !hand.IsAt(run.Run) : !await alive.IsAliveAsync(run.Owner, cancel))
                left.Add(run);
        }
        beat.OpenRuns = open;
        return left;
    }

    async Task AdoptAsync(List<RunSummary> left, CancellationToken cancel)
    {
        foreach (var run in orphans.Due(left))
        {
            if (!RunHand.CanExecute((await journal.GetStateAsync(run.Run, cancel)).Plan))
            {
                orphans.Leave(run.Run);
                LogLeft(run.Run, run.Title);
                continue;
            }
            LogAdopted(run.Run, run.Title, run.Owner);
            orphans.Adopt(run.Run);
            await timetable.ScheduleRunAsync(run.Run, cancel);
        }
    }

    async Task LimitSitesAsync(CancellationToken cancel)
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in records.Sites.Names())
        {
            if (await TryAsync($"site {name}", () => records.Sites.FindAsync(name, cancel)) is { PointsAtOnce: { } most })
                limits[name] = most;
        }
        await timetable.LimitAsync(limits, settings.PointsAtOnce, cancel);
    }

    /// <param name="interrupted">Workloads whose protection was begun and is executed by nobody: their turn is now.</param>
    async Task ScheduleWorkloadsAsync(HashSet<string> interrupted, CancellationToken cancel)
    {
        var scheduled = await timetable.ListProtectionsAsync(cancel);
        var underWay = await timetable.ListProtectedNowAsync(cancel);
        beat.Scheduled = scheduled.Count;
        beat.Waiting = scheduled.Values.Count(each => each.Next <= clock.GetUtcNow());
        var names = records.Workloads.Names();
        foreach (var gone in scheduled.Keys.Except(names, StringComparer.Ordinal).Where(name => !underWay.Contains(name)))
            await timetable.ForgetProtectionAsync(gone, cancel);
        foreach (var name in names.Where(name => !underWay.Contains(name)))
        {
            var now = clock.GetUtcNow();
            var next = scheduled.GetValueOrDefault(name)?.Next;
            var isInterrupted = interrupted.Contains(name) && next > now + (2 * Every);
            if (next is not null && !isInterrupted)
                continue;
            if (await TryAsync($"workload {name}", () => records.Workloads.FindAsync(name, cancel)) is not { IsPaused: false } workload)
                continue;
            var turn = (isInterrupted, scheduled.ContainsKey(name)) switch
            {
                (true, _) => new NextTurn(workload.From, now, "its protection was interrupted"),
                (_, true) => new NextTurn(workload.From, now + AfterFailure, "its last turn did not say when the next one is"),
                _ => await FirstTurnAsync(workload, cancel),
            };
            await timetable.ScheduleProtectionAsync(name, turn, cancel);
        }
    }

    /// <summary>For those who watch: how old the newest points are.</summary>
    async Task ReadPointsAsync(CancellationToken cancel)
    {
        var points = new List<PointAge>();
        foreach (var name in records.Workloads.Names())
        {
            if (await TryAsync($"workload {name}", () => records.Workloads.FindAsync(name, cancel)) is { } workload)
                points.Add(new PointAge(name, (await NewestPointAsync(name, cancel))?.DataAt, workload.Rpo));
        }
        beat.Points = points;
        pointsReadAt = clock.GetUtcNow();
    }

    /// <summary>Not all at once when a mediator meets a thousand new workloads: the round would do the same, but only after a thousand looks.</summary>
    async Task<NextTurn> FirstTurnAsync(Workload workload, CancellationToken cancel)
    {
        var newest = await NewestPointAsync(workload.Name, cancel);
        var next = Pace.Next(new PaceQuestion { Workload = workload.Name, Rpo = workload.Rpo, Windows = workload.Windows, NewestDataAt = newest?.DataAt, Now = clock.GetUtcNow() });
        return new NextTurn(workload.From, next.At, "newly scheduled");
    }

    /// <summary>Null also where the repository does not answer: the round that comes of it meets the same, and says so.</summary>
    Task<RecoveryPoint?> NewestPointAsync(string name, CancellationToken cancel) => TryAsync(
        $"points of {name}",
        async () => await records.FindRepositoryAsync(cancel) is { } repository ? await repository.FindNewestUsableAsync(name, cancel) : null);

    /// <summary>Null: it cannot be read, which is said once until it can.</summary>
    async Task<T?> TryAsync<T>(string what, Func<Task<T?>> read)
        where T : class
    {
        try
        {
            var found = await read();
            unreadable.Remove(what);
            return found;
        }
        catch (Exception e) when (e is RecordException or RepositoryException or IOException or UnauthorizedAccessException)
        {
            if (unreadable.Add(what))
                LogUnreadable(what, e.Message);
            return null;
        }
    }

    [LoggerMessage(3401, LogLevel.Warning, "Run {Run} ({Title}) of {Owner} is executed by nobody: it gets a job")]
    partial void LogAdopted(RunId run, string title, string owner);

    [LoggerMessage(3403, LogLevel.Error, "It is not looked after, because it cannot be read: {What}: {Message}")]
    partial void LogUnreadable(string what, string message);

    [LoggerMessage(3404, LogLevel.Warning, "Run {Run} ({Title}) is executed by nobody, and no mediator can: it waits for whoever began it (kedge run resume)")]
    partial void LogLeft(RunId run, string title);
}
