namespace Kedge.Plans;

/// <summary>What can be wrong with a journal.</summary>
public enum JournalFault
{
    /// <summary>No room left on the device.</summary>
    DiskFull,

    /// <summary>Another process holds it for longer than we wait.</summary>
    Busy,

    /// <summary>The file is damaged or not a journal.</summary>
    Damaged,

    /// <summary>Written by a newer version of the program.</summary>
    FromNewerVersion,

    /// <summary>It cannot be opened, read or written: rights, missing directory, failing device.</summary>
    Inaccessible,

    /// <summary>An event exceeds <see cref="JournalLimits"/>.</summary>
    EventTooLarge,
}

/// <summary>The journal could not be read or written. Nothing of the refused write is there.</summary>
public sealed class JournalException(JournalFault fault, string message, string whatToDo, Exception? inner = null)
    : Exception($"{message} {whatToDo}", inner)
{
    public JournalFault Fault { get; } = fault;

    public string WhatToDo { get; } = whatToDo;
}

/// <summary>An unfinished run already holds what the new one needs for itself.</summary>
public sealed class RunConflictException(string exclusiveKey, RunId holder, string title)
    : Exception($"Run {holder} (\"{title}\") is not finished and holds {exclusiveKey}. Resume it, or abandon it, before another one begins.")
{
    public string ExclusiveKey { get; } = exclusiveKey;

    public RunId Holder { get; } = holder;
}

/// <summary>Somebody else took the run over. Whoever catches this touches nothing more.</summary>
public sealed class SupersededException(RunId run, long epoch, long current, string owner)
    : Exception($"Run {run} was taken over by {owner} (epoch {current}); the owner of epoch {epoch} may not go on with it.")
{
    public RunId Run { get; } = run;

    public long Epoch { get; } = epoch;

    public long CurrentEpoch { get; } = current;
}

public sealed class RunNotFoundException(RunId run) : Exception($"There is no run {run} in this journal.")
{
    public RunId Run { get; } = run;
}

public sealed class RunEndedException(RunId run, RunPhase phase)
    : Exception($"Run {run} is {(phase is RunPhase.Finished ? "finished" : "abandoned")}; nothing can be added to it.")
{
    public RunId Run { get; } = run;

    public RunPhase Phase { get; } = phase;
}
