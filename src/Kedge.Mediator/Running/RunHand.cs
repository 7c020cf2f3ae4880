using System.Collections.Concurrent;
using System.Text.Json;
using Kedge.Mediator.Metrics;
using Kedge.Plans;
using Kedge.Recovery.SiteLoss;
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

    /// <summary>This process was at it already, and goes on.</summary>
    UnderWay,

    /// <summary>It has steps that this mediator does not know; nothing was touched.</summary>
    NotForUs,
}

/// <summary>Executes runs in this process, whatever happens to the journal meanwhile.</summary>
sealed partial class RunHand(IJournal journal, SiteConnections sites, MediatorDesk desk, string owner, TimeProvider clock, MediatorMeter meter, ILogger log)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<RunId, bool> underWay = new();

    public string Owner => owner;

    /// <summary>True: this process is executing it at this moment.</summary>
    public bool IsAt(RunId run) => underWay.ContainsKey(run);

    public int Count => underWay.Count;

    /// <summary>False: changes inside one cloud, which are made where its cluster is reached; or the plan of a newer version.</summary>
    public static bool CanExecute(Plan plan)
    {
        try
        {
            foreach (var step in plan.Steps)
                RecoveryStepJson.Parse(step);
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes the run over and executes it until it ends or stops. A journal that does not answer is waited for, and then the run is gone on
    /// with, unless somebody else took it over meanwhile.
    /// </summary>
    /// <exception cref="RunNotFoundException">No such run.</exception>
    /// <exception cref="JournalException">The journal is damaged, or from a newer version.</exception>
    public async Task<RunEnd> ExecuteAsync(RunId run, CancellationToken cancel)
    {
        if (!underWay.TryAdd(run, true))
            return RunEnd.UnderWay;
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
        long? seen = null;
        while (true)
        {
            try
            {
                var now = await journal.FindAsync(run, cancel) ?? throw new RunNotFoundException(run);
                // Whoever had it when we began is to be relieved; who took it since then is not.
                if (now.Owner != owner && now.Epoch > (seen ?? now.Epoch))
                    return Lost(run, now.Owner);
                seen ??= now.Epoch;
                var plan = (await journal.GetStateAsync(run, cancel)).Plan;
                if (!CanExecute(plan))
                    return Left(run, plan);
                var state = await (await ExecutorAsync(run, plan, cancel)).ExecuteAsync(run, meter, cancel);
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

    async Task<RunExecutor> ExecutorAsync(RunId run, Plan plan, CancellationToken cancel)
    {
        var asked = plan.Kind == SiteLossRunbook.Kind ? await desk.OpenAsync(cancel) : null;
        var connected = await sites.OfAsync(PlanSites.Of(plan), asked, cancel);
        LogBegun(run, plan.Title);
        return new RunExecutor(journal, step => RecoveryStepJson.Read(step, connected), RecoveryFaults.Read, RecoveryLimits.Of(plan), clock, owner);
    }

    RunEnd Lost(RunId run, string to)
    {
        LogSuperseded(run, to);
        return RunEnd.Superseded;
    }

    RunEnd Left(RunId run, Plan plan)
    {
        LogLeft(run, plan.Title);
        return RunEnd.NotForUs;
    }

    [LoggerMessage(3101, LogLevel.Information, "Run {Run} is taken over here: {Title}")]
    partial void LogBegun(RunId run, string title);

    [LoggerMessage(3102, LogLevel.Information, "Run {Run} is {Phase}: {What}")]
    partial void LogEnded(RunId run, RunPhase phase, string what);

    [LoggerMessage(3103, LogLevel.Warning, "Run {Run} is somebody else's now, and nothing more of it is touched here: {Who}")]
    partial void LogSuperseded(RunId run, string who);

    [LoggerMessage(3104, LogLevel.Warning, "Run {Run} waits for the journal, {Pause} until the next try: {Message}")]
    partial void LogJournalAway(RunId run, string message, TimeSpan pause);

    [LoggerMessage(3105, LogLevel.Warning, "Run {Run} ({Title}) has steps that no mediator of this version executes: it is left to whoever began it")]
    partial void LogLeft(RunId run, string title);
}
