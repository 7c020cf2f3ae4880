using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Audit;
using Kedge.Availability.Drills;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Watch;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha drill</c>: does a fault for real, measures, and keeps the history.</summary>
static class HaDrillCommands
{
    static readonly string[] Columns = ["At", "Fault", "Target", "Node", "Seen (s)", "Fenced (s)", "Recovered (s)", "Silent (s)", "Remark"];

    public static Command Create(Surroundings around, ClusterOptions cluster, HomeOptions home)
    {
        var command = new Command("drill", "Do a fault for real, and measure when it is seen, fenced and recovered.");
        command.Subcommands.Add(Service(around, cluster, home));
        command.Subcommands.Add(OfNode("node", "A node loses its power.", Fault.NodeLost, around, cluster, home));
        command.Subcommands.Add(OfNode("network", "A node lives on, and the others do not hear it.", Fault.NetworkCut, around, cluster, home));
        command.Subcommands.Add(Dc(around, cluster, home));
        command.Subcommands.Add(History(around, home));
        return command;
    }

    static Command Service(Surroundings around, ClusterOptions cluster, HomeOptions home)
    {
        var resource = new Argument<string>("resource") { Description = "The resource whose processes are hit." };
        var node = new Option<string?>("--node") { Description = "Where, if it runs on several nodes.", HelpName = "NODE" };
        var hang = new Option<bool>("--hang") { Description = "Stop its processes (SIGSTOP) instead of killing them: it takes connections and does not answer." };
        var command = new Command("service", "The processes of a service are killed, or stopped.") { resource, node, hang };
        var drill = new DrillOptions(command, around, cluster, home);
        command.SetAction((parsed, cancel) => drill.RunAsync(
            parsed,
            (cib, _) =>
            {
                var wanted = parsed.GetValue(resource)!;
                if (cib.Primitives.All(one => one.Id != wanted))
                    throw new UsageException($"The cluster has no resource '{wanted}'.");
                var places = cib.Histories.Where(one => one.Resource == wanted && one.Runs).Select(one => one.Node).ToArray();
                var at = parsed.GetValue(node) ?? (places.Length == 1 ? places[0] : throw new UsageException($"{wanted} runs on {(places.Length == 0 ? "no node" : string.Join(", ", places))}: say --node."));
                var watched = WatchList.Of(cib, at).FirstOrDefault(one => one.Resource == wanted) ?? throw new UsageException($"{wanted} does not run on {at}, or nothing tells which process it is.");
                return (parsed.GetValue(hang) ? Fault.ServiceHung : Fault.ServiceKilled, watched, at);
            },
            cancel));
        return command;
    }

    static Command OfNode(string verb, string what, Fault fault, Surroundings around, ClusterOptions cluster, HomeOptions home)
    {
        var node = new Argument<string>("node") { Description = "The node." };
        var command = new Command(verb, what) { node };
        var drill = new DrillOptions(command, around, cluster, home);
        command.SetAction((parsed, cancel) => drill.RunAsync(
            parsed,
            (_, status) => status.Nodes.Any(one => one.Name == parsed.GetValue(node)) ? (fault, null, parsed.GetValue(node)!) : throw new UsageException($"The cluster has no node '{parsed.GetValue(node)}'."),
            cancel));
        return command;
    }

    static Command Dc(Surroundings around, ClusterOptions cluster, HomeOptions home)
    {
        var command = new Command("dc", "The node that decides loses its power.");
        var drill = new DrillOptions(command, around, cluster, home);
        command.SetAction((parsed, cancel) => drill.RunAsync(
            parsed, (_, status) => (Fault.DcLost, null, status.Dc ?? throw new RefusedException("There is no DC now: the cluster is not well enough for a drill.")), cancel));
        return command;
    }

    static Command History(Surroundings around, HomeOptions home)
    {
        var command = new Command("history", "The drills that were done from here.");
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            output.Print(parsed, around.Output, new Shown.Rows(Columns, [.. (await DrillHistory.In(home.Of(parsed).DataPath).ReadAsync(cancel)).Select(Row)]));
            return ExitCodes.Done;
        });
        return command;
    }

    static JsonNode?[] Row(DrillResult drill) =>
    [
        Moments.Text(drill.At), drill.Fault.ToString(), drill.Target, drill.Node, drill.SeenS, drill.FencedS, drill.RecoveredS, drill.SilentS, drill.Remark,
    ];

    /// <summary>What every drill takes, asks and does.</summary>
    sealed class DrillOptions
    {
        readonly Surroundings around;
        readonly ClusterOptions cluster;
        readonly HomeOptions home;
        readonly ReachOptions reach;
        readonly OutputOptions output;
        readonly Option<string?> url = new("--url") { Description = "Ask this as a client would, through the virtual IP: recovered means that it answers again.", HelpName = "URL" };
        readonly Option<double> limit = new("--limit") { Description = "Seconds after which the drill ends, recovered or not.", DefaultValueFactory = _ => 180, HelpName = "SECONDS" };
        readonly Option<string?> power = new("--power-off") { Description = "Program on this machine that takes {node}'s power. Default: the node's kernel is told to reboot at once.", HelpName = "WORDS" };
        readonly Option<string?> cut = new("--cut") { Description = "Program on this machine that cuts {node}'s cable. Default: the node drops corosync's traffic for two minutes.", HelpName = "WORDS" };
        readonly Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        readonly Option<bool> force = new("--force") { Description = "Even when the audit says that it is dangerous." };

        public DrillOptions(Command command, Surroundings around, ClusterOptions cluster, HomeOptions home)
        {
            (this.around, this.cluster, this.home) = (around, cluster, home);
            limit.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<double>() is not (> 0 and <= 3600))
                    result.AddError("--limit takes more than 0 and at most 3600 seconds.");
            });
            foreach (var option in (Option[])[url, limit, power, cut, yes, force])
                command.Options.Add(option);
            reach = ReachOptions.AddTo(command, cluster, around);
            output = OutputOptions.AddTo(command);
        }

        public async Task<int> RunAsync(ParseResult parsed, Func<Cib, ClusterStatus, (Fault Fault, Watched? Service, string Node)> choose, CancellationToken cancel)
        {
            var here = cluster.Connect(parsed);
            var (cib, status) = (await here.ReadCibAsync(cancel), await here.ReadStatusAsync(cancel));
            var (fault, service, node) = choose(cib, status);
            var facts = await HaAuditCommand.FactsAsync(home.Of(parsed).DataPath, [], around, cancel);
            var reasons = DrillGate.Reasons(fault, node, cib, status, ClusterAudit.Of(cib, status, facts, TimeSpan.FromSeconds(10)));
            if (reasons.Count > 0 && !parsed.GetValue(force))
                throw new RefusedException($"This would be no drill:{string.Concat(reasons.Select(reason => $"\n  - {reason}"))}\nMend that first, or say --force.");
            if (!parsed.GetValue(yes) && !Question.Ask($"Really do it: {fault} of {service?.Resource ?? node}{(service is null ? "" : $" on {node}")}", around))
                return ExitCodes.Conflict;
            var to = reach.Of(parsed);
            var orders = new FaultOrders(to, LocalCommands.Here(around.Clock), WordsOf(parsed, power, "--power-off"), WordsOf(parsed, cut, "--cut"));
            // The node that is hit cannot tell about it.
            var other = status.Nodes.FirstOrDefault(one => one.Online && one.Name != node)?.Name ?? throw new RefusedException($"No node but {node} is there to look on.");
            using var probe = new HttpProbe(around.Clock);
            var asked = UrlOf(parsed);
            var measure = new FaultMeasure(
                new Cluster(to(other), around.Clock),
                asked is null ? null : token => probe.IsServedAsync(asked, TimeSpan.FromMilliseconds(500), token),
                around.Clock);
            var result = await measure.MeasureAsync(fault, service?.Resource, node, token => orders.DoAsync(fault, service, node, token), TimeSpan.FromSeconds(parsed.GetValue(limit)), cancel);
            DrillHistory.In(home.Of(parsed).DataPath).Append(result);
            output.Print(parsed, around.Output, new Shown.Rows(Columns, [Row(result)]));
            return result.Recovered ? ExitCodes.Done : ExitCodes.NotReady;
        }

        static IReadOnlyList<string>? WordsOf(ParseResult parsed, Option<string?> option, string name) => parsed.GetValue(option) is { } text ? ReachOptions.Words(text, name) : null;

        Uri? UrlOf(ParseResult parsed) => parsed.GetValue(url) is not { } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
            : throw new UsageException($"--url '{text}' is not an http or https address.");
    }
}
