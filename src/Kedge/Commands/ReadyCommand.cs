using System.CommandLine;
using Kedge.Home;
using Kedge.Output;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Workloads;

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
            var repository = await kedge.FindRepositoryAsync(cancel);
            var point = repository is null ? null : await repository.FindNewestUsableAsync(workload.Name, cancel);
            var report = await CheckAsync(kedge, workload, repository, point, around, cancel);
            output.Print(parsed, around.Output, new Shown.Rows(
                ["Severity", "Code", "Resource", "What", "What To Do"],
                [.. report.Reasons.Select(reason => new System.Text.Json.Nodes.JsonNode?[]
                {
                    reason.Severity.ToString(), reason.Code, reason.Resource, reason.What, reason.WhatToDo,
                })]));
            around.Error.WriteLine(report.IsReady
                ? $"{workload.Name} is ready: point {point!.Id}, {Plans.PlanText.Say(around.Clock.GetUtcNow() - point.DataAt)} old."
                : $"{workload.Name} is not ready.");
            return report.IsReady ? ExitCodes.Done : ExitCodes.NotReady;
        });
        return command;
    }

    internal static async Task<ReadinessReport> CheckAsync(
        KedgeHome kedge, Workload workload, PointRepository? repository, RecoveryPoint? point, Surroundings around, CancellationToken cancel)
    {
        var question = new ReadinessQuestion
        {
            Workload = workload,
            Mapping = await kedge.Mappings.FindAsync(workload.Name, cancel),
            Point = point,
            Blueprint = point is null ? null : await repository!.GetBlueprintAsync(point.Blueprint, cancel),
            To = await kedge.GetSiteAsync(workload.To, cancel),
        };
        return await ReadinessCheck.RunAsync(question, around.Clock, cancel);
    }
}
