using System.Globalization;
using System.Text;

namespace Kedge.Bench.Failover;

/// <summary>The figures as tables that read well in a terminal and on a page.</summary>
static class FailoverReport
{
    public static IReadOnlyList<string> Lines(int servers, Timings alone, Timings many, CaptureCost capture, MachineState[] machine) =>
    [
        Text($"`dev/bench failover`, {machine[0].At:yyyy-MM-dd HH:mm} UTC; {machine[0].Cores} cores, load {machine[0].Load:0.0} at the start and {machine[1].Load:0.0} at the end (clouds and Kedge share them)."),
        "Two sandbox clouds on loopback sockets, the target with realistic latencies (a server boots in 20 s, a volume fills in 10 s, a record is imported in 15 s, a call takes 50 ms).",
        "Measured steps take longer when they get in each other's way, which the critical path hides; the ratio to one server alone shows it.",
        "",
        .. Table(
        [
            [Text($"failover of {servers} servers, {2 * servers} volumes"), "value", "goal"],
            ["steps", Text($"{many.Steps}"), ""],
            ["calls to the target", Text($"{many.Calls}"), ""],
            ["wall time", Text($"{many.Wall.TotalSeconds:0.0} s"), ""],
            ["critical path: the longest chain of measured steps", Text($"{many.CriticalPath.TotalSeconds:0.0} s"), ""],
            ["**wall time / critical path**", Text($"**{many.Wall / many.CriticalPath:0.00}**"), "<= 1.2"],
            ["wall time / that of 1 server alone", Text($"{many.Wall / alone.Wall:0.00} ({alone.Wall.TotalSeconds:0.0} s)"), ""],
            ["the same steps one after another (sum of measured times, not run)", Text($"{many.InTurn.TotalSeconds:0} s"), ""],
            ["one after another / wall time", Text($"{many.InTurn / many.Wall:0.0}"), ""],
        ]),
        "",
        .. Table(
        [
            ["kind of step", "count", "took (mean)", "took (most)", "stood ready (mean)", "stood ready (most)"],
            .. many.Kinds.Select(k => (string[])[k.Kind, Text($"{k.Count}"), Seconds(k.Took), Seconds(k.MostTook), Seconds(k.Stood), Seconds(k.MostStood)]),
        ]),
        "",
        .. Table(
        [
            [Text($"capture of {capture.Servers} servers"), "value", "goal"],
            ["time (a cloud that answers at once)", Text($"{capture.Took.TotalSeconds:0.0} s"), ""],
            ["calls for each server", Text($"{(double)capture.Calls / capture.Servers:0.00}"), ""],
            ["peak memory of the capturing process", Text($"{capture.PeakMebibytes:0} MiB"), "< 300 MiB"],
        ]),
    ];

    static IEnumerable<string> Table(string[][] rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        string Line(string[] cells) => new StringBuilder("| ").AppendJoin(" | ", cells.Select((cell, i) => cell.PadRight(widths[i]))).Append(" |").ToString();
        return [Line(rows[0]), Line([.. widths.Select(width => new string('-', width))]), .. rows[1..].Select(Line)];
    }

    static string Seconds(TimeSpan time) => Text($"{time.TotalSeconds:0.0} s");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
