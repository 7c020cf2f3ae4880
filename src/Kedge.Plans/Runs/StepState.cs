using System.Collections.Immutable;
using System.Text.Json;

namespace Kedge.Plans;

/// <summary>What the journal knows about one step.</summary>
public sealed record StepState
{
    /// <summary>Of the calls of one step the first and the last of each half are kept: the push is among the first.</summary>
    public const int MostCalls = 64;

    public required PlannedStep Step { get; init; }

    public StepPhase Phase { get; init; }

    /// <summary>How often it was begun, restarts and faults included; 0 when never.</summary>
    public int Attempts { get; init; }

    /// <summary>The first start ever, null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was done or stopped, null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it waits for while it runs, null when it said nothing.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>The last fault it met and survived.</summary>
    public StepFault? LastFault { get; init; }

    /// <summary>Since when nobody answers, null when somebody does.</summary>
    public DateTimeOffset? CutOffSince { get; init; }

    /// <summary>What was done or found; set when done.</summary>
    public string? Note { get; init; }

    public JsonElement? Result { get; init; }

    /// <summary>Why it stopped; set when stopped.</summary>
    public string? StopReason { get; init; }

    public string? WhatToDo { get; init; }

    public ImmutableArray<ServiceCall> Calls { get => field.IsDefault ? [] : field; init; }

    internal StepState Heard(ImmutableArray<ServiceCall> calls) =>
        calls.IsDefaultOrEmpty ? this : this with { Calls = CallList.Bounded(Calls.AddRange(calls), MostCalls) };
}
