using System.Globalization;
using Kedge.Blocks.Points;
using Kedge.Blocks.Writing;

namespace Kedge.Bench.Blocks;

/// <summary>What a verb tells the comparison: lines of a name and a number.</summary>
static class Report
{
    public static void Print(Point point, DiskOutcome outcome)
    {
        Print("point", point.Sequence);
        Print("read_blocks", outcome.ReadBlocks);
        Print("new_bytes", outcome.NewBytes);
        Print("map", (long)outcome.Map);
        var ticks = outcome.Ticks;
        Stage("read", ticks.Read, ticks.ReadBytes);
        Stage("gmac", ticks.Fingerprint, ticks.FingerprintBytes);
        Stage("sha256", ticks.Address, ticks.AddressBytes);
        Stage("zstd", ticks.Compress, ticks.CompressBytes);
        Stage("aes", ticks.Encrypt, ticks.EncryptBytes);
        Peak();
    }

    public static void Print(string name, long value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));

    /// <summary>Peak of the resident set in KiB, as the kernel counts it.</summary>
    public static void Peak()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal)) Print("peak_kib", long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture));
        }
    }

    static void Stage(string name, long ticks, long bytes)
    {
        Print($"{name}_us", (long)(ticks * 1e6 / System.Diagnostics.Stopwatch.Frequency));
        Print($"{name}_bytes", bytes);
    }
}
