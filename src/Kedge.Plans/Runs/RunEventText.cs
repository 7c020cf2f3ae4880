namespace Kedge.Plans;

/// <summary>An event as one line for a person.</summary>
public static class RunEventText
{
    public static string Say(RunEvent e) => e switch
    {
        RunAccepted a => $"Accepted: {a.Plan.Title}",
        RunTakenOver t => $"Taken over by {t.Owner}",
        StepStarted { Attempt: 1 } => "Started",
        StepStarted s => $"Started again (attempt {s.Attempt})",
        StepWaiting w => $"Waiting for {w.WaitingFor}",
        StepRetried r => $"Met a passing fault: {r.Fault.Message}",
        StepCutOff c => $"Nobody answers: {c.Fault.Message}",
        StepReconnected r => $"Answered again after {PlanText.Say(r.CutOffFor)}",
        StepDone d => d.Note,
        StepStopped s => $"Stopped: {s.Reason} {s.WhatToDo}",
        RunStopped s => $"Stopped: {s.Reason}",
        RunFinished => "Finished",
        RunAbandoned a => $"Abandoned by {a.By}: {a.Reason}",
        _ => e.GetType().Name,
    };
}
