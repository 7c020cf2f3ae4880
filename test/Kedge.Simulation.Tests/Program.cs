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

    static async Task<int> GoOnAsync(TimeSpan time, int first)
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
        return violations == 0 ? 0 : 1;
    }

    static string Text(IReadOnlyDictionary<string, int> faults) => string.Join(", ", faults.Select(fault => $"{fault.Key} {fault.Value}"));

    static int Usage()
    {
        Console.Error.WriteLine("usage: simulate --seed N | --minutes N [--from SEED]");
        return 2;
    }
}
