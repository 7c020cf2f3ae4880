using System.Security.Cryptography;
using System.Text;
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

    /// <summary>A run of a protection that stopped so often is given up.</summary>
    const int MostTries = 5;

    /// <summary>A fire this much early is not worth another one.</summary>
    static readonly TimeSpan Early = TimeSpan.FromSeconds(2);

    /// <summary>Null: there is no such workload, or nobody wants points of it; it needs no further turn.</summary>
    /// <param name="failures">Turns that failed one after the other before this one, here or at other mediators.</param>
    /// <exception cref="RecordException">The workload cannot be read.</exception>
    public async Task<NextTurn?> GoAsync(string name, int failures, CancellationToken cancel)
    {
        if (await records.Workloads.FindAsync(name, cancel) is not { IsPaused: false } workload)
            return null;
        try
        {
            var next = await TakeAsync(workload, cancel);
            return new NextTurn(workload.From, next.At, next.Remark);
        }
        catch (Exception e) when (IsOfTheTurn(e))
        {
            var inARow = failures + 1;
            meter.ProtectionFailed(workload.From);
            LogFailed(name, inARow, e.Message);
            // Nothing is asked of anybody for it: what failed may be the repository.
            var question = new PaceQuestion { Workload = name, Rpo = workload.Rpo, NewestDataAt = null, Now = clock.GetUtcNow() };
            return new NextTurn(workload.From, Pace.Retry(question, inARow), $"failed {inARow} times in a row: {e.Message}", inARow);
        }
    }

    static bool IsOfTheTurn(Exception e) => e is CaptureException or ProtectionException or OpenStackException or SettingsException or RepositoryException
        or RecordException or IOException or UnauthorizedAccessException or JournalException or RunConflictException or SupersededException or RunEndedException or StoppedException;

    async Task<NextPoint> TakeAsync(Workload workload, CancellationToken cancel)
    {
        if (await LiveCopy.FindAsync(journal, workload, cancel) is { } copy)
            return new NextPoint(clock.GetUtcNow() + (10 * LookAgain), $"run {copy.Run} brought it up at {workload.To}: its source is not what is to be protected");
        var repository = await records.OpenRepositoryAsync(cancel);
        await foreach (var open in journal.ListAsync(RunFilter.Open with { ExclusiveKey = ProtectRunbook.ExclusiveKey(workload) }, cancel))
        {
            if (open.Phase is not RunPhase.Stopped && open.Owner != hand.Owner && await alive.IsAliveAsync(open.Owner, cancel))
                return new NextPoint(clock.GetUtcNow() + LookAgain, $"{open.Owner} is taking one");
            return await GoOnAsync(workload, repository, open.Run, cancel);
        }
        if (await FindUncleanAsync(workload, cancel) is { } left)
            return await GoOnAsync(workload, repository, left, cancel);
        // Made up already, fired twice, or the policy changed: the points say when, and not the trigger.
        var due = Pace.Next(await AskAsync(workload, repository, cancel));
        if (due.At > clock.GetUtcNow() + Early && await repository.FindNewestUsableAsync(workload.Name, cancel) is not null)
            return due;
        return await GoOnAsync(workload, repository, await BeginAsync(workload, repository, cancel), cancel);
    }

    async Task<RunId> BeginAsync(Workload workload, PointRepository repository, CancellationToken cancel)
    {
        var connected = await sites.OfAsync([workload.From, workload.To], null, cancel);
        var mapping = await records.Mappings.FindAsync(workload.Name, cancel);
        var captured = await new BlueprintCapture(clock).CaptureAsync(workload, connected[workload.From], progress: null, cancel);
        var plan = await ProtectRunbook.PrepareAsync(workload, captured.Blueprint, captured.StartedAt, connected, mapping, repository, cancel);
        var run = RunId.Create(clock);
        await journal.BeginAsync(run, plan, ProtectRunbook.ExclusiveKey(workload), hand.Owner, cancel);
        return run;
    }

    /// <exception cref="StoppedException">It stopped.</exception>
    async Task<NextPoint> GoOnAsync(Workload workload, PointRepository repository, RunId run, CancellationToken cancel)
    {
        if (await hand.ExecuteAsync(run, cancel) is not RunEnd.Told)
            return new NextPoint(clock.GetUtcNow() + LookAgain, $"somebody else has run {run}");
        if (await journal.FindAsync(run, cancel) is not { Phase: RunPhase.Stopped })
            return Pace.Next(await AskAsync(workload, repository, cancel));
        var state = await journal.GetStateAsync(run, cancel);
        if (await CountStopsAsync(run, cancel) >= MostTries)
            await GiveUpAsync(state, cancel);
        throw new StoppedException($"Run {run} stopped: {state.Reason}");
    }

    /// <summary>Take-overs do not count: a mediator that dies is not the run's fault.</summary>
    async Task<int> CountStopsAsync(RunId run, CancellationToken cancel)
    {
        var stops = 0;
        await foreach (var recorded in journal.ReadAsync(run, 0, cancel))
            stops += recorded.Event is RunStopped ? 1 : 0;
        return stops;
    }

    /// <summary>
    /// A run that stopped again and again would keep the workload from every later point: it is given up, and the next turn begins with removing
    /// what it made.
    /// </summary>
    async Task GiveUpAsync(RunState stopped, CancellationToken cancel)
    {
        LogGivenUp(stopped.Run, stopped.Plan.Title, stopped.Reason ?? "");
        var epoch = await journal.TakeOverAsync(stopped.Run, hand.Owner, cancel);
        await journal.AppendAsync(stopped.Run, epoch, new RunAbandoned(hand.Owner, $"It stopped {MostTries} times: {stopped.Reason}"), cancel);
    }

    /// <summary>
    /// The cleanup after a run that a mediator gave up, begun now: whoever gave it up may have died before it could begin one. Its id follows
    /// from the run's, so that there is one cleanup whoever begins it. Null: there is nothing to clean up.
    /// </summary>
    async Task<RunId?> FindUncleanAsync(Workload workload, CancellationToken cancel)
    {
        await foreach (var last in journal.ListAsync(new RunFilter { Kind = ProtectRunbook.Kind, Subject = workload.Name, IsOpen = false, Most = 1 }, cancel))
        {
            if (last.Phase is not RunPhase.Abandoned || await journal.FindAsync(CleanupOf(last.Run), cancel) is not null)
                return null;
            await foreach (var end in journal.ReadAsync(last.Run, last.LastSeq - 1, cancel))
            {
                // What a person gave up is a person's to clean up.
                if (end.Event is not RunAbandoned { By: var by } || !RunOwner.IsMediator(by))
                    return null;
            }
            return await BeginCleanupAsync(await journal.GetStateAsync(last.Run, cancel), cancel);
        }
        return null;
    }

    async Task<RunId?> BeginCleanupAsync(RunState givenUp, CancellationToken cancel)
    {
        try
        {
            var cleanup = CleanupOf(givenUp.Run);
            await journal.BeginAsync(cleanup, CleanupRunbook.Write(givenUp), givenUp.ExclusiveKey, hand.Owner, cancel);
            return cleanup;
        }
        catch (CleanupRefusedException e)
        {
            LogNotCleaned(givenUp.Run, e.Message);
            return null;
        }
    }

    static RunId CleanupOf(RunId run) =>
        RunId.Parse($"{run.Value[..13]}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"cleanup/{run}")))[..19]}");

    /// <summary>What the next start follows from: the points there are, and how long the last ones took.</summary>
    async Task<PaceQuestion> AskAsync(Workload workload, PointRepository repository, CancellationToken cancel)
    {
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

    [LoggerMessage(3303, LogLevel.Information, "What run {Run} made stays: {Message}")]
    partial void LogNotCleaned(RunId run, string message);

    [LoggerMessage(3301, LogLevel.Warning, "No point of {Workload} could be taken, {InARow} times in a row: {Message}")]
    partial void LogFailed(string workload, int inARow, string message);
}

/// <param name="Site">Whose turn it takes.</param>
/// <param name="Remark">Why then, for a person.</param>
/// <param name="Failures">Turns that failed one after the other before it.</param>
sealed record NextTurn(string Site, DateTimeOffset At, string Remark, int Failures = 0);

/// <summary>A run of a protection stopped; it is gone on with at the next turn.</summary>
sealed class StoppedException(string message) : Exception(message);
