using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Output;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Protection;

namespace Kedge.Commands;

/// <summary><c>kedge workload methods</c>: how each volume would be brought to the target, why, and what the other methods could do.</summary>
static class MethodsCommand
{
    static readonly string[] Columns = ["Volume", "Method", "Chosen", "Why", "RPO", "Verified", "Needs Admin", "Encryption", "Cost"];

    public static Command Create(Surroundings around, HomeOptions home)
    {
        var name = new Argument<string>("NAME") { Description = "The workload." };
        var command = new Command(
            "methods",
            """
            Show how each volume would be brought to the target by the next point, why, and what each method can do for it. The choice is
            overruled with: kedge workload set NAME --method METHOD, or --volume-method VOLUME=METHOD
            """) { name };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var workload = await kedge.Workloads.GetAsync(parsed.GetValue(name)!, cancel);
            var sites = await kedge.ConnectAsync([workload.From, workload.To], cancel);
            var captured = await new BlueprintCapture(around.Clock).CaptureAsync(workload, sites[workload.From], progress: null, cancel);
            output.Print(parsed, around.Output, new Shown.Rows(Columns, [.. MethodChoice.Of(workload, captured.Blueprint, sites).SelectMany(Rows)]));
            return ExitCodes.Done;
        });
        return command;
    }

    static IEnumerable<JsonNode?[]> Rows(MethodChoice choice) => choice.Sheets.Select(sheet => new JsonNode?[]
    {
        choice.Name, sheet.Method.ToString(), sheet.Method == choice.Method,
        sheet.Method == choice.Method && sheet.IsPossible ? choice.Why : sheet.WhyNot ?? "possible",
        sheet.Rpo, sheet.Verified, sheet.NeedsAdmin, sheet.Encryption, sheet.Cost,
    });
}
