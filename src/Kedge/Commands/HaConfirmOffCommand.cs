using System.CommandLine;
using Kedge.Availability.Pacemaker;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary>
/// <c>kedge ha confirm-off NODE</c>: an operator who has seen that a lost node has no power says so in the place of a fencing device that does
/// not work. Pacemaker believes it: said wrongly, two nodes write to the same data.
/// </summary>
static class HaConfirmOffCommand
{
    public static Command Create(Surroundings around, ClusterOptions cluster)
    {
        var node = new Argument<string>("node") { Description = "The lost node, which has no power and cannot get it by itself." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command("confirm-off", "Tell Pacemaker that a lost node is off, when its fencing device cannot. Said wrongly, data is destroyed.") { node, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var target = parsed.GetValue(node)!;
            var pacemaker = cluster.Connect(parsed);
            var status = await pacemaker.ReadStatusAsync(cancel);
            if (Reason(status, target) is { } reason)
                throw new RefusedException(reason);
            if (!parsed.GetValue(yes) && !Question.Ask($"You have seen that {target} has no power, and it cannot get it by itself: Pacemaker is to start its services elsewhere", around))
                return ExitCodes.Conflict;
            await pacemaker.ConfirmOffAsync(target, cancel);
            around.Error.WriteLine($"Pacemaker takes {target} for off now. Mend its fencing device before it gets power again: kedge ha audit.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <exception cref="UsageException">No such node.</exception>
    static string? Reason(ClusterStatus status, string target)
    {
        var node = status.Nodes.FirstOrDefault(one => one.Name == target)
            ?? throw new UsageException($"The cluster has no node '{target}'. Its nodes: {string.Join(", ", status.Nodes.Select(one => one.Name))}.");
        return node switch
        {
            { Unclean: true, Online: true } => $"{target} is still a member of the cluster, so it runs: it is not off. Take its power first.",
            { Unclean: true } => null,
            { Online: true } => $"{target} is a member of the cluster and well: there is nothing to confirm.",
            _ => $"Pacemaker knows already that {target} is off: there is nothing to confirm.",
        };
    }
}
