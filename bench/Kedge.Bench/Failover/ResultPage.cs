namespace Kedge.Bench.Failover;

/// <summary>A page of results, a section for each part of the bench: each replaces its own and leaves the others.</summary>
static class ResultPage
{
    public static async Task ReplaceAsync(string path, string heading, IReadOnlyList<string> lines, CancellationToken cancel)
    {
        string[] old = File.Exists(path) ? await File.ReadAllLinesAsync(path, cancel) : ["# Benchmarks", "", "Written by `dev/bench`; a figure is worth what the state of the machine beside it is worth.", ""];
        var begin = Array.IndexOf(old, $"## {heading}");
        var end = begin < 0 ? -1 : Array.FindIndex(old, begin + 1, line => line.StartsWith("## ", StringComparison.Ordinal));
        string[] before = begin < 0 ? old : old[..begin];
        string[] after = end < 0 ? [] : old[end..];
        string[] gap = after is [] ? [] : [""];
        await File.WriteAllLinesAsync(path, [.. before, $"## {heading}", "", .. lines, .. gap, .. after], cancel);
    }
}
