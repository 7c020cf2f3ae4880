using System.Globalization;
using System.Text.RegularExpressions;
using Kedge.Availability.Fencing;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Audit;

/// <summary>What the audit knows besides Pacemaker's own state.</summary>
/// <param name="Nodes">Those that were looked at; a node that is missing here was not.</param>
/// <param name="Proofs">Fencing trials that were written down here, the oldest first.</param>
public sealed record AuditFacts(IReadOnlyList<NodeFacts> Nodes, IReadOnlyList<FenceProof> Proofs, DateTimeOffset Now);

/// <summary>What only a node itself can tell.</summary>
/// <param name="NotReached">Why nothing is known; null: it answered.</param>
/// <param name="Corosync">Keys of corosync-cmapctl; empty: it did not answer.</param>
/// <param name="Units">Services of systemd that run; null: systemd does not run there, or did not answer.</param>
/// <param name="ClockAhead">Against the machine that asks; not more exact than <paramref name="ClockWithin"/>.</param>
public sealed record NodeFacts(
    string Node, string? NotReached, IReadOnlyDictionary<string, string> Corosync, IReadOnlyList<string>? Units, TimeSpan ClockAhead, TimeSpan ClockWithin)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks a node; does not throw when it does not answer, which is a fact too.</summary>
    public static async Task<NodeFacts> AskAsync(string node, IClusterCommands commands, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            // The first call may set a connection up; the clock is asked over it when it stands.
            var corosync = await commands.RunAsync(["corosync-cmapctl"], null, Limit, cancel);
            var (ahead, within) = await ClockAsync(commands, clock, cancel);
            return new(node, null, corosync.ExitCode == 0 ? ReadKeys(corosync.Output) : new Dictionary<string, string>(), await UnitsAsync(commands, cancel), ahead, within);
        }
        catch (ClusterException e)
        {
            return new(node, e.Message, new Dictionary<string, string>(), null, TimeSpan.Zero, TimeSpan.Zero);
        }
    }

    /// <summary>Lines <c>totem.token (u32) = 1000</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadKeys(string text)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var match in CorosyncKey.Pattern().Matches(text).Cast<Match>())
            keys[match.Groups[1].Value] = match.Groups[2].Value.Trim();
        return keys;
    }

    /// <summary>A key of corosync in milliseconds; null: not known.</summary>
    public TimeSpan? Milliseconds(string key) =>
        int.TryParse(Corosync.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? TimeSpan.FromMilliseconds(number) : null;

    static async Task<(TimeSpan Ahead, TimeSpan Within)> ClockAsync(IClusterCommands commands, TimeProvider clock, CancellationToken cancel)
    {
        var before = clock.GetUtcNow();
        var answer = await commands.RunAsync(["date", "+%s.%N"], null, Limit, cancel);
        var after = clock.GetUtcNow();
        var half = (after - before) / 2;
        return decimal.TryParse(answer.Output.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_799
            ? (DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) - (before + half), half)
            : throw new ClusterException(ClusterFault.Unreadable, $"date said '{answer.Output.Trim()}'.");
    }

    static async Task<IReadOnlyList<string>?> UnitsAsync(IClusterCommands commands, CancellationToken cancel)
    {
        try
        {
            var answer = await commands.RunAsync(["systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend", "--no-pager"], null, Limit, cancel);
            return answer.ExitCode != 0
                ? null
                : [.. answer.Output.Split('\n').Select(line => line.Split(' ', 2)[0]).Where(unit => unit.EndsWith(".service", StringComparison.Ordinal)).Select(unit => unit[..^".service".Length])];
        }
        catch (ClusterException e) when (e.Fault is ClusterFault.NotInstalled)
        {
            return null;
        }
    }
}

static partial class CorosyncKey
{
    [GeneratedRegex(@"^([\w.-]+) \(\w+\) = (.*)$", RegexOptions.Multiline)]
    public static partial Regex Pattern();
}
