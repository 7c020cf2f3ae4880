using System.CommandLine;
using Kedge.Availability.Changes;
using Kedge.Availability.Pacemaker;

namespace Kedge.Commands;

/// <summary>Which cluster a command of <c>kedge ha</c> means: this machine's, or the one of a node that ssh reaches.</summary>
sealed class ClusterOptions(Surroundings around)
{
    readonly Option<string?> host = new("--host")
    {
        Description = "A node of the cluster, as ssh takes it. Default: this machine is one.",
        Recursive = true,
        HelpName = "HOST",
    };

    readonly Option<string[]> sshOptions = new("--ssh-option")
    {
        Description = "For ssh -o, e.g. Port=2222; may be given several times.",
        Recursive = true,
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    public static ClusterOptions AddTo(Command command, Surroundings around)
    {
        var options = new ClusterOptions(around);
        command.Options.Add(options.host);
        command.Options.Add(options.sshOptions);
        return options;
    }

    public Cluster Connect(ParseResult parsed) => new(Commands(parsed), around.Clock);

    /// <exception cref="UsageException">What was given is not a host, or not an option of ssh.</exception>
    public IClusterCommands Commands(ParseResult parsed) => Commands(parsed.GetValue(host), parsed.GetValue(sshOptions)!, around);

    public string? Host(ParseResult parsed) => parsed.GetValue(host);

    public IReadOnlyList<string> SshOptions(ParseResult parsed) => parsed.GetValue(sshOptions)!;

    /// <summary>As a run keeps it, for whoever resumes it.</summary>
    public NodeAddress Address(ParseResult parsed) => new(parsed.GetValue(host), [.. parsed.GetValue(sshOptions)!]);

    /// <inheritdoc cref="Commands(ParseResult)"/>
    public static IClusterCommands Commands(string? host, IReadOnlyList<string> sshOptions, Surroundings around)
    {
        if (host is { Length: 0 } || host?[0] == '-')
            throw new UsageException($"--host '{host}' is not a host.");
        if (sshOptions.FirstOrDefault(option => !option.Contains('=') || option[0] is '-' or '=') is { } wrong)
            throw new UsageException($"--ssh-option '{wrong}' is not KEY=VALUE.");
        return host is null ? LocalCommands.Here(around.Clock) : LocalCommands.Over(host, sshOptions, around.Clock);
    }
}
