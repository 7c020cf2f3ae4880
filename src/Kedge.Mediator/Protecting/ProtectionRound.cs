using System.Collections.Concurrent;
using Kedge.Mediator.Metrics;
using Kedge.Mediator.Running;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Protecting;

/// <summary>
/// One turn of a workload's protection, as often as it is fired and by whichever mediator: looks what there is, goes on with a run that is
/// open, takes a point if it is time, and answers when the next turn is. Knows nothing of Quartz.
/// </summary>
sealed partial class ProtectionRound(
    MediatorRecords records, IJournal journal, SiteConnections sites, RunHand hand, OwnersAlive alive, TimeProvider clock, MediatorMeter meter, ILogger log)
{
    /// <summary>Somebody else is at it, or it waits for a person: looked at again after so long.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>A run of a protection that was taken over so often and has stopped is given up.</summary>
    const int MostTries = 5;

    /// <summary>A fire this much early is not worth another one.</summary>
    static readonly TimeSpan Early = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, int> failures = new(StringComparer.Ordinal);

    /// <summary>Null: there is no such workload, or nobody wants points of it; it needs no further turn.</summary>
    /// <exception cref="RepositoryException">The repository does not answer, so that nothing can be said of the next turn.</exception>
    /// <exception cref="RecordException">The workload cannot be read.</exception>
    public async Task<NextTurn?> GoAsync(string name, CancellationToken cancel)
    {
        if (await records.Workloads.FindAsync(name, cancel) is not { IsPaused: false } workload)
            return null;
        try
        {
            var next = await TakeAsync(workload, cancel);
            failures.TryRemove(name, out _);
            return new NextTurn(workload.From, next.At, next.Remark);
        }
        catch (Exception e) when (e is CaptureException or ProtectionException or OpenStackException or RepositoryException or RecordException or JournalException or RunConflictException or StoppedException)
        {
            var inARow = failures.AddOrUpdate(name, 1, (_, before) => before + 1);
            meter.ProtectionFailed(workload.From);
            LogFailed(name, inARow, e.Message);
            return new NextTurn(workload.From, Pace.Retry(await AskAsync(workload, null, cancel), inARow), $"failed {inARow} times in a row: {e.Message}");
        }
    }

    async Task<NextPoint> TakeAsync(Workload workload, CancellationToken cancel)
    {
        if (await LiveCopy.FindAsync(journal, workload, cancel) is { } copy)
            return new NextPoint(clock.GetUtcNow() + (10 * LookAgain), $"run {copy.Run} brought it up at {workload.To}: its source is not what is to be protected");
        var repository = await records.OpenRepositoryAsync(cancel);
        await foreach (var open in journal.ListAsync(RunFilter.Open with { ExclusiveKey = ProtectRunbook.ExclusiveKey(workload) }, cancel))
        {
            if (open.Phase is not RunPhase.Stopped && open.Owner != hand.Owner && await alive.IsAliveAsync(open.Owner, cancel))
                return new NextPoint(clock.GetUtcNow() + LookAgain, $"{open.Owner} is taking one");
            await GoOnAsync(open.Run, cancel);
            return Pace.Next(await AskAsync(workload, repository, cancel));
        }
        // Made up already, fired twice, or the policy changed: the points say when, and not the trigger.
        var due = Pace.Next(await AskAsync(workload, repository, cancel));
        if (due.At > clock.GetUtcNow() + Early && await repository.FindNewestUsableAsync(workload.Name, cancel) is not null)
            return due;
        await GoOnAsync(await BeginAsync(workload, repository, cancel), cancel);
        return Pace.Next(await AskAsync(workload, repository, cancel));
    }

    async Task<RunId> BeginAsync(Workload workload, PointRepository repository, CancellationToken cancel)
    {
        var (from, to) = (await sites.GetAsync(workload.From, cancel), await sites.GetAsync(workload.To, cancel));
        var captured = await new BlueprintCapture(clock).CaptureAsync(workload, from, progress: null, cancel);
        var plan = await ProtectRunbook.PrepareAsync(workload, captured.Blueprint, captured.StartedAt, from, to, repository, cancel);
        var run = RunId.Create(clock);
        await journal.BeginAsync(run, plan, ProtectRunbook.ExclusiveKey(workload), hand.Owner, cancel);
        return run;
    }

    /// <summary>
    /// A run that stopped again and again would keep the workload from every later point: it is given up, what it made is removed, and the next
    /// turn begins anew.
    /// </summary>
    /// <exception cref="StoppedException">It stopped.</exception>
    async Task GoOnAsync(RunId run, CancellationToken cancel)
    {
        if (await hand.ExecuteAsync(run, cancel) is RunEnd.Superseded)
            return;
        if (await journal.FindAsync(run, cancel) is not { Phase: RunPhase.Stopped } stopped)
            return;
        var state = await journal.GetStateAsync(run, cancel);
        if (stopped.Epoch >= MostTries)
            await GiveUpAsync(state, cancel);
        throw new StoppedException($"Run {run} stopped: {state.Reason}");
    }

    async Task GiveUpAsync(RunState stopped, CancellationToken cancel)
    {
        LogGivenUp(stopped.Run, stopped.Plan.Title, stopped.Reason ?? "");
        var epoch = await journal.TakeOverAsync(stopped.Run, hand.Owner, cancel);
        await journal.AppendAsync(stopped.Run, epoch, new RunAbandoned(hand.Owner, $"It stopped {MostTries} times: {stopped.Reason}"), cancel);
        var cleanup = RunId.Create(clock);
        await journal.BeginAsync(cleanup, CleanupRunbook.Write(await journal.GetStateAsync(stopped.Run, cancel)), stopped.ExclusiveKey, hand.Owner, cancel);
        await hand.ExecuteAsync(cleanup, cancel);
    }

    /// <summary>What the next start follows from: the points there are, and how long the last ones took.</summary>
    async Task<PaceQuestion> AskAsync(Workload workload, PointRepository? repository, CancellationToken cancel)
    {
        repository ??= await records.OpenRepositoryAsync(cancel);
        var newest = await repository.FindNewestUsableAsync(workload.Name, cancel);
        return new PaceQuestion
        {
            Workload = workload.Name,
            Rpo = workload.Rpo,
            Windows = workload.Windows,
            NewestDataAt = newest?.DataAt,
            Took = await PointTimes.OfAsync(journal, repository, workload.Name, cancel),
            Now = clock.GetUtcNow(),
        };
    }

    [LoggerMessage(3302, LogLevel.Error, "Run {Run} ({Title}) is given up after it stopped again and again: {Reason}")]
    partial void LogGivenUp(RunId run, string title, string reason);

    [LoggerMessage(3301, LogLevel.Warning, "No point of {Workload} could be taken, {InARow} times in a row: {Message}")]
    partial void LogFailed(string workload, int inARow, string message);
}

/// <param name="Site">Whose turn it takes.</param>
/// <param name="Remark">Why then, for a person.</param>
sealed record NextTurn(string Site, DateTimeOffset At, string Remark);

/// <summary>A run of a protection stopped; it is gone on with at the next turn.</summary>
sealed class StoppedException(string message) : Exception(message);
