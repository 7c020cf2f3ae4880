using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;

namespace Kedge.Plans;

/// <summary>A run as a pure fold of its events; changed only by <see cref="Apply"/>, after the journal has the event.</summary>
public sealed record RunState
{
    public required RunId Run { get; init; }

    public required Plan Plan { get; init; }

    /// <summary>What no two unfinished runs may share, for instance "workload/web".</summary>
    public required string ExclusiveKey { get; init; }

    public required RunPhase Phase { get; init; }

    /// <summary>Who executes it, or executed it last.</summary>
    public required string Owner { get; init; }

    public required long Epoch { get; init; }

    public required long Seq { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When it was first taken over; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset LastEventAt { get; init; }

    /// <summary>When it was finished or abandoned; null before.</summary>
    public DateTimeOffset? EndedAt => Phase.IsEnd() ? LastEventAt : null;

    /// <summary>Why it stopped or was abandoned, null in other phases.</summary>
    public string? Reason { get; init; }

    public required ImmutableDictionary<string, StepState> Steps { get; init; }

    /// <summary>Finished or abandoned: nothing can follow.</summary>
    public bool IsEnded => Phase.IsEnd();

    /// <summary>The steps as the plan reads.</summary>
    public IEnumerable<StepState> StepsInOrder => Plan.ReadingOrder.Select(step => Steps[step.Id]);

    public int DoneCount => Steps.Values.Count(s => s.Phase is StepPhase.Done);

    /// <summary>The expected time of the longest path among the steps that are not done, not counting what of it has passed.</summary>
    public TimeSpan RemainingPath =>
        Steps.Values.Where(s => s.Phase is not StepPhase.Done).Select(s => Plan.RemainingPath(s.Step.Id)).DefaultIfEmpty().Max();

    /// <summary>The state after the first event of a run.</summary>
    public static RunState Begin(RecordedEvent first) => first is { Seq: 1, Event: RunAccepted accepted }
        ? new RunState
        {
            Run = first.Run,
            Plan = accepted.Plan,
            ExclusiveKey = accepted.ExclusiveKey,
            Phase = RunPhase.Accepted,
            Owner = accepted.Owner,
            Epoch = first.Epoch,
            Seq = 1,
            AcceptedAt = first.At,
            LastEventAt = first.At,
            Steps = accepted.Plan.Steps.ToImmutableDictionary(s => s.Id, s => new StepState { Step = s }, StringComparer.Ordinal),
        }
        : throw new UnreachableException($"{first.Event.GetType().Name} with number {first.Seq} cannot be the first event of run {first.Run}.");

    /// <summary>Every legal pair of phase and event. Anything else is a bug of ours or a damaged journal.</summary>
    /// <exception cref="UnreachableException">The event cannot follow.</exception>
    public RunState Apply(RecordedEvent recorded)
    {
        if (recorded.Run != Run || recorded.Seq != Seq + 1)
            throw Impossible(recorded, $"event {Seq + 1} of run {Run} was due");
        var isTakeOver = recorded.Event is RunTakenOver;
        if (isTakeOver ? recorded.Epoch != Epoch + 1 : recorded.Epoch != Epoch)
            throw Impossible(recorded, $"the run is at epoch {Epoch}");

        var next = (Phase, recorded.Event) switch
        {
            (RunPhase.Accepted or RunPhase.Running or RunPhase.Stopped, RunTakenOver e) => TakenOver(e, recorded.At),
            (RunPhase.Running, StepStarted e) when CanStart(e.Step) => With(e, s => Started(s, e, recorded.At)),
            (RunPhase.Running, StepWaiting e) when IsRunning(e) => With(e, s => s.Heard(e.Calls) with { WaitingFor = e.WaitingFor }),
            (RunPhase.Running, StepRetried e) when IsRunning(e) => With(e, s => s.Heard(e.Calls) with { Attempts = e.Attempt + 1, LastFault = e.Fault }),
            (RunPhase.Running, StepCutOff e) when IsRunning(e) => With(e, s => CutOff(s, e, recorded.At)),
            (RunPhase.Running, StepReconnected e) when IsRunning(e) => With(e, s => s with { CutOffSince = null }),
            (RunPhase.Running, StepDone e) when IsRunning(e) => With(e, s => Done(s, e, recorded.At)),
            (RunPhase.Running, StepStopped e) when IsRunning(e) => With(e, s => Stopped(s, e, recorded.At)),
            (RunPhase.Running, RunStopped e) when IsIdle && Any(StepPhase.Stopped) => this with { Reason = e.Reason },
            (RunPhase.Running, RunFinished) when Steps.Values.All(s => s.Phase is StepPhase.Done) => this,
            (RunPhase.Running, RunAbandoned e) when IsIdle => this with { Reason = $"{e.By}: {e.Reason}" },
            _ => throw Impossible(recorded, $"the run is {Phase}"),
        };
        return next with
        {
            Phase = RunPhases.After(recorded.Event) ?? Phase,
            Seq = recorded.Seq,
            LastEventAt = recorded.At,
        };
    }

    /// <summary>Not started and nothing that it comes after is open.</summary>
    internal bool CanStart(string step) =>
        Steps.TryGetValue(step, out var s) && s.Phase is StepPhase.Pending && s.Step.After.All(a => Steps[a].Phase is StepPhase.Done);

    internal bool Any(StepPhase phase) => Steps.Values.Any(s => s.Phase == phase);

    internal JsonElement? FindResult(string step) => Steps.TryGetValue(step, out var s) ? s.Result : null;

    private bool IsIdle => !Any(StepPhase.Running);

    private bool IsRunning(StepEvent e) => Steps.TryGetValue(e.Step, out var s) && s.Phase is StepPhase.Running;

    private RunState With(StepEvent e, Func<StepState, StepState> change) => this with { Steps = Steps.SetItem(e.Step, change(Steps[e.Step])) };

    /// <summary>What was running when its owner vanished, and what had stopped, is begun again by the new owner.</summary>
    private RunState TakenOver(RunTakenOver e, DateTimeOffset at) => this with
    {
        Epoch = Epoch + 1,
        Owner = e.Owner,
        StartedAt = StartedAt ?? at,
        Reason = null,
        Steps = Steps.SetItems(Steps.Where(s => s.Value.Phase is StepPhase.Running or StepPhase.Stopped)
            .Select(s => KeyValuePair.Create(s.Key, Interrupted(s.Value)))),
    };

    private static StepState Interrupted(StepState s) =>
        s with { Phase = StepPhase.Pending, EndedAt = null, WaitingFor = null, CutOffSince = null, StopReason = null, WhatToDo = null };

    private static StepState Started(StepState s, StepStarted e, DateTimeOffset at) =>
        s with { Phase = StepPhase.Running, Attempts = e.Attempt, StartedAt = s.StartedAt ?? at };

    private static StepState CutOff(StepState s, StepCutOff e, DateTimeOffset at) =>
        s.Heard(e.Calls) with { Attempts = e.Attempt + 1, LastFault = e.Fault, CutOffSince = s.CutOffSince ?? at };

    private static StepState Done(StepState s, StepDone e, DateTimeOffset at) =>
        s.Heard(e.Calls) with { Phase = StepPhase.Done, EndedAt = at, WaitingFor = null, CutOffSince = null, Note = e.Note, Result = e.Result };

    private static StepState Stopped(StepState s, StepStopped e, DateTimeOffset at) =>
        s.Heard(e.Calls) with { Phase = StepPhase.Stopped, EndedAt = at, CutOffSince = null, StopReason = e.Reason, WhatToDo = e.WhatToDo };

    private static UnreachableException Impossible(RecordedEvent e, string why) =>
        new($"{e.Event.GetType().Name} (number {e.Seq}, epoch {e.Epoch}{(e.Event is StepEvent s ? $", step {s.Step}" : "")}) cannot follow in run {e.Run}: {why}.");
}
