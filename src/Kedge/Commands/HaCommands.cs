using System.CommandLine;

namespace Kedge.Commands;

/// <summary><c>kedge ha</c>: the Pacemaker cluster under a cloud's control plane.</summary>
static class HaCommands
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var command = new Command("ha", "The Pacemaker cluster under a cloud's control plane.");
        var node = ClusterOptions.AddTo(command, around);
        command.Subcommands.Add(HaStatusCommand.Create(around, node));
        command.Subcommands.Add(HaAuditCommand.Create(around, node, home));
        command.Subcommands.Add(HaFenceTestCommand.Create(around, node, home));
        command.Subcommands.Add(HaConfirmOffCommand.Create(around, node));
        command.Subcommands.Add(HaDrillCommands.Create(around, node, home));
        command.Subcommands.Add(HaWatchCommand.Create(around, home));
        command.Subcommands.Add(HaEventsCommand.Create(around, home));
        command.Subcommands.Add(HaMetricsCommand.Create(around, node, home));
        command.Subcommands.Add(HaChangeCommands.Plan(around, node));
        command.Subcommands.Add(HaChangeCommands.Apply(around, node, home));
        command.Subcommands.Add(HaChangeCommands.Undo(around, node, home));
        command.Subcommands.Add(HaChangeCommands.Export(around));
        return command;
    }
}
