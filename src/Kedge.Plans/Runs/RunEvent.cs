using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Plans;

/// <summary>What happened in a run, in the past tense. Closed; written down as docs/formats/journal.md says.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunAccepted), "run-accepted")]
[JsonDerivedType(typeof(RunTakenOver), "run-taken-over")]
[JsonDerivedType(typeof(StepStarted), "step-started")]
[JsonDerivedType(typeof(StepWaiting), "step-waiting")]
[JsonDerivedType(typeof(StepRetried), "step-retried")]
[JsonDerivedType(typeof(StepCutOff), "step-cut-off")]
[JsonDerivedType(typeof(StepReconnected), "step-reconnected")]
[JsonDerivedType(typeof(StepDone), "step-done")]
[JsonDerivedType(typeof(StepStopped), "step-stopped")]
[JsonDerivedType(typeof(RunStopped), "run-stopped")]
[JsonDerivedType(typeof(RunFinished), "run-finished")]
[JsonDerivedType(typeof(RunAbandoned), "run-abandoned")]
public abstract record RunEvent
{
    private protected RunEvent()
    {
    }
}

/// <summary>Always the first: from here on these steps, and no rebuilt ones, are what a restart resumes.</summary>
public sealed record RunAccepted(Plan Plan, string ExclusiveKey, string Owner) : RunEvent;

/// <summary>Somebody executes it from here on; the epoch of this event is his, and everybody before him is refused.</summary>
public sealed record RunTakenOver(string Owner) : RunEvent;

/// <summary>An event about one step.</summary>
public abstract record StepEvent : RunEvent
{
    private protected StepEvent(string step) => Step = step;

    [JsonPropertyOrder(-1)]
    public string Step { get; init; }
}

public sealed record StepStarted(string Step, int Attempt) : StepEvent(Step);

/// <summary>It looked and it is not there yet. Written when the text changes, not at every look.</summary>
public sealed record StepWaiting(string Step, string WaitingFor, ImmutableArray<ServiceCall> Calls) : StepEvent(Step);

/// <summary>The attempt met a passing fault; the next one follows after a back-off.</summary>
public sealed record StepRetried(string Step, int Attempt, StepFault Fault, ImmutableArray<ServiceCall> Calls) : StepEvent(Step);

/// <summary>Nobody answers. The step's deadline stands still from here to <see cref="StepReconnected"/>.</summary>
public sealed record StepCutOff(string Step, int Attempt, StepFault Fault, ImmutableArray<ServiceCall> Calls) : StepEvent(Step);

public sealed record StepReconnected(string Step, TimeSpan CutOffFor) : StepEvent(Step);

public sealed record StepDone(string Step, string Note, JsonElement? Result, ImmutableArray<ServiceCall> Calls) : StepEvent(Step);

/// <summary>A person has to decide or to mend something; the next take-over tries the step again.</summary>
public sealed record StepStopped(string Step, string Reason, string WhatToDo, ImmutableArray<ServiceCall> Calls) : StepEvent(Step);

/// <summary>Nothing runs any more, at least one step stopped. The run can be taken over again.</summary>
public sealed record RunStopped(string Reason) : RunEvent;

/// <summary>Every step is done. Nothing can follow.</summary>
public sealed record RunFinished : RunEvent;

/// <summary>A person gave it up. Nothing can follow; what it made stays until it is cleaned up.</summary>
public sealed record RunAbandoned(string By, string Reason) : RunEvent;

/// <summary>An event as the journal keeps it.</summary>
/// <param name="Run">Whose.</param>
/// <param name="Seq">From 1, without gaps.</param>
/// <param name="Epoch">The epoch of the writer; 0 before anybody took the run over.</param>
/// <param name="At">By the writer's clock; order is told by <paramref name="Seq"/> alone.</param>
/// <param name="Event">What happened.</param>
public sealed record RecordedEvent(RunId Run, long Seq, long Epoch, DateTimeOffset At, RunEvent Event);
