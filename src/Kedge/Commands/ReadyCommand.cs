using System.CommandLine;
using Kedge.Home;
using Kedge.Output;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Readiness;

namespace Kedge.Commands;

/// <summary><c>kedge ready</c>: every reason why a failover would not work now.</summary>
static class ReadyCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("WORKLOAD") { Description = "The workload." };
        var command = new Command(
            "ready",
            "List every reason why a failover would not work now, each with what to do. The source is not asked. Exit code 0: ready; 5: something blocks.") { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            await using var journal = await kedge.OpenJournalAsync(cancel);
            await using var desk = await EmbeddedDesk.OpenAsync(kedge, journal, around.Clock, cancel);
            var prepared = await PreparedFailover.OfNewestAsync(desk.Desk, workload, cancel);
            var report = await ReadinessCheck.RunAsync(prepared.Question(await kedge.GetSiteAsync(workload.To, cancel)), around.Clock, cancel);
            output.Print(parsed, around.Output, new Shown.Rows(
                ["Severity", "Code", "Resource", "What", "What To Do"],
                [.. report.Reasons.Select(reason => new System.Text.Json.Nodes.JsonNode?[]
                {
                    reason.Severity.ToString(), reason.Code, reason.Resource, reason.What, reason.WhatToDo,
                })]));
            around.Error.WriteLine(report.IsReady
                ? $"{workload.Name} is ready: point {prepared.Point!.Id}, {Plans.PlanText.Say(around.Clock.GetUtcNow() - prepared.Point.DataAt)} old."
                : $"{workload.Name} is not ready.");
            foreach (var remark in prepared.Definition?.Remarks ?? [])
                around.Error.WriteLine($"note: {remark}");
            return report.IsReady ? ExitCodes.Done : ExitCodes.NotReady;
        });
        return command;
    }
}
