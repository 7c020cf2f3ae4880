using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Audit;
using Kedge.Availability.Pacemaker;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha</c>: the Pacemaker cluster under a cloud's control plane.</summary>
static class HaCommands
{
    static readonly string[] StatusColumns = ["Kind", "Name", "State", "Where", "Detail"];
    static readonly string[] AuditColumns = ["Weight", "Rule", "Subject", "What", "Consequence", "Fix"];

    public static Command Create(Surroundings around)
    {
        var command = new Command("ha", "The Pacemaker cluster under a cloud's control plane.");
        var node = ClusterOptions.AddTo(command, around);
        command.Subcommands.Add(Status(around, node));
        command.Subcommands.Add(Audit(around, node));
        return command;
    }

    static Command Status(Surroundings around, ClusterOptions node)
    {
        var command = new Command("status", "Nodes, DC, quorum, services, what failed, fencing: on one screen.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var status = await node.Connect(parsed).ReadStatusAsync(cancel);
            var rows = new List<JsonNode?[]> { new JsonNode?[] { "cluster", "quorum", status.HasQuorum ? "yes" : "no", null, status.Dc is null ? "no DC" : $"DC {status.Dc}" } };
            rows.AddRange(status.Nodes.Select(one => new JsonNode?[] { "node", one.Name, one.State, null, null }));
            rows.AddRange(status.Resources.Select(one => new JsonNode?[]
            {
                "resource", one.Id, one.Failed ? "failed" : one.Blocked ? "blocked" : one.Role, string.Join(' ', one.Nodes), one.Managed ? one.Agent : $"{one.Agent}, unmanaged",
            }));
            rows.AddRange(status.Failures.Select(one => new JsonNode?[] { "failure", one.Operation, one.Answer, one.Node, $"{one.At} {one.Reason}".Trim() }));
            rows.AddRange(status.Fencing.Select(one => new JsonNode?[] { "fencing", one.Target, one.Outcome, one.By, $"{one.Action} {one.Completed} {one.Reason}".Trim() }));
            output.Print(parsed, around.Output, new Shown.Rows(StatusColumns, rows));
            return ExitCodes.Done;
        });
        return command;
    }

    static Command Audit(Surroundings around, ClusterOptions node)
    {
        var promised = new Option<double>("--promised") { Description = "Seconds within which a service that died is to answer again.", DefaultValueFactory = _ => 10 };
        promised.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
                result.AddError("--promised takes more than 0 and at most 86400 seconds.");
        });
        var command = new Command("audit", "List what is dangerous about the cluster, with consequence and fix. Exit code 5: there is a danger or a warning.") { promised };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var cluster = node.Connect(parsed);
            var cib = await cluster.ReadCibAsync(cancel);
            var status = await cluster.ReadStatusAsync(cancel);
            var findings = ClusterAudit.Of(cib, status, TimeSpan.FromSeconds(parsed.GetValue(promised))).OrderByDescending(finding => finding.Weight).ToArray();
            output.Print(parsed, around.Output, new Shown.Rows(AuditColumns,
            [
                .. findings.Select(finding => new JsonNode?[]
                {
                    finding.Weight.ToString(), finding.Rule, finding.Subject, finding.What, finding.Consequence, finding.Fix,
                }),
            ]));
            around.Error.WriteLine("Not looked at yet: corosync's token, qdevice, failure timeouts of operations, services outside the cluster, clocks.");
            return findings.Any(finding => finding.Weight >= Weight.Warning) ? ExitCodes.NotReady : ExitCodes.Done;
        });
        return command;
    }
}
