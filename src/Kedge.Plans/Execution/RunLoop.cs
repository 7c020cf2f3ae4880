using System.Collections.Immutable;
using System.Diagnostics;
using System.Threading.Channels;

namespace Kedge.Plans;

/// <summary>
/// One execution of a run, from its take-over to its end. One loop owns the state: it hears what the steps say, writes all of it and the
/// starts that follow from it as one batch, and only then believes it. What waits while the disk is busy shares the next write.
/// </summary>
internal sealed class RunLoop
{
    private readonly IJournal journal;
    private readonly RunLimits limits;
    private readonly TimeProvider clock;
    private readonly IProgress<RunProgress>? watch;
    private readonly long epoch;
    private readonly StepDrive.Surroundings around;
    private readonly Channel<Heard> inbox;
    private readonly Dictionary<string, Task> running = new(StringComparer.Ordinal);
    private volatile RunState state;

    public RunLoop(IJournal journal, RunExecutor executor, RunState state, IProgress<RunProgress>? watch)
    {
        this.journal = journal;
        this.state = state;
        this.watch = watch;
        limits = executor.Limits;
        clock = executor.Clock;
        epoch = state.Epoch;
        // A step has at most one note under way, and its end.
        inbox = Channel.CreateBounded<Heard>(2 * limits.Total);
        around = new StepDrive.Surroundings(
            state.Run,
            clock,
            limits,
            executor.LookAsync,
            step => this.state.FindResult(step),
            NoteAsync,
            cancel => journal.EnsureCurrentAsync(state.Run, epoch, cancel),
            (step, text, fraction) => watch?.Report(new RunProgress(this.state, step, text, fraction, null)));
    }

    /// <summary>Whatever ends it, no step is under way any more when it returns or throws.</summary>
    public async Task<RunState> RunAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var span = Traces.Run(state);
        try
        {
            watch?.Report(new RunProgress(state, null, $"Taken over by {state.Owner}", null, null));
            await TurnAsync([], stop.Token);
            while (running.Count > 0)
                await TurnAsync(await ListenAsync(stop.Token), stop.Token);
            return state.Phase is RunPhase.Running ? throw new UnreachableException($"Run {state.Run} has open steps, but none can start.") : state;
        }
        finally
        {
            span?.SetTag("kedge.run.phase", state.Phase.ToString()).SetStatus(state.Phase is RunPhase.Finished ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
            stop.Cancel();
            // On the caller's context, as every wait here: in simulated time there is no other.
            await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task<List<Heard>> ListenAsync(CancellationToken cancel)
    {
        var heard = new List<Heard> { await inbox.Reader.ReadAsync(cancel) };
        while (inbox.Reader.TryRead(out var more))
            heard.Add(more);
        return heard;
    }

    private async Task TurnAsync(List<Heard> heard, CancellationToken cancel)
    {
        // A step that failed in a way that is not the step's (superseded, cancelled, a bug) ends the execution here.
        foreach (var ended in heard.Where(h => h.IsEnd))
        {
            await running[ended.Step];
            running.Remove(ended.Step);
        }

        var events = heard.Select(h => h.Event).OfType<RunEvent>().ToList();
        var ahead = events.Aggregate(state, Foresee);
        var starts = ReadySteps.In(ahead, limits);
        events.AddRange(starts.Select(step => new StepStarted(step.Id, ahead.Steps[step.Id].Attempts + 1)));
        if (starts is [] && !ahead.Any(StepPhase.Running) && Closing(ahead) is { } closing)
            events.Add(closing);

        await RecordAsync([.. events], cancel);
        foreach (var h in heard)
            h.Written?.TrySetResult();
        foreach (var step in starts)
            running.Add(step.Id, DriveAsync(step, state.Steps[step.Id].Attempts, cancel));
    }

    /// <summary>Journal first, then memory, then whoever watches.</summary>
    private async Task RecordAsync(ImmutableArray<RunEvent> events, CancellationToken cancel)
    {
        if (events is [])
            return;
        foreach (var recorded in await journal.AppendAsync(state.Run, epoch, events, cancel))
        {
            state = state.Apply(recorded);
            var step = recorded.Event is StepEvent e ? state.Plan.GetStep(e.Step) : null;
            watch?.Report(new RunProgress(state, step, RunEventText.Say(recorded.Event), null, recorded));
        }
    }

    /// <summary>The state as it will be if the journal takes the event; nothing is decided by it but what to write along.</summary>
    private RunState Foresee(RunState from, RunEvent e) => from.Apply(new RecordedEvent(from.Run, from.Seq + 1, epoch, clock.GetUtcNow(), e));

    private static RunEvent? Closing(RunState state)
    {
        if (state.Phase is not RunPhase.Running)
            return null;
        var stopped = state.StepsInOrder.Where(s => s.Phase is StepPhase.Stopped).ToList();
        return stopped switch
        {
            [] => state.Steps.Values.All(s => s.Phase is StepPhase.Done) ? new RunFinished() : null,
            [var one] => new RunStopped(JournalLimits.Cut($"{one.Step.Title}: {one.StopReason}")),
            [var first, ..] => new RunStopped(JournalLimits.Cut($"{stopped.Count} steps stopped; the first is {first.Step.Title}: {first.StopReason}")),
        };
    }

    private async Task DriveAsync(PlannedStep step, int attempt, CancellationToken cancel)
    {
        StepEvent? end = null;
        try
        {
            end = await new StepDrive(around, step, attempt).RunAsync(cancel);
        }
        finally
        {
            Say(new Heard(step.Id, end, true, null));
        }
    }

    private async Task NoteAsync(StepEvent e, CancellationToken cancel)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var given = cancel.Register(() => written.TrySetCanceled(cancel));
        Say(new Heard(e.Step, e, false, written));
        await written.Task;
    }

    private void Say(Heard heard)
    {
        if (!inbox.Writer.TryWrite(heard))
            throw new UnreachableException("The inbox of a run is full, although each step says one thing at a time.");
    }

    /// <param name="Event">To be journaled; null when the step failed in a way that is not its own.</param>
    private sealed record Heard(string Step, StepEvent? Event, bool IsEnd, TaskCompletionSource? Written);
}
