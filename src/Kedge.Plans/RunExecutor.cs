namespace Kedge.Plans;

/// <summary>
/// Brings a run to its end, however often it is interrupted. It takes the run over (raising its epoch), folds the journal, and starts
/// ready steps within the limits, the one with the longest way to go first. A step that was done is never run again; one that was under
/// way is run again and looks first.
/// </summary>
/// <param name="journal">Where the run was begun.</param>
/// <param name="read">Makes the step of what the plan says; throws for a kind it does not know, which stops the run.</param>
/// <param name="faults">Reads the exceptions of the outside world.</param>
/// <param name="limits">What happens at once, and how long to wait.</param>
/// <param name="clock">Every wait and every deadline is counted by it.</param>
/// <param name="owner">Who executes, for the operator: host and process.</param>
public sealed class RunExecutor(
    IJournal journal, Func<PlannedStep, Step> read, FaultReader faults, RunLimits limits, TimeProvider clock, string owner)
{
    internal RunLimits Limits { get; } = limits;

    internal TimeProvider Clock { get; } = clock;

    /// <summary>
    /// Executes until the run is finished or stopped. A stopped run is resumed by calling this again once the cause is mended. An ended
    /// run is answered with its state, untouched.
    /// </summary>
    /// <param name="run">Must have been begun.</param>
    /// <param name="watch">Hears everything, on the executor's own threads; must not throw.</param>
    /// <param name="cancel">Ends the execution, not the run: it can be executed again.</param>
    /// <exception cref="SupersededException">Somebody else took the run over; nothing more was touched.</exception>
    /// <exception cref="RunNotFoundException">No such run.</exception>
    /// <exception cref="JournalException">The journal cannot be written; the run can be executed again when it can.</exception>
    public async Task<RunState> ExecuteAsync(RunId run, IProgress<RunProgress>? watch, CancellationToken cancel)
    {
        if (await journal.FindAsync(run, cancel) is { IsEnded: true })
            return await journal.GetStateAsync(run, cancel);

        var state = await TakeOverAsync(run, cancel);
        return await new RunLoop(journal, this, state, watch).RunAsync(cancel);
    }

    /// <summary>Gives a run up for good. Whoever executes it is superseded; what it made stays until it is cleaned up.</summary>
    /// <exception cref="RunEndedException">It has ended already.</exception>
    public async Task<RunState> AbandonAsync(RunId run, string by, string reason, CancellationToken cancel)
    {
        var state = await TakeOverAsync(run, cancel);
        return state.Apply(await journal.AppendAsync(run, state.Epoch, new RunAbandoned(by, reason), cancel));
    }

    /// <summary>One call of a step. The one place of the house where what a step throws is caught, and the one where it is read.</summary>
    internal async Task<(StepOutcome? Outcome, StepFault? Fault)> LookAsync(StepRun run, TimeSpan atMost, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(atMost, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            return (await read(run.Step).RunAsync(run, either.Token), null);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return (null, new StepFault(false, false, $"{run.Step.Title}: the call did not come back within the step's deadline and was cancelled.", null, null));
        }
#pragma warning disable CA1031 // The engine's one catch-all: whatever a step throws is recorded, and the run stops in good order.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (null, faults(e) ?? Unforeseen(e));
        }
    }

    private static StepFault Unforeseen(Exception e) => new(
        IsTransient: false,
        IsUnreachable: false,
        $"{e.GetType().FullName}: {e.Message}",
        RequestId: null,
        "This was not foreseen: report it, with the journal of this run. Resuming tries the step again.");

    private async Task<RunState> TakeOverAsync(RunId run, CancellationToken cancel)
    {
        var epoch = await journal.TakeOverAsync(run, owner, cancel);
        var state = await journal.GetStateAsync(run, cancel);
        return state.Epoch == epoch ? state : throw new SupersededException(run, epoch, state.Epoch, state.Owner);
    }
}
