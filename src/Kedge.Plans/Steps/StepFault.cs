using System.Text.Json.Serialization;

namespace Kedge.Plans;

/// <summary>What an exception of a step means, said by whoever knows that outside world.</summary>
/// <param name="IsTransient">Trying again later may help: 409, 429, 503.</param>
/// <param name="IsUnreachable">Nobody answered at all. The deadline of the step stands still meanwhile.</param>
/// <param name="Message">What happened, to which resource; no secrets.</param>
/// <param name="RequestId">What to search for in the logs over there.</param>
/// <param name="WhatToDo">For the operator, when it is known.</param>
public sealed record StepFault(bool IsTransient, bool IsUnreachable, string Message, string? RequestId, string? WhatToDo)
{
    /// <summary>
    /// A write was refused. What is in its way may be its own effect: a call of an earlier attempt, or of a process before this one, that arrived
    /// only after this attempt had looked. It is believed when it stands after another look. Not journaled.
    /// </summary>
    [JsonIgnore]
    public bool IsRefusedWrite { get; init; }
}

/// <summary>Reads an exception of a step; null means it is unknown, and the run stops with it recorded.</summary>
public delegate StepFault? FaultReader(Exception e);

/// <summary>One call to an outside service, by the id under which that service logged it.</summary>
public sealed record ServiceCall(string Service, string RequestId);
