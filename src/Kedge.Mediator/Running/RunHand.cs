using System.Collections.Concurrent;
using Kedge.Mediator.Metrics;
using Kedge.Plans;
using Kedge.Recovery.Steps;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Running;

/// <summary>How an execution of a run by this mediator ended.</summary>
enum RunEnd
{
    /// <summary>Finished, stopped or abandoned; the journal says which.</summary>
    Told,

    /// <summary>Somebody else has it now; nothing more was touched.</summary>
    Superseded,
}

/// <summary>Executes runs in this process, whatever happens to the journal meanwhile.</summary>
sealed partial class RunHand(IJournal journal, SiteConnections sites, string owner, TimeProvider clock, MediatorMeter meter, ILogger log)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<RunId, bool> underWay = new();

    public string Owner => owner;

    /// <summary>True: this process is executing it at this moment.</summary>
    public bool IsAt(RunId run) => underWay.ContainsKey(run);

    public int Count => underWay.Count;

    /// <summary>
    /// Takes the run over and executes it until it ends or stops. A journal that does not answer is waited for, and then the run is gone on
    /// with, unless somebody else took it over meanwhile.
    /// </summary>
    /// <exception cref="RunNotFoundException">No such run.</exception>
    /// <exception cref="JournalException">The journal is damaged, or from a newer version.</exception>
    public async Task<RunEnd> ExecuteAsync(RunId run, CancellationToken cancel)
    {
        // Fired twice in one process: the one that has it goes on.
        if (!underWay.TryAdd(run, true))
            return RunEnd.Superseded;
        try
        {
            return await UntilEndAsync(run, cancel);
        }
        finally
        {
            underWay.TryRemove(run, out _);
        }
    }

    async Task<RunEnd> UntilEndAsync(RunId run, CancellationToken cancel)
    {
        var pause = FirstPause;
        var wasOurs = false;
        while (true)
        {
            try
            {
                if (wasOurs && await journal.FindAsync(run, cancel) is { } now && now.Owner != owner)
                    return Lost(run, now.Owner);
                var plan = (await journal.GetStateAsync(run, cancel)).Plan;
                var site = await sites.OfAsync(PlanSites.Of(plan), cancel);
                wasOurs = true;
                var executor = new RunExecutor(
                    journal, step => RecoveryStepJson.Read(step, site), RecoveryFaults.Read, RecoveryLimits.Of(plan), clock, owner);
                LogBegun(run, plan.Title);
                var state = await executor.ExecuteAsync(run, meter, cancel);
                LogEnded(run, state.Phase, state.Reason ?? plan.Title);
                return RunEnd.Told;
            }
            catch (SupersededException e)
            {
                meter.Refused();
                return Lost(run, e.Message);
            }
            catch (RunEndedException)
            {
                return RunEnd.Told;
            }
            catch (JournalException e) when (e.Fault is JournalFault.Busy or JournalFault.DiskFull or JournalFault.Inaccessible)
            {
                meter.JournalFailed();
                LogJournalAway(run, e.Message, pause);
            }
            await Task.Delay(pause, clock, cancel);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    RunEnd Lost(RunId run, string to)
    {
        LogSuperseded(run, to);
        return RunEnd.Superseded;
    }

    [LoggerMessage(3101, LogLevel.Information, "Run {Run} is taken over here: {Title}")]
    partial void LogBegun(RunId run, string title);

    [LoggerMessage(3102, LogLevel.Information, "Run {Run} is {Phase}: {What}")]
    partial void LogEnded(RunId run, RunPhase phase, string what);

    [LoggerMessage(3103, LogLevel.Warning, "Run {Run} is somebody else's now, and nothing more of it is touched here: {Who}")]
    partial void LogSuperseded(RunId run, string who);

    [LoggerMessage(3104, LogLevel.Warning, "Run {Run} waits for the journal, {Pause} until the next try: {Message}")]
    partial void LogJournalAway(RunId run, string message, TimeSpan pause);
}
