using System.Globalization;
using System.Text;

namespace Kedge.HaLab.Tests.Measuring;

/// <summary>Writes what was measured as the page docs/ha-recovery.md, when the environment names it.</summary>
static class RecoveryPage
{
    static readonly (string Setup, string Title)[] Columns = [("paper", "the paper's set-up"), ("modern", "`modern`, monitors only"), ("kedge", "`modern` with Kedge's watcher")];

    public static void Write()
    {
        if (Environment.GetEnvironmentVariable("KEDGE_HA_PAGE") is not { Length: > 0 } path || Measurement.All is [])
            return;
        var page = new StringBuilder();
        page.Append(
            """
            # How fast a control plane is back

            Written by `dev/lab ha measure` on the lab of `lab/ha/README.md`: Keystone and Nova of OpenStack Zed on three nodes under Pacemaker 2.1 and
            Corosync 3.1, token 1000 ms, coefficient 0, one machine for all of it. Seconds since the fault, as minimum / median / maximum.

            - **seen**: Pacemaker notices. **fenced**: the node has no power any more. **answering**: the end of the first answer to a `GET /servers` through
              the virtual IP after which a second's worth of them are answered without a gap (ten a second, each on a new connection, each lost after 3 s).
              **whole**: all that ran before runs again, a fenced node's services too. **lost**: all requests without an answer until then, also those that
              a service gets which has just been started, and answers its first too slowly.
            - The paper's set-up: each service once, monitored every 5 s (nova-api) or 30 s, by its process; Keystone and the virtual IP, of which the paper
              says nothing, with it. nova-cert, nova-consoleauth and nova-network are not in Zed. A hung service is noticed there because our agent sees
              that its main process was stopped; one that hangs in another way is not noticed by a monitor of the process at all.
            - In `modern` the virtual IP stays away from the DC. When the DC is lost, Pacemaker elects another and then waits a second that is written in its code
              ("Re-asking for the CIB: other peer updates still pending") before it decides: 1.2 s more than for another node.
            - The services of a fenced node start from nothing on the machine's few cores; *whole* and the paper's *answering* are mostly that.


            """);
        SideBySide(page);
        foreach (var fault in Measurement.All.Where(one => one.Fault < Fault.TwoOfThreeLost).GroupBy(one => one.Fault).OrderBy(group => group.Key))
            Table(page, fault.Key, [.. fault]);
        Waiting(page);
        foreach (var (fault, notes) in SafetyNotes.All)
            page.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(fault[0])}{fault[1..]}\n{string.Concat(notes.Select(note => $"- {note}\n"))}\n");
        page.Append("## The machine\n");
        foreach (var machine in Measurement.All.GroupBy(one => one.At[..10]))
            page.Append(CultureInfo.InvariantCulture, $"{machine.Key}: {Loads([.. machine])}.\n");
        File.WriteAllText(path, page.ToString());
    }

    static void Table(StringBuilder page, Fault fault, Recovery[] all)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(Faults.InWords(fault)[0])}{Faults.InWords(fault)[1..]}\n\n");
        page.Append("| | times | seen | fenced | answering | whole | lost, median |\n|---|---|---|---|---|---|---|\n");
        foreach (var (setup, title) in Columns)
        {
            var these = all.Where(one => one.Setup == setup).ToArray();
            if (these is [])
                continue;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {title} | {these.Length} | {Spread(these.Select(one => one.Seen))} | {Spread(these.Select(one => one.Fenced))} | {Spread(these.Select(one => (double?)one.Answering))} | {Spread(these.Select(one => (double?)one.Whole))} | {Median([.. these.Select(one => (double)one.Failed)]):0.#} |\n");
        }
        page.Append('\n');
    }

    /// <summary>How long users have no answer, in each set-up.</summary>
    static void SideBySide(StringBuilder page)
    {
        var columns = Columns.Where(column => Measurement.All.Any(one => one.Setup == column.Setup)).ToArray();
        page.Append("## Side by side\nFrom the fault to the first answer of a whole second of answers: minimum / median / maximum of so many rounds.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"| fault | {string.Join(" | ", columns.Select(column => column.Title))} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");
        foreach (var fault in Measurement.All.Where(one => one.Fault < Fault.TwoOfThreeLost).GroupBy(one => one.Fault).OrderBy(group => group.Key))
        {
            var cells = columns.Select(column => fault.Where(one => one.Setup == column.Setup).ToArray())
                .Select(these => these is [] ? "not measured" : string.Create(CultureInfo.InvariantCulture, $"{Spread(these.Select(one => (double?)one.Answering))} ({these.Length})"));
            page.Append(CultureInfo.InvariantCulture, $"| {Faults.InWords(fault.Key)} | {string.Join(" | ", cells)} |\n");
        }
        page.Append('\n');
    }

    static void Waiting(StringBuilder page)
    {
        var all = Measurement.All.Where(one => one.Fault >= Fault.TwoOfThreeLost).GroupBy(one => one.Fault).OrderBy(group => group.Key).ToArray();
        if (all is [])
            return;
        page.Append("## Where waiting is right\nNobody was fenced, and nothing of a lost node started elsewhere, in any round. **stopped**: the node that is left has stopped every service. **answering**: users\nare answered, since the power was back, the device mended, or the operator's word.\n\n");
        page.Append("| | times | stopped | answering |\n|---|---|---|---|\n");
        foreach (var fault in all)
            page.Append(CultureInfo.InvariantCulture, $"| {Faults.InWords(fault.Key)} | {fault.Count()} | {Spread(fault.Select(one => one.Seen))} | {Spread(fault.Select(one => (double?)one.Answering))} |\n");
        page.Append('\n');
    }

    static string Loads(Recovery[] all)
    {
        var loads = all.Select(one => double.Parse(one.Machine[(one.Machine.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{all[0].Machine.Split(',')[0]}, load average {loads.Min():0.#} to {loads.Max():0.#} while measuring (other work ran beside it)");
    }

    static string Spread(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        return known is [] ? "-" : string.Create(CultureInfo.InvariantCulture, $"{known.Min():0.00} / {Median(known):0.00} / {known.Max():0.00}");
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }
}
