using System.CommandLine;

namespace Kedge.Commands;

/// <summary>The whole command line, wired by hand: a file per verb.</summary>
static class KedgeCommand
{
    public static RootCommand Create(Surroundings around)
    {
        var root = new RootCommand(
            $"""
            Disaster recovery and failover for OpenStack.

            Clouds are named as in clouds.yaml (OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack, /etc/openstack).

            {ExitCodes.Help}
            """);
        var home = HomeOptions.AddTo(root, around);
        foreach (var command in (Command[])
        [
            SiteCommands.Create(around, home),
            WorkloadCommands.Create(around, home),
            PolicyCommands.Create(around, home),
            MappingCommands.Create(around, home),
            ProtectCommand.Create(around, home),
            PointCommands.Create(around, home),
            ReadyCommand.Create(around, home),
            PlanCommands.Create(around, home),
            FailoverCommand.Create(around, home),
            RunCommands.Create(around, home),
            ServeCommand.Create(around, home),
            CleanupCommand.Create(around, home),
            BackupCommand.Create(around, home),
            RepositoryCommands.Create(around, home),
            TokenCommands.Create(around, home),
            MoverCommands.Create(around, home),
            HaCommands.Create(around, home),
            SandboxCommand.Create(around),
            DemoCommand.Create(around),
            CompletionCommand.Create(around),
            VersionCommand.Create(around),
        ])
            root.Subcommands.Add(command);
        return root;
    }

    /// <summary>Runs one command line to its exit code. Nothing escapes: every error is printed as what happened, to what, and what to do.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings around)
    {
        var parsed = Create(around).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                around.Error.WriteLine($"kedge: {error.Message}");
            var command = parsed.CommandResult.Command;
            if (command.Arguments.Count > 0)
                around.Error.WriteLine($"kedge: usage: {NameOf(command)} {string.Join(' ', command.Arguments.Select(Placeholder))} [options]");
            around.Error.WriteLine($"kedge: see '{NameOf(command)} --help'");
            return ExitCodes.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = around.Output,
                Error = around.Error,
                // What has begun is written down: ten seconds are enough to stop.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
            });
        }
#pragma warning disable CA1031 // The edge: what nobody foresaw is printed here, and nowhere else.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Failure.Print(e, around.Error);
        }
    }

    static string Placeholder(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name;

    static string NameOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {command.Name}" : "kedge";
}
