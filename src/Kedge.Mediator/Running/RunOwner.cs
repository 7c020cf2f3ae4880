using System.Globalization;

namespace Kedge.Mediator.Running;

/// <summary>
/// Who executes a run, as it stands in the journal: <c>host/process/start</c>, and for a mediator <c>/mediator</c> behind it. The start tells
/// a process from a later one with its number, so that nobody is mistaken for his own past. It decides who is looked after and what a
/// person is told; what protects a run from two owners is its epoch.
/// </summary>
public static class RunOwner
{
    const string MediatorSuffix = "/mediator";

    public static string Current { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{StartOf(Environment.ProcessId)}";

    /// <summary>This process as a mediator, which is also its name in the cluster.</summary>
    public static string CurrentMediator { get; } = Current + MediatorSuffix;

    public static bool IsMediator(string owner) => owner.EndsWith(MediatorSuffix, StringComparison.Ordinal);

    /// <summary>False: a process of this machine that is no more. Null: another machine's, nobody here knows.</summary>
    public static bool? IsAlive(string owner) =>
        (IsMediator(owner) ? owner[..^MediatorSuffix.Length] : owner).Split('/') is [var host, var process, var start] && host == Environment.MachineName
        && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? StartOf(id) == start
            : null;

    /// <summary>In clock ticks since the machine started (proc(5), field 22); empty: there is no such process.</summary>
    static string StartOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The second field is the command in parentheses, which may hold blanks; the fields after it are plain.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
