using System.CommandLine;
using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Workloads;

namespace Kedge.Commands;

/// <summary><c>kedge protect</c>: takes one recovery point.</summary>
static class ProtectCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command(
            "protect",
            """
            Take a recovery point: capture the definition, back the volumes up (incremental where the chain is sound), copy images and root
            disks to the target. Only when all is there does the point exist; until then the last good one stays the newest.
            Killed at any moment and started again, it goes on where it was.
            """) { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            var repository = await kedge.OpenOrCreateRepositoryAsync(cancel);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var key = ProtectRunbook.ExclusiveKey(workload);
            var run = await InterruptedRun.FindAsync(journal, ProtectRunbook.Kind, key, around, cancel);
            if (run is null)
            {
                var plan = await PrepareAsync(kedge, workload, repository, around, cancel);
                run = RunId.Create(around.Clock);
                await journal.BeginAsync(run.Value, plan, key, RunOwner.Current, cancel);
            }
            var state = await RunFollower.ExecuteAsync(kedge, journal, run.Value, around, cancel);
            if (state.Phase is RunPhase.Finished && await repository.FindNewestUsableAsync(workload.Name, cancel) is { } point)
                output.Print(parsed, around.Output, PointCommands.Fields(point, around.Clock.GetUtcNow()));
            return RunFollower.Report(state, around);
        });
        return command;
    }

    static async Task<Plan> PrepareAsync(
        KedgeHome kedge, Workload workload, Recovery.Points.PointRepository repository, Surroundings around, CancellationToken cancel)
    {
        var sites = await kedge.ConnectAsync([workload.From, workload.To], cancel);
        around.Error.WriteLine($"Capturing {workload.Name} at {workload.From} …");
        var captured = await new BlueprintCapture(around.Clock).CaptureAsync(workload, sites[workload.From], progress: null, cancel);
        foreach (var field in captured.Blueprint.Unreadable)
            around.Error.WriteLine($"not readable: {field.Resource} {field.Id}, {field.Field}: {field.Why}");
        var isAChoice = workload.Replication is not null || sites[workload.From].Movers is not null;
        foreach (var choice in MethodChoice.Of(workload, captured.Blueprint, sites).Where(_ => isAChoice))
            around.Error.WriteLine($"volume {choice.Name}: {choice.Method.ToString().ToLowerInvariant()}, {choice.Why}");
        return await ProtectRunbook.PrepareAsync(
            workload, captured.Blueprint, captured.StartedAt, sites, await kedge.Mappings.FindAsync(workload.Name, cancel), repository, cancel);
    }
}
