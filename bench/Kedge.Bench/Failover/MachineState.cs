using System.Globalization;

namespace Kedge.Bench.Failover;

/// <summary>What a reader must know of the machine to judge a figure.</summary>
/// <param name="Load">Average of runnable tasks over the last minute.</param>
sealed record MachineState(DateTimeOffset At, int Cores, double Load)
{
    public static MachineState Now()
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return new MachineState(TimeProvider.System.GetUtcNow(), Environment.ProcessorCount, double.Parse(load, CultureInfo.InvariantCulture));
    }
}
