using System.CommandLine;
using Kedge.Plans;

namespace Kedge.Commands;

/// <summary><c>kedge plan</c>: what a failover would do, in reading order, without doing it.</summary>
static class PlanCommands
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var point = new Option<string?>("--point") { Description = "For this point instead of the newest usable one." };
        var show = new Command("show", "Print what a failover would do now. Nothing is done.") { name, point };
        show.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            var plan = await FailoverCommand.PrepareAsync(kedge, journal, workload, parsed.GetValue(point), "plan", force: true, around, cancel);
            around.Output.Write(PlanText.Print(plan!));
            return ExitCodes.Done;
        });
        return new Command("plan", "What would be done.") { show };
    }
}
