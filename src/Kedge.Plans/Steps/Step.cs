using System.Text.Json;

namespace Kedge.Plans;

/// <summary>
/// One thing to bring about in the world. A step looks first and pushes second: it may be run any number of times, also after a crash
/// between its push and our note of it, also beside a successor of a process that was only thought dead. It catches nothing that it
/// does not understand and waits by answering <see cref="StepOutcome.NotYet"/>, not by sleeping.
/// </summary>
public abstract record Step
{
    public abstract Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel);
}

/// <summary>What a step found or brought about. Closed: every reader handles these three.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>The world is as the step wants it. It is never run again.</summary>
    /// <param name="Note">What was done or found, for the operator.</param>
    /// <param name="Result">What later steps need of it: ids, never secrets. At most <see cref="JournalLimits.LargestEventBytes"/>.</param>
    public sealed record Done(string Note, JsonElement? Result = null) : StepOutcome;

    /// <summary>Nothing is wrong, but it is not there yet.</summary>
    /// <param name="WaitingFor">What it waits for; no counters in it, since each change of the text is written to the journal.</param>
    /// <param name="LookAgainIn">When to run it again.</param>
    public sealed record NotYet(string WaitingFor, TimeSpan LookAgainIn) : StepOutcome;

    /// <summary>Going on would be unsafe or cannot succeed: a person decides.</summary>
    public sealed record Stop(string Reason, string WhatToDo) : StepOutcome;
}
