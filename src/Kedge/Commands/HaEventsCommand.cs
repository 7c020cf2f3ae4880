using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Events;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha events</c>: the journal of events that the watcher of this node keeps.</summary>
static class HaEventsCommand
{
    static readonly string[] Columns = ["At", "Kind", "Node", "Resource", "Task", "Code", "Description", "Id"];

    public static Command Create(Surroundings around, HomeOptions home)
    {
        var last = new Option<int>("--last") { Description = "So many, the newest last.", DefaultValueFactory = _ => 50, HelpName = "N" };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--last takes 1 or more.");
        });
        var command = new Command("events", "What happened in the cluster, as this node's watcher wrote it down (kedge ha watch).") { last };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var events = await EventFile.In(home.Of(parsed).DataPath).ReadAsync(cancel);
            output.Print(parsed, around.Output, new Shown.Rows(Columns,
            [
                .. events.TakeLast(parsed.GetValue(last)).Select(one => new JsonNode?[] { Moments.Text(one.At), one.Kind, one.Node, one.Resource, one.Task, one.Code, one.Description, one.Id }),
            ]));
            return ExitCodes.Done;
        });
        return command;
    }
}
