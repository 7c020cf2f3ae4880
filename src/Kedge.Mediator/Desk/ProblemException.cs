using System.Collections.Immutable;

namespace Kedge.Mediator.Desk;

/// <summary>What was asked for is not done. The same at the terminal and over the API: the code decides the status there and the exit code here.</summary>
/// <param name="code">One of <see cref="V1.ProblemCodes"/>.</param>
/// <param name="message">What happened, to what.</param>
public sealed class ProblemException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Code { get; } = code;

    /// <summary>The field, or header, that is wrong; null: none is.</summary>
    public string? Field { get; init; }

    /// <summary>What a person can do about it; null: the message says it.</summary>
    public string? WhatToDo { get; init; }

    public ImmutableArray<V1.Mistake> Mistakes { get; init; } = [];

    /// <summary>The run that is in the way.</summary>
    public string? Run { get; init; }

    public V1.Readiness? Readiness { get; init; }

    /// <summary>As a cloud named the call that failed.</summary>
    public string? CloudRequestId { get; init; }

    /// <summary>As a mediator that was asked over its API named the request; null: nobody was.</summary>
    public string? RequestId { get; init; }
}
