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

            - **seen**: Pacemaker notices. **fenced**: the node has no power any more. **answering**: from here on every `GET /servers` through the virtual
              IP is answered (ten a second, each on a new connection, each lost after 3 s), and Keystone gives a new token. **whole**: all that ran before
              runs again, a fenced node's services too.
            - The paper's set-up: each service once, monitored every 5 s (nova-api) or 30 s, by its process; Keystone and the virtual IP, of which the paper
              says nothing, with it. nova-cert, nova-consoleauth and nova-network are not in Zed. A hung service is noticed there because our agent sees
              that its main process was stopped; one that hangs in another way is not noticed by a monitor of the process at all.
            - The services of a fenced node start from nothing on the machine's few cores; *whole* and the paper's *answering* are mostly that.


            """);
        foreach (var fault in Measurement.All.GroupBy(one => one.Fault).OrderBy(group => group.Key))
            Table(page, fault.Key, [.. fault]);
        foreach (var (fault, notes) in SafetyNotes.All)
            page.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(fault[0])}{fault[1..]}\n{string.Concat(notes.Select(note => $"- {note}\n"))}\n");
        page.Append("## The machine\n");
        foreach (var machine in Measurement.All.GroupBy(one => one.At[..10]))
            page.Append(CultureInfo.InvariantCulture, $"{machine.Key}: {Loads([.. machine])}.\n");
        var counted = Path.Combine(HaLab.State, "ha-retries.md");
        if (File.Exists(counted))
            page.Append('\n').Append(File.ReadAllText(counted));
        File.WriteAllText(path, page.ToString());
    }

    static void Table(StringBuilder page, Fault fault, Recovery[] all)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(Faults.InWords(fault)[0])}{Faults.InWords(fault)[1..]}\n\n");
        page.Append("| | times | seen | fenced | answering | whole | requests lost, median |\n|---|---|---|---|---|---|---|\n");
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
