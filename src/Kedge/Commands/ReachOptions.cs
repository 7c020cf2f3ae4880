using System.CommandLine;
using Kedge.Availability.Pacemaker;

namespace Kedge.Commands;

/// <summary>How a command gets to each node of the cluster, by the node's name.</summary>
sealed class ReachOptions(ClusterOptions cluster, Surroundings around)
{
    readonly Option<string?> reach = new("--reach")
    {
        Description = "Runs a command on a node: words with {node}, the command is put behind them. Default: ssh to the node's name, with the user of --host.",
        HelpName = "WORDS",
    };

    public static ReachOptions AddTo(Command command, ClusterOptions cluster, Surroundings around)
    {
        var options = new ReachOptions(cluster, around);
        command.Options.Add(options.reach);
        return options;
    }

    /// <exception cref="UsageException">Words that do not name the node.</exception>
    public Func<string, IClusterCommands> Of(ParseResult parsed)
    {
        var ssh = cluster.SshOptions(parsed);
        if (parsed.GetValue(reach) is { } words)
        {
            var split = Words(words, "--reach");
            return node => LocalCommands.Through(With(split, node), around.Clock);
        }
        var user = cluster.Host(parsed)?.Split('@') is [{ Length: > 0 } name, _] ? name + "@" : "";
        return node => ClusterOptions.Commands(user + node, ssh, around);
    }

    /// <summary>Words with <c>{node}</c> among them; no quoting: what needs a shell goes into a script.</summary>
    /// <exception cref="UsageException">No word names the node.</exception>
    public static IReadOnlyList<string> Words(string text, string option)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Any(word => word.Contains("{node}", StringComparison.Ordinal)) ? words : throw new UsageException($"{option} '{text}' does not say where {{node}} goes.");
    }

    static string[] With(IReadOnlyList<string> words, string node) => [.. words.Select(word => word.Replace("{node}", node, StringComparison.Ordinal))];
}
