using System.Diagnostics;
using System.Globalization;

namespace Kedge.Simulation.Tests;

/// <summary>The test runner; and, when it is asked to, the simulator behind dev/sim.</summary>
static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["simulate", "--seed", var seed] => await ReplayAsync(int.Parse(seed, CultureInfo.InvariantCulture)),
        ["simulate", "--minutes", var minutes] => await GoOnAsync(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), Environment.TickCount & 0xfffffff),
        ["simulate", "--minutes", var minutes, "--from", var seed] => await GoOnAsync(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), int.Parse(seed, CultureInfo.InvariantCulture)),
        ["simulate", "--minutes", var minutes, "--page", var page] => await GoOnAsync(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), Environment.TickCount & 0xfffffff, page),
        ["simulate", ..] => Usage(),
        _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    };

    static async Task<int> ReplayAsync(int seed)
    {
        var ended = await Simulation.RunAsync(seed, Sabotage.None);
        foreach (var line in ended.History)
            Console.WriteLine(line);
        Console.WriteLine($"seed {seed}: history {ended.Hash}, {ended.Lasted} of simulated time, {ended.Calls} calls, faults: {Text(ended.Faults)}");
        Console.WriteLine(ended.Violation is null ? "no violation" : $"VIOLATION: {ended.Violation}");
        return ended.Violation is null ? 0 : 1;
    }

    static async Task<int> GoOnAsync(TimeSpan time, int first, string? page = null)
    {
        var watch = Stopwatch.StartNew();
        var (seeds, violations, lasted, faults) = (0, 0, TimeSpan.Zero, new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var seed = first; watch.Elapsed < time; seed++, seeds++)
        {
            var ended = await Simulation.RunAsync(seed, Sabotage.None);
            lasted += ended.Lasted;
            foreach (var (kind, count) in ended.Faults)
                faults[kind] = faults.GetValueOrDefault(kind) + count;
            if (ended.Violation is null)
                continue;
            violations++;
            Console.WriteLine($"VIOLATION: {ended.Violation}\n  dev/sim --seed {seed}");
        }
        Console.WriteLine($"{seeds} seeds from {first}, {lasted.TotalHours:0.0} hours of simulated time, {faults.Values.Sum()} faults: {Text(faults)}");
        Console.WriteLine($"{violations} violations");
        if (page is not null)
            await File.WriteAllTextAsync(page, Page(time, first, seeds, lasted, faults, violations));
        return violations == 0 ? 0 : 1;
    }

    static string Page(TimeSpan time, int first, int seeds, TimeSpan lasted, SortedDictionary<string, int> faults, int violations) => string.Create(CultureInfo.InvariantCulture, $"""
        # What the simulation found

        Written by `dev/sim --minutes {time.TotalMinutes:0.#} --page docs/simulation.md`, {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC. Each seed is a life of a workload: protected, given up and
        cleaned up after now and then, its site lost, failed over or declared lost, asked for twice. `dev/sim --seed N` tells one again. After every write of the journal it is checked that there are never two
        live copies; at the end, that nothing was made twice or left in error, that every run ended once, that no good point was replaced by a worse one, and that the disks hold what they held.

        | | |
        |---|---|
        | seeds | {seeds}, from {first} |
        | simulated time | {lasted.TotalHours:0.0} h |
        | faults | {faults.Values.Sum()} |
        | **violations** | **{violations}** |

        | fault | times |
        |---|---|
        {string.Join('\n', faults.Select(fault => $"| {fault.Key} | {fault.Value} |"))}

        """);

    static string Text(IReadOnlyDictionary<string, int> faults) => string.Join(", ", faults.Select(fault => $"{fault.Key} {fault.Value}"));

    static int Usage()
    {
        Console.Error.WriteLine("usage: simulate --seed N | --minutes N [--from SEED | --page FILE]");
        return 2;
    }
}
