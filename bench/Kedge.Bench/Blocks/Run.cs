using System.Diagnostics;
using System.Globalization;

namespace Kedge.Bench.Blocks;

/// <summary>What one process cost.</summary>
sealed record Cost(double CpuS, double WallS, Dictionary<string, long> Said);

/// <summary>Runs tools one after the other and counts.</summary>
sealed class Run(string folder, int repeat)
{
    public int Repeat => repeat;

    /// <summary>The median by CPU time of several, each after its preparation; null when the tool is not installed.</summary>
    public async Task<Cost?> MedianAsync(Func<int, Task>? prepare, Func<int, string[]> command, CancellationToken cancel)
    {
        var costs = new List<Cost>();
        for (var i = 0; i < repeat; i++)
        {
            if (prepare is not null) await prepare(i);
            if (await OnceAsync(command(i), cancel) is not { } cost) return null;
            costs.Add(cost);
        }
        return costs.OrderBy(cost => cost.CpuS).ElementAt((repeat - 1) / 2);
    }

    /// <summary>Null when the tool is not installed.</summary>
    public async Task<Cost?> OnceAsync(string[] command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["RESTIC_PASSWORD"] = start.Environment["BORG_PASSPHRASE"] = "a passphrase for the comparison";
        start.Environment["RESTIC_CACHE_DIR"] = Path.Combine(folder, "restic-cache");
        start.Environment["BORG_BASE_DIR"] = Path.Combine(folder, "borg-base");
        var before = Usage.OfChildren();
        var clock = Stopwatch.GetTimestamp();
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync(cancel);
            var said = Parse(await process.StandardOutput.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await error}");
            return new Cost(Usage.OfChildren() - before, Stopwatch.GetElapsedTime(clock).TotalSeconds, said);
        }
    }

    static Dictionary<string, long> Parse(string text)
    {
        var said = new Dictionary<string, long>();
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(' ');
            if (parts.Length == 2 && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) said[parts[0]] = (long)Math.Round(value);
        }
        return said;
    }
}
