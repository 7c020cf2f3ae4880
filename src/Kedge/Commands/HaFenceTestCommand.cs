using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge ha fence-test NODE</c>: switches a node off and on through each of its devices, and keeps the evidence.</summary>
static class HaFenceTestCommand
{
    static readonly string[] Columns = ["Node", "Device", "Worked", "By", "Took (s)", "Back (s)", "Why"];

    public static Command Create(Surroundings around, ClusterOptions cluster, HomeOptions home)
    {
        var node = new Argument<string>("node") { Description = "The node to switch off and on." };
        var device = new Option<string?>("--device") { Description = "Only this fencing device; default: each that can fence the node.", HelpName = "ID" };
        var back = new Option<double>("--wait") { Description = "Seconds to wait for the node to be a member again; 0: do not wait.", DefaultValueFactory = _ => 600, HelpName = "SECONDS" };
        back.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 86_400))
                result.AddError("--wait takes 0 to 86400 seconds.");
        });
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var force = new Option<bool>("--force") { Description = "Even when the cluster would lose quorum, or a service its only instance." };
        var command = new Command("fence-test", "Prove each fencing device of a node by switching the node off and on, and write down that it worked. Exit code 5: one did not.")
        {
            node, device, back, yes, force,
        };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var target = parsed.GetValue(node)!;
            var pacemaker = cluster.Connect(parsed);
            var commands = cluster.Commands(parsed);
            var test = new FenceTest(pacemaker, commands, home.Of(parsed).DataPath, around.Clock);
            var devices = await AllowedAsync(test, pacemaker, target, parsed.GetValue(device), parsed.GetValue(force), cancel);
            if (!parsed.GetValue(yes) && !Question.Ask($"Switch {target} off and on through {string.Join(", then ", devices.Chosen)}", around))
                return ExitCodes.Conflict;
            var proofs = new List<FenceProof>();
            foreach (var one in devices.Chosen)
            {
                around.Error.WriteLine($"Fencing {target} through {one}.");
                var proof = await test.TryAsync(target, one, devices.Alone, TimeSpan.FromSeconds(parsed.GetValue(back)), cancel);
                proofs.Add(proof);
                if (proof is { Worked: true, BackS: null } && proofs.Count < devices.Chosen.Count)
                {
                    around.Error.WriteLine($"{target} is not back: the other devices are not tried.");
                    break;
                }
            }
            output.Print(parsed, around.Output, new Shown.Rows(Columns,
                [.. proofs.Select(proof => new JsonNode?[] { proof.Node, proof.Device, proof.Worked, proof.By, proof.TookS, proof.BackS, proof.Why })]));
            return proofs.All(proof => proof.Worked) && proofs.Count == devices.Chosen.Count ? ExitCodes.Done : ExitCodes.NotReady;
        });
        return command;
    }

    /// <exception cref="RefusedException">It would be dangerous, and nobody forced it.</exception>
    /// <exception cref="UsageException">No such node or device.</exception>
    static async Task<(IReadOnlyList<string> Chosen, bool Alone)> AllowedAsync(
        FenceTest test, Cluster cluster, string node, string? device, bool force, CancellationToken cancel)
    {
        var (cib, status) = (await cluster.ReadCibAsync(cancel), await cluster.ReadStatusAsync(cancel));
        if (status.Nodes.All(one => one.Name != node))
            throw new UsageException($"The cluster has no node '{node}'. Its nodes: {string.Join(", ", status.Nodes.Select(one => one.Name))}.");
        if (await test.HereAsync(cancel) == node)
            throw new RefusedException($"{node} is the node through which kedge speaks: it would switch itself off. Run it on another node, or name one with --host.");
        var can = await test.DevicesAsync(node, cancel);
        if (can.Count == 0)
            throw new RefusedException($"No fencing device says that it can fence {node}. kedge ha audit tells more.");
        if (device is not null && !can.Contains(device))
            throw new UsageException($"'{device}' cannot fence {node}. These can: {string.Join(", ", can)}.");
        string[] reasons =
        [
            .. NodeLoss.Reasons(cib, status, node),
            .. NodeLoss.OnlyThere(status, node).Select(only => $"{only} runs nowhere else and would be away until it is started on another node (move it: crm_resource --move -r {only} --ban)"),
        ];
        return reasons.Length == 0 || force
            ? (device is null ? can : [device], can.Count == 1)
            : throw new RefusedException($"{node} is not switched off:{string.Concat(reasons.Select(reason => $"\n  - {reason}"))}\nSay --force if it is to be all the same.");
    }
}
