using System.CommandLine;
using Kedge.Availability.Changes;
using Kedge.Home;
using Kedge.Plans;
using Kedge.Recovery.Cleanup;

namespace Kedge.Commands;

/// <summary><c>kedge cleanup</c>: removes exactly what a run made.</summary>
static class CleanupCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var id = new Argument<string>("RUN") { Description = "Id of the run, or the first digits of it." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("cleanup", "Remove exactly what a run made, in both clouds; what was there before it stays. A run itself, and resumable like one.") { id, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var state = await journal.GetStateAsync(await RunChoice.GetAsync(journal, parsed.GetValue(id)!, cancel), cancel);
            if (ChangeRunbook.IsOne(state.Plan.Kind))
                throw new RefusedException($"Run {state.Run} changed a cluster; what it did is taken back with: kedge ha undo {state.Run}");
            var plan = CleanupRunbook.Write(state);
            if (!parsed.GetValue(yes) && !Question.Ask(plan.Title, around))
                return ExitCodes.Conflict;
            var run = RunId.Create(around.Clock);
            await journal.BeginAsync(run, plan, state.ExclusiveKey, RunOwner.Current, cancel);
            return RunFollower.Report(await RunFollower.ExecuteAsync(kedge, journal, run, around, cancel), around);
        });
        return command;
    }
}
