namespace Kedge.Availability.Watch;

/// <summary>Why the watcher thinks that a resource is not well. It is never believed by itself: the resource's own agent is asked.</summary>
public enum Suspicion
{
    /// <summary>Its main process died.</summary>
    Died,

    /// <summary>Its pidfile or unit names no living process.</summary>
    Missing,

    /// <summary>Its main process is stopped (SIGSTOP, or a debugger).</summary>
    Frozen,

    /// <summary>It takes connections, or would, and does not answer.</summary>
    Silent,

    /// <summary>It refuses connections.</summary>
    Refused,
}

/// <summary>What became of a suspicion.</summary>
public enum Verdict
{
    /// <summary>The agent says that it failed, Pacemaker took it for running and was told.</summary>
    Told,

    /// <summary>The agent says that it is well: nothing was told.</summary>
    AgentSaysWell,

    /// <summary>The agent could not say (wrong configuration, no rights, not installed): nothing was told, Pacemaker's own monitor will see the same.</summary>
    AgentCannotSay,

    /// <summary>Pacemaker is stopping or moving it, has seen the failure, or does not manage it: nothing was told.</summary>
    PacemakerKnows,

    /// <summary>Asked or told too often lately: nothing was done, Pacemaker's own monitor remains.</summary>
    TooOften,

    /// <summary>Pacemaker's tools did not answer: nothing is known to have been told.</summary>
    NoAnswer,
}

/// <summary>One suspicion and its end, for the journal of events and for metrics.</summary>
/// <param name="Took">From the suspicion until Pacemaker was told, or it was dropped.</param>
public sealed record WatchNote(DateTimeOffset At, string Resource, Suspicion Suspicion, Verdict Verdict, TimeSpan Took, string Detail);
