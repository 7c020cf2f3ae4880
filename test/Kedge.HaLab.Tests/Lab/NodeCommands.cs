using Kedge.Availability.Pacemaker;

namespace Kedge.HaLab.Tests;

/// <summary>Commands in a node of the lab: <c>nsenter</c> is what <c>ssh</c> is elsewhere.</summary>
sealed class NodeCommands(string node) : IClusterCommands
{
    readonly LocalCommands here = LocalCommands.Here(TimeProvider.System);

    public Task<CommandAnswer> RunAsync(IReadOnlyList<string> command, string? input, TimeSpan limit, CancellationToken cancel) => here.RunAsync(
        ["nsenter", "-t", $"{HaLab.FirstProcess(node)}", "-m", "-u", "-i", "-n", "-p", "--", .. command],
        input,
        limit,
        cancel);
}
