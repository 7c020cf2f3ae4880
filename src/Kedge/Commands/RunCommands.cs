using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Steps;

namespace Kedge.Commands;

/// <summary><c>kedge run</c>: what was executed, step by step.</summary>
static class RunCommands
{
    public static Command Create(Surroundings around, HomeOptions home) => new("run", "Runs: executions of plans, in the journal.")
    {
        List(around, home),
        Show(around, home),
        Events(around, home),
        Resume(around, home),
        Abandon(around, home),
    };

    static Argument<string> RunArgument() => new("RUN") { Description = "Id of the run, or the first digits of it." };

    static Command List(Surroundings around, HomeOptions home)
    {
        var command = new Command("list", "List the runs, newest first.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var journal = await home.Of(parsed).OpenJournalAsync(cancel);
            var rows = new List<JsonNode?[]>();
            await foreach (var run in journal.ListAsync(cancel))
                rows.Add([run.Run.Value, run.Kind, run.Subject, PhaseOf(run), Moments.Text(run.AcceptedAt), Moments.Text(run.LastEventAt), run.Owner]);
            output.Print(parsed, around.Output, new Shown.Rows(["ID", "Kind", "Workload", "Phase", "Accepted At", "Last Event At", "Owner"], rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static string PhaseOf(RunSummary run) =>
        run.Phase is RunPhase.Running or RunPhase.Accepted && RunOwner.IsAlive(run.Owner) is false ? "Interrupted" : run.Phase.ToString();

    static Command Show(Surroundings around, HomeOptions home)
    {
        var id = RunArgument();
        var command = new Command("show", "Show a run: each step with its times, attempts and the request ids over there.") { id };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var journal = await home.Of(parsed).OpenJournalAsync(cancel);
            var state = await journal.GetStateAsync(await RunChoice.GetAsync(journal, parsed.GetValue(id)!, cancel), cancel);
            if (output.IsTable(parsed))
                output.Print(parsed, around.Output, StepRows(state));
            output.Print(parsed, around.Output, Summary(state, withSteps: !output.IsTable(parsed)));
            return ExitCodes.Done;
        });
        return command;
    }

    static Shown.Fields Summary(RunState state, bool withSteps)
    {
        var fields = new List<(string, JsonNode?)>
        {
            ("id", state.Run.Value), ("title", state.Plan.Title), ("kind", state.Plan.Kind), ("phase", state.Phase.ToString()), ("reason", state.Reason),
            ("accepted_at", Moments.Text(state.AcceptedAt)), ("started_at", Moments.Text(state.StartedAt)), ("ended_at", Moments.Text(state.EndedAt)),
            ("owner", state.Owner), ("epoch", state.Epoch), ("steps_done", state.DoneCount), ("steps_total", state.Steps.Count),
            ("critical_path_expected", PlanText.Say(state.Plan.CriticalPath)),
        };
        if (state.Plan.Kind == FailoverRunbook.Kind)
            fields.AddRange(FailoverReport.Of(state).Values.Where(field => field.Name is not ("run" or "phase" or "reason")));
        if (state.Plan.Kind == SiteLossRunbook.Kind)
            fields.AddRange([("site", SiteLossFacts.Of(state.Plan).Site), ("who", SiteLossFacts.Of(state.Plan).Who), ("declared_because", SiteLossFacts.Of(state.Plan).Reason)]);
        if (withSteps)
            fields.Add(("steps", new JsonArray([.. state.StepsInOrder.Select(StepOf)])));
        return new Shown.Fields(fields);
    }

    static JsonObject StepOf(StepState step) => new()
    {
        ["id"] = step.Step.Id, ["title"] = step.Step.Title, ["phase"] = step.Phase.ToString(), ["attempts"] = step.Attempts,
        ["started_at"] = step.StartedAt?.ToString("O"), ["ended_at"] = step.EndedAt?.ToString("O"),
        ["note"] = step.Note, ["waiting_for"] = step.WaitingFor, ["last_fault"] = step.LastFault?.Message,
        ["stop_reason"] = step.StopReason, ["what_to_do"] = step.WhatToDo, ["result"] = step.Result is { } result ? JsonNode.Parse(result.GetRawText()) : null,
        ["calls"] = new JsonArray([.. step.Calls.Select(call => (JsonNode)new JsonObject { ["service"] = call.Service, ["request_id"] = call.RequestId })]),
    };

    static Shown.Rows StepRows(RunState state) => new(
        ["#", "Step", "Phase", "Started", "Took", "Attempts", "Note", "Last Request"],
        [.. state.StepsInOrder.Select((step, i) => new JsonNode?[]
        {
            i + 1, step.Step.Title, step.Phase.ToString(), Moments.Text(step.StartedAt),
            step is { StartedAt: { } start, EndedAt: { } end } ? PlanText.Say(end - start) : null, step.Attempts,
            step.Note ?? step.StopReason ?? step.WaitingFor ?? step.LastFault?.Message, step.Calls is [.., var last] ? last.RequestId : null,
        })]);

    static Command Events(Surroundings around, HomeOptions home)
    {
        var id = RunArgument();
        var command = new Command("events", "Print the journal of a run, one event a line as JSON.") { id };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var journal = await home.Of(parsed).OpenJournalAsync(cancel);
            var run = await RunChoice.GetAsync(journal, parsed.GetValue(id)!, cancel);
            await foreach (var recorded in journal.ReadAsync(run, 0, cancel))
                around.Output.WriteLine(JournalJson.Line(recorded));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Resume(Surroundings around, HomeOptions home)
    {
        var id = RunArgument();
        var takeOver = new Option<bool>("--take-over") { Description = "Also when the process that has it still lives: that one is stopped by the journal." };
        var command = new Command("resume", "Go on with a run that was interrupted or has stopped.") { id, takeOver };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var run = await RunChoice.GetAsync(journal, parsed.GetValue(id)!, cancel);
            var before = await journal.GetStateAsync(run, cancel);
            if (before.IsEnded)
                throw new RunEndedException(run, before.Phase);
            if (before.Phase is RunPhase.Running && RunOwner.IsAlive(before.Owner) is not false && !parsed.GetValue(takeOver))
                throw new RefusedException($"Run {run} is being executed by {before.Owner}. If that is stuck or gone: kedge run resume {run} --take-over");
            var state = await RunFollower.ExecuteAsync(kedge, journal, run, around, cancel);
            output.Print(parsed, around.Output, Summary(state, withSteps: false));
            return RunFollower.Report(state, around);
        });
        return command;
    }

    static Command Abandon(Surroundings around, HomeOptions home)
    {
        var id = RunArgument();
        var reason = new Option<string>("--reason") { Description = "Why.", DefaultValueFactory = _ => "not said" };
        var command = new Command("abandon", "Give a run up for good. What it made stays until 'kedge cleanup'.") { id, reason };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var journal = await home.Of(parsed).OpenJournalAsync(cancel);
            var run = await RunChoice.GetAsync(journal, parsed.GetValue(id)!, cancel);
            var executor = new RunExecutor(
                journal, _ => throw new InvalidOperationException("An abandoned run executes nothing."), RecoveryFaults.Read, new RunLimits(), around.Clock, RunOwner.Current);
            await executor.AbandonAsync(run, $"{Environment.UserName}@{Environment.MachineName}", parsed.GetValue(reason)!, cancel);
            around.Error.WriteLine($"Run {run} is abandoned. To remove what it made: kedge cleanup {run}");
            return ExitCodes.Done;
        });
        return command;
    }
}
