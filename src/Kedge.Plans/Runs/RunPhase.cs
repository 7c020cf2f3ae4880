namespace Kedge.Plans;

/// <summary>Where a run can be. What it waits for is text in an event, not another phase.</summary>
public enum RunPhase
{
    /// <summary>Written down; nobody has executed anything.</summary>
    Accepted,

    /// <summary>Taken over. Whether its owner still lives, only his next event tells.</summary>
    Running,

    /// <summary>A step stopped; a person mends the cause and resumes, or abandons.</summary>
    Stopped,

    Finished,

    Abandoned,
}

public enum StepPhase
{
    /// <summary>Not started, or interrupted by a restart or a stop and to be started again.</summary>
    Pending,

    Running,

    Done,

    Stopped,
}

public static class RunPhases
{
    /// <summary>Nothing can follow.</summary>
    public static bool IsEnd(this RunPhase phase) => phase is RunPhase.Finished or RunPhase.Abandoned;

    /// <summary>The phase an event leads to; null leaves it as it is.</summary>
    internal static RunPhase? After(RunEvent e) => e switch
    {
        RunAccepted => RunPhase.Accepted,
        RunTakenOver => RunPhase.Running,
        RunStopped => RunPhase.Stopped,
        RunFinished => RunPhase.Finished,
        RunAbandoned => RunPhase.Abandoned,
        _ => null,
    };
}
