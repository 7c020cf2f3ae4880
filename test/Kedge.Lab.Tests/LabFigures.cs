using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kedge.Lab.Tests;

/// <summary>What one run of these tests measured, kept beside its log. With KEDGE_BENCHMARKS set, the section of docs/benchmarks.md is written when all of it is there.</summary>
static partial class LabFigures
{
    const string Heading = "## Two clouds, by method";

    static string File => Path.Combine(TwoClouds.Home, "figures.json");

    /// <summary>From what <c>kedge protect</c> said of each step.</summary>
    public static void OfPoint(string workload, int number, Ended protect)
    {
        var reads = Read().Matches(protect.Error);
        double Sum(int group) => reads.Sum(read => double.Parse(read.Groups[group].Value, CultureInfo.InvariantCulture));
        Keep($"{workload}/{number}", new JsonObject
        {
            ["seconds"] = double.Parse(Finished().Match(protect.Error).Groups[1].Value, CultureInfo.InvariantCulture),
            ["read"] = Sum(1), ["changed"] = Sum(2), ["stored"] = Sum(3), ["sent"] = Sum(4),
        });
    }

    public static void OfFailover(string method, JsonNode result) => Keep(method, new JsonObject { ["rto"] = (double)result["rto_achieved_s"]! });

    static void Keep(string name, JsonObject figures)
    {
        var all = System.IO.File.Exists(File) ? JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject() : [];
        all[name] = figures;
        System.IO.File.WriteAllText(File, all.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        if (Environment.GetEnvironmentVariable("KEDGE_BENCHMARKS") is { Length: > 0 } && new[] { "backup", "warm", "cold" }.All(all.ContainsKey))
            Publish(Section(all));
    }

    static string Section(JsonObject all)
    {
        double Of(string name, string figure) => (double)all[name]![figure]!;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Heading}\n\n`KEDGE_BENCHMARKS=1 dev/lab test`, {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC; {Environment.ProcessorCount} cores, load {Load()} at the end: both clouds, their guests (emulated) and Kedge share them. ");
        text.Append("The three-tier workload of the lab: three volumes of 1, 1 and 2 GiB, two root disks of servers that boot from images.\n\n");
        text.Append("| failover, all servers up and well | RTO | by backup = 1 |\n|---|---|---|\n");
        foreach (var (method, said) in ((string, string)[])[("backup", "by Cinder's backups"), ("cold", "by blocks, volumes filled and read back"), ("warm", "by blocks, clones of standbys, read back")])
            text.Append(CultureInfo.InvariantCulture, $"| {said} | {Of(method, "rto"):0.0} s | {Of(method, "rto") / Of("backup", "rto"):0.00} |\n");
        text.Append("\n| point | took | volumes read | changed, in blocks of 256 KiB | new in the repository | sent | sent / changed |\n|---|---|---|---|---|---|---|\n");
        foreach (var number in (int[])[1, 2])
        {
            var name = $"{ProtectedWorkload.ByBlocksName}/{number}";
            text.Append(CultureInfo.InvariantCulture, $"| by blocks, {(number == 1 ? "first" : "second, told by Ceph what changed")} | {Of(name, "seconds"):0.0} s | {Of(name, "read"):0.0} MiB | {Of(name, "changed"):0.00} MiB | {Of(name, "stored"):0.00} MiB | {Of(name, "sent"):0.00} MiB | {Of(name, "sent") / Of(name, "changed"):0.00} |\n");
        }
        foreach (var number in (int[])[1, 2])
            text.Append(CultureInfo.InvariantCulture, $"| by backup, {(number == 1 ? "first" : "second")} | {Of($"{ProtectedWorkload.ByBackupName}/{number}", "seconds"):0.0} s | 4096 MiB | not told | not told | not told | |\n");
        return text.Append('\n').ToString();
    }

    static string Load() => System.IO.File.ReadAllText("/proc/loadavg").Split(' ')[0];

    static void Publish(string section)
    {
        var path = Path.Combine(TwoClouds.Root, "docs/benchmarks.md");
        var text = System.IO.File.ReadAllText(path);
        var start = text.IndexOf(Heading, StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        System.IO.File.WriteAllText(path, start < 0 ? $"{text.TrimEnd()}\n\n{section}" : text[..start] + section + (end < 0 ? "" : text[(end + 1)..]));
    }

    [GeneratedRegex(@"([0-9.]+) MiB read, ([0-9.]+) MiB changed, ([0-9.]+) MiB stored, ([0-9.]+) MiB sent")]
    private static partial Regex Read();

    [GeneratedRegex(@"\[ *([0-9.]+) s\] Finished")]
    private static partial Regex Finished();
}
