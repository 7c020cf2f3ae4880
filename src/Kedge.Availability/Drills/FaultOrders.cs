using Kedge.Availability.Pacemaker;
using Kedge.Availability.Watch;

namespace Kedge.Availability.Drills;

/// <summary>How faults are really done on a node. The defaults are for machines that are reached over SSH as root; a lab has ways of its own.</summary>
/// <param name="Reach">Commands on a node, by its name.</param>
/// <param name="Here">Commands on this machine, for what is done to a node from outside.</param>
/// <param name="PowerOff">Program and arguments on this machine, with <c>{node}</c>, that takes a node's power away; null: the node's kernel is told to reboot at once.</param>
/// <param name="Cut">The same for its cable; null: the node drops what corosync sends and gets, for two minutes.</param>
public sealed record FaultOrders(Func<string, IClusterCommands> Reach, IClusterCommands Here, IReadOnlyList<string>? PowerOff, IReadOnlyList<string>? Cut)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>A process and all that it started: an API's workers answer without their parent.</summary>
    const string Tree = "tree() { echo $1; for c in $(cat /proc/$1/task/*/children 2>/dev/null); do tree $c; done; }; ";

    /// <summary>At once, without telling anybody: no service is stopped, no file system is written back. Detached, so that the order itself returns.</summary>
    const string Crash = "(sleep 0.1; echo b > /proc/sysrq-trigger) > /dev/null 2>&1 &";

    /// <summary>It heals by itself: a node that nobody fences must not stay deaf.</summary>
    const string Deaf =
        "rule() { for c in INPUT OUTPUT; do iptables $1 $c -p udp --dport 5404:5412 -j DROP; done; }; rule -I && (sleep 120; rule -D) > /dev/null 2>&1 &";

    /// <exception cref="ClusterException">The service has no process that could be found there, or the node did not take the order.</exception>
    public Task DoAsync(Fault fault, Watched? service, string node, CancellationToken cancel) => fault switch
    {
        Fault.ServiceKilled => SignalAsync(service!, "KILL", node, cancel),
        Fault.ServiceHung => SignalAsync(service!, "STOP", node, cancel),
        Fault.NetworkCut => OrderAsync(Cut, Deaf, node, cancel),
        _ => OrderAsync(PowerOff, Crash, node, cancel),
    };

    Task SignalAsync(Watched service, string signal, string node, CancellationToken cancel)
    {
        var main = service switch
        {
            { PidFile: { } file } => $"$(head -n 1 {Quoted(file)})",
            { Unit: { } unit } => $"$(systemctl show --property MainPID --value {Quoted(unit)})",
            _ => throw new ClusterException(ClusterFault.Refused, $"{service.Resource} names neither a pidfile nor a unit: its process cannot be found."),
        };
        return RunAsync(Reach(node), ["sh", "-c", $"{Tree}p={main}; [ \"$p\" -gt 1 ] && kill -{signal} $(tree \"$p\")"], cancel);
    }

    Task OrderAsync(IReadOnlyList<string>? outside, string inside, string node, CancellationToken cancel) => outside is null
        ? RunAsync(Reach(node), ["sh", "-c", inside], cancel)
        : RunAsync(Here, [.. outside.Select(part => part.Replace("{node}", node, StringComparison.Ordinal))], cancel);

    static async Task RunAsync(IClusterCommands commands, IReadOnlyList<string> command, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(command, null, Limit, cancel);
        if (answer.ExitCode != 0)
            throw new ClusterException(ClusterFault.Refused, $"The fault could not be done: exit code {answer.ExitCode}, {answer.Error.Trim()}");
    }

    static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
