using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Audit;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha audit</c>.</summary>
static class HaAuditCommand
{
    /// <summary>Nodes asked at the same time.</summary>
    const int AtOnce = 8;

    static readonly string[] Columns = ["Weight", "Rule", "Subject", "What", "Consequence", "Fix"];

    public static Command Create(Surroundings around, ClusterOptions node, HomeOptions home)
    {
        var promised = new Option<double>("--promised") { Description = "Seconds within which a service that died is to answer again.", DefaultValueFactory = _ => 10 };
        promised.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 86_400))
                result.AddError("--promised takes more than 0 and at most 86400 seconds.");
        });
        var local = new Option<bool>("--no-nodes") { Description = "Do not ask the nodes one by one: corosync, clocks and services outside the cluster are not looked at." };
        var command = new Command("audit", "List what is dangerous about the cluster, with consequence and fix. Exit code 5: there is a danger or a warning.") { promised, local };
        var reach = ReachOptions.AddTo(command, node, around);
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var cluster = node.Connect(parsed);
            var (cib, status) = (await cluster.ReadCibAsync(cancel), await cluster.ReadStatusAsync(cancel));
            var nodes = parsed.GetValue(local) ? [] : await AskAsync(status, reach.Of(parsed), around, cancel);
            var facts = await FactsAsync(home.Of(parsed).DataPath, nodes, around, cancel);
            var findings = ClusterAudit.Of(cib, status, facts, TimeSpan.FromSeconds(parsed.GetValue(promised))).OrderByDescending(finding => finding.Weight).ToArray();
            output.Print(parsed, around.Output, new Shown.Rows(Columns,
            [
                .. findings.Select(finding => new JsonNode?[]
                {
                    finding.Weight.ToString(), finding.Rule, finding.Subject, finding.What, finding.Consequence, finding.Fix,
                }),
            ]));
            return findings.Any(finding => finding.Weight >= Weight.Warning) ? ExitCodes.NotReady : ExitCodes.Done;
        });
        return command;
    }

    /// <summary>With the evidence of this data directory.</summary>
    public static async Task<AuditFacts> FactsAsync(string dataPath, IReadOnlyList<NodeFacts> nodes, Surroundings around, CancellationToken cancel) =>
        new(nodes, await FenceProofs.In(dataPath).ReadAsync(cancel), around.Clock.GetUtcNow());

    static async Task<IReadOnlyList<NodeFacts>> AskAsync(ClusterStatus status, Func<string, IClusterCommands> reach, Surroundings around, CancellationToken cancel)
    {
        var facts = new List<NodeFacts>();
        foreach (var some in status.Nodes.Where(one => one.Online).Chunk(AtOnce))
            facts.AddRange(await Task.WhenAll(some.Select(one => NodeFacts.AskAsync(one.Name, reach(one.Name), around.Clock, cancel))));
        return facts;
    }
}
