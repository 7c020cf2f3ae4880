using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Pacemaker;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha status</c>: the cluster on one screen. A clone is one row.</summary>
static class HaStatusCommand
{
    /// <summary>More does not fit on a screen; crm_mon has the rest.</summary>
    const int MostOfHistory = 8;

    static readonly string[] Columns = ["Kind", "Name", "State", "Where", "Detail"];

    public static Command Create(Surroundings around, ClusterOptions node)
    {
        var command = new Command("status", "Nodes, DC, quorum, services, what failed last and why, fencing: on one screen.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var status = await node.Connect(parsed).ReadStatusAsync(cancel);
            output.Print(parsed, around.Output, new Shown.Rows(Columns, [.. Rows(status)]));
            return ExitCodes.Done;
        });
        return command;
    }

    static IEnumerable<JsonNode?[]> Rows(ClusterStatus status)
    {
        yield return ["cluster", "quorum", status.HasQuorum ? "yes" : "no", null, status.Dc is null ? "no DC: nobody decides now" : $"DC {status.Dc}"];
        foreach (var node in status.Nodes)
        {
            var runs = status.Resources.Count(one => one.Nodes.Contains(node.Name));
            yield return ["node", node.Name, node.State, null, $"{runs} {(runs == 1 ? "resource" : "resources")}{(node.Name == status.Dc ? ", DC" : "")}"];
        }
        foreach (var instances in status.Resources.GroupBy(one => one.Id, StringComparer.Ordinal))
            yield return Service([.. instances]);
        foreach (var failure in status.Failures.OrderByDescending(one => one.At, StringComparer.Ordinal).Take(MostOfHistory))
            yield return ["failure", failure.Operation, failure.Answer, failure.Node, $"{failure.At} {failure.Reason}".Trim()];
        foreach (var fencing in status.Fencing.Take(MostOfHistory))
            yield return ["fencing", fencing.Target, fencing.Outcome, fencing.By, $"{fencing.Action} {fencing.Completed} {fencing.Reason}".Trim()];
        yield return Last(status);
    }

    /// <summary>The worst state of its instances; where each runs; how many of them there are.</summary>
    static JsonNode?[] Service(ResourceStatus[] instances)
    {
        var first = instances[0];
        var state = instances.Any(one => one.Failed) ? "failed" : instances.Any(one => one.Blocked) ? "blocked"
            : string.Join(", ", instances.Select(one => one.Role).Distinct(StringComparer.Ordinal));
        var running = instances.Count(one => one.Nodes.Count > 0);
        return
        [
            "resource", first.Id, state, string.Join(' ', instances.SelectMany(one => one.Nodes).Distinct(StringComparer.Ordinal)),
            $"{first.Agent}{(instances.Length > 1 ? $", {running} of {instances.Length}" : "")}{(instances.All(one => one.Managed) ? "" : ", unmanaged")}",
        ];
    }

    static JsonNode?[] Last(ClusterStatus status) => status.Failures.MaxBy(one => one.At, StringComparer.Ordinal) is { } last
        ? ["last", last.Operation, last.Answer, last.Node, $"{last.At} {(last.Reason.Length > 0 ? last.Reason : "the agent gave no reason: see its log on the node")}"]
        : ["last", "failure", "none", null, "nothing has failed since the last cleanup"];
}
