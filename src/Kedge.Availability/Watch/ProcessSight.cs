using System.Globalization;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>Which process is a resource's main one, and whether it runs: from its pidfile or its unit, and /proc.</summary>
static class ProcessSight
{
    static readonly TimeSpan UnitLimit = TimeSpan.FromSeconds(5);

    /// <summary>Null: no process is named, or what is named is not a number. Zero is never returned.</summary>
    public static async Task<int?> FindAsync(Watched watched, IClusterCommands commands, CancellationToken cancel)
    {
        try
        {
            if (watched.PidFile is { } path && File.Exists(path))
                return Read(await File.ReadAllTextAsync(path, cancel));
            // Without systemd it is the pidfile or nothing; asking would start a program each time.
            return watched.Unit is { } unit && Directory.Exists("/run/systemd/system")
                ? Read((await commands.RunAsync(["systemctl", "show", "--property", "MainPID", "--value", unit], null, UnitLimit, cancel)).Output)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ClusterException)
        {
            return null;
        }
    }

    /// <summary>systemd says 0 for none, and 1 is nobody's service.</summary>
    static int? Read(string text)
    {
        var first = text.AsSpan().Trim();
        var end = first.IndexOfAny('\n', ' ');
        return int.TryParse(end < 0 ? first : first[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1 ? pid : null;
    }

    /// <summary>Stopped by a signal: it holds its sockets, which take connections, and does nothing.</summary>
    public static bool IsFrozen(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name stands in parentheses and may hold any character; the state follows the last one.
            var state = stat.LastIndexOf(')') + 2;
            return state < stat.Length && stat[state] is 'T' or 't';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
