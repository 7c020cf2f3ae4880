using Kedge.Availability.Changes;
using Kedge.Home;
using Kedge.Moving;
using Kedge.Output;
using Kedge.Plans;
using Spectre.Console;

namespace Kedge.Commands;

/// <summary>Executes a run while the person at the terminal watches, and says how it ended.</summary>
static class RunFollower
{
    public static async Task<RunState> ExecuteAsync(KedgeHome kedge, IJournal journal, RunId run, Surroundings around, CancellationToken cancel)
    {
        var plan = (await journal.GetStateAsync(run, cancel)).Plan;
        await using var movers = ChangeRunbook.IsOne(plan.Kind) ? null : await EmbeddedMovers.OpenAsync(kedge, around, cancel);
        await using var desk = await EmbeddedDesk.OpenAsync(kedge, journal, around.Clock, cancel);
        var executor = ChangeRunbook.IsOne(plan.Kind)
            ? HaChangeCommands.Executor(kedge, journal, plan, around)
            : await desk.ExecutorAsync(plan, cancel);
        around.Error.WriteLine($"Run {run}: {plan.Title}");
        if (!around.IsTerminal)
            return await executor.ExecuteAsync(run, new RunLines(around.Error, around.Clock), cancel);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(around.Error) });
        var screen = new RunScreen(console, around.Clock);
        return await screen.FollowAsync(executor.ExecuteAsync(run, screen, cancel), cancel);
    }

    /// <summary>Exit code of a run that was executed; a stopped one is explained.</summary>
    public static int Report(RunState state, Surroundings around)
    {
        if (state.Phase is RunPhase.Finished)
            return ExitCodes.Done;
        around.Error.WriteLine($"kedge: run {state.Run} is {state.Phase.ToString().ToLowerInvariant()}: {state.Reason}");
        foreach (var step in state.StepsInOrder.Where(step => step.Phase is StepPhase.Stopped))
        {
            around.Error.WriteLine($"  {step.Step.Title}: {step.StopReason}");
            around.Error.WriteLine($"    What to do: {step.WhatToDo}");
            if (step.Calls is [.., var last])
                around.Error.WriteLine($"    Last request: {last.Service} {last.RequestId}");
        }
        if (state.Phase is RunPhase.Stopped)
            around.Error.WriteLine($"  Then: kedge run resume {state.Run}    (or: kedge run abandon {state.Run}, kedge {(ChangeRunbook.IsOne(state.Plan.Kind) ? "ha undo" : "cleanup")} {state.Run})");
        return ExitCodes.Stopped;
    }
}
