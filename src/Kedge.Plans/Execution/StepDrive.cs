using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Kedge.Plans;

/// <summary>Runs a step once; whatever it throws, but our own cancellation, comes back as a fault.</summary>
internal delegate Task<(StepOutcome? Outcome, StepFault? Fault)> LookAtStep(StepRun run, TimeSpan atMost, CancellationToken cancel);

/// <summary>
/// One step from its start to the event that ends it: looks, waits, looks again; backs off after passing faults; stands still while the
/// world is unreachable. Tells the run's loop what is worth a line in the journal.
/// </summary>
internal sealed class StepDrive(StepDrive.Surroundings around, PlannedStep step, int firstAttempt)
{
    /// <summary>Of waiting, faults and cut-offs written per start, so that a step that waits for a day cannot fill the journal.</summary>
    private const int MostNotes = 200;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly CallList calls = new();
    private readonly DateTimeOffset startedAt = around.Clock.GetUtcNow();
    private TimeSpan used;
    private int attempt = firstAttempt;
    private int faultsInARow;
    private int notes;
    private bool isRefused;
    private string? waitingFor;
    private string? cutOffText;
    private long? cutOffAt;

    /// <summary>What the drive needs of the run around it.</summary>
    /// <param name="Look">One call of the step.</param>
    /// <param name="Note">Journals an event; returns when it is on disk.</param>
    /// <param name="EnsureCurrent">Throws when the run is no longer ours.</param>
    /// <param name="Watch">Shows a text that is not journaled.</param>
    public sealed record Surroundings(
        RunId Run,
        TimeProvider Clock,
        RunLimits Limits,
        LookAtStep Look,
        Func<string, JsonElement?> Results,
        Func<StepEvent, CancellationToken, Task> Note,
        Func<CancellationToken, Task> EnsureCurrent,
        Action<PlannedStep, string, double?> Watch);

    /// <returns>The event that ends the step, not journaled yet.</returns>
    public async Task<StepEvent> RunAsync(CancellationToken cancel)
    {
        using var span = Traces.Step(around.Run, step, attempt);
        var end = await UntilEndAsync(cancel);
        span?.SetStatus(end is StepDone ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        return end;
    }

    private async Task<StepEvent> UntilEndAsync(CancellationToken cancel)
    {
        while (true)
        {
            await around.EnsureCurrent(cancel);
            var began = around.Clock.GetTimestamp();
            var (outcome, fault) = await around.Look(NewRun(), step.Deadline - used + around.Limits.CallGrace, cancel);
            var took = around.Clock.GetElapsedTime(began);

            var end = outcome switch
            {
                StepOutcome.Done done => Done(done),
                StepOutcome.Stop stop => Stopped(stop.Reason, stop.WhatToDo),
                _ => null,
            };
            if (end is not null)
                return end;

            var wait = fault switch
            {
                null => await WaitAsync((StepOutcome.NotYet)outcome!, cancel),
                { IsUnreachable: true } => await CutOffAsync(fault, began, cancel),
                { IsTransient: true } => await BackOffAsync(fault, cancel),
                { IsRefusedWrite: true } when !isRefused => await DoubtAsync(fault, cancel),
                _ => (TimeSpan?)null,
            };
            if (wait is null)
                return Stopped(fault!.Message, fault.WhatToDo ?? "Mend the cause, then resume the run; or abandon it.", fault.RequestId);
            if (Expired(fault, took) is { } expired)
                return expired;
            await Task.Delay(Bounded(wait.Value, fault), around.Clock, cancel);
        }
    }

    private StepRun NewRun() => new()
    {
        Run = around.Run,
        Step = step,
        Attempt = attempt,
        Clock = around.Clock,
        StartedAt = startedAt,
        Results = around.Results,
        Watch = (text, fraction) => around.Watch(step, text, fraction),
        Calls = calls.Add,
    };

    private StepEvent Done(StepOutcome.Done done)
    {
        var size = done.Result is { } result ? Encoding.UTF8.GetByteCount(result.GetRawText()) : 0;
        return size > JournalLimits.LargestEventBytes / 2
            ? Stopped($"It is done, but its result of {size} bytes is too large for the journal.", "Report this; the step must leave less behind.")
            : new StepDone(step.Id, JournalLimits.Cut(done.Note), done.Result, calls.Take());
    }

    private StepStopped Stopped(string reason, string whatToDo, string? requestId = null)
    {
        if (requestId is not null)
            calls.Add(new ServiceCall("", requestId));
        return new StepStopped(step.Id, JournalLimits.Cut(reason), JournalLimits.Cut(whatToDo), calls.Take());
    }

    private async Task<TimeSpan?> WaitAsync(StepOutcome.NotYet notYet, CancellationToken cancel)
    {
        await ReconnectedAsync(cancel);
        faultsInARow = 0;
        var text = JournalLimits.Cut(notYet.WaitingFor);
        if (text != waitingFor)
        {
            waitingFor = text;
            await NoteAsync(() => new StepWaiting(step.Id, text, calls.Take()), cancel);
        }

        return notYet.LookAgainIn;
    }

    private async Task<TimeSpan?> BackOffAsync(StepFault fault, CancellationToken cancel)
    {
        await ReconnectedAsync(cancel);
        var wait = BackOff.After(++faultsInARow, step.Id, around.Limits);
        var failed = attempt++;
        await NoteAsync(() => new StepRetried(step.Id, failed, Bounded(fault), calls.Take()), cancel);
        around.Watch(step, $"{fault.Message} Trying again in {PlanText.Say(wait)}.", null);
        return wait;
    }

    private async Task<TimeSpan?> DoubtAsync(StepFault fault, CancellationToken cancel)
    {
        isRefused = true;
        return await BackOffAsync(fault, cancel);
    }

    /// <returns>Null when patience is at its end.</returns>
    private async Task<TimeSpan?> CutOffAsync(StepFault fault, long began, CancellationToken cancel)
    {
        cutOffAt ??= began;
        var since = around.Clock.GetElapsedTime(cutOffAt.Value);
        if (since >= around.Limits.Patience)
            return null;
        var failed = attempt++;
        if (fault.Message != cutOffText)
        {
            cutOffText = fault.Message;
            await NoteAsync(() => new StepCutOff(step.Id, failed, Bounded(fault), calls.Take()), cancel);
        }

        around.Watch(
            step,
            $"{fault.Message} Waiting since {PlanText.Say(since)} for an answer, up to {PlanText.Say(around.Limits.Patience)}; the deadline of the step stands still.",
            null);
        var wait = BackOff.After(++faultsInARow, step.Id, around.Limits);
        return wait < around.Limits.Patience - since ? wait : around.Limits.Patience - since;
    }

    private async Task ReconnectedAsync(CancellationToken cancel)
    {
        if (cutOffAt is not { } since)
            return;
        cutOffAt = null;
        cutOffText = null;
        faultsInARow = 0;
        var away = around.Clock.GetElapsedTime(since);
        await NoteAsync(() => new StepReconnected(step.Id, away), cancel);
    }

    private StepStopped? Expired(StepFault? fault, TimeSpan took)
    {
        if (fault is { IsUnreachable: true })
            return null;
        used += took;
        return used < step.Deadline
            ? null
            : Stopped(Overdue(fault?.Message ?? (waitingFor is null ? "" : $"It was waiting for {waitingFor}.")), "Find out why it takes so long, then resume the run; or abandon it.", fault?.RequestId);
    }

    /// <summary>The last look before the deadline happens at the deadline. Waiting for a world that answers counts.</summary>
    private TimeSpan Bounded(TimeSpan wait, StepFault? fault)
    {
        wait = TimeSpan.FromTicks(Math.Clamp(wait.Ticks, ShortestWait.Ticks, LongestWait.Ticks));
        var isCounted = fault is not { IsUnreachable: true };
        if (isCounted && wait > step.Deadline - used)
            wait = step.Deadline - used;
        // Timers know whole milliseconds only and would come back before the time that we count.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        used += isCounted ? wait : TimeSpan.Zero;
        return wait;
    }

    private string Overdue(string detail) => $"{step.Title}: not done within its deadline of {PlanText.Say(step.Deadline)}. {detail}".TrimEnd();

    private static StepFault Bounded(StepFault fault) => fault with { Message = JournalLimits.Cut(fault.Message) };

    private async Task NoteAsync(Func<StepEvent> note, CancellationToken cancel)
    {
        if (notes++ < MostNotes)
            await around.Note(note(), cancel);
    }
}
