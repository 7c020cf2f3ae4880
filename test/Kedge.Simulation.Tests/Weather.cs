using Kedge.Sandbox.Faults;

namespace Kedge.Simulation.Tests;

/// <summary>What goes wrong, and how often: each seed has a climate of its own, and one source of chance for all of it.</summary>
sealed class Weather
{
    static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(20);

    readonly Random random;
    readonly double lost;
    readonly double refused;
    readonly double delayed;
    readonly double outages;
    readonly double broken;
    readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    public Weather(Random random)
    {
        this.random = random;
        (lost, refused, delayed, outages, broken) = (Rate(), Rate(), Rate(), Rate() / 4, Rate() * 2);
        double Rate() => random.Next(4) switch { 0 => 0, 1 => 0.002, 2 => 0.01, _ => 0.04 };
    }

    /// <summary>No fault is begun any more.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Faults that happened, by kind.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    public FaultAction OnCall(SandboxCall call)
    {
        if (IsCalm)
            return FaultAction.None;
        var (draw, choice) = (random.NextDouble(), random.Next(3));
        if ((draw -= lost) < 0)
            return Counted(choice == 0 ? new FaultAction.LoseRequest() : new FaultAction.LoseAnswer());
        if ((draw -= refused) < 0)
            return Counted(new FaultAction.Refuse(choice switch { 0 => 429, 1 => 503, _ => call.IsWrite ? 409 : 500 }, "not now", choice == 0 ? TimeSpan.FromSeconds(3) : null));
        // Those who wait for another's token wait on the thread pool, which has an order of its own: tokens come at once or not at all.
        if ((draw -= delayed) < 0 && call.Service != "identity")
            return Counted(new FaultAction.Delay(LongestDelay * random.NextDouble()));
        if ((draw -= outages) < 0)
            return Counted(choice switch
            {
                0 => new FaultAction.LosePowerBefore(),
                1 when call.IsWrite && call.Service != "image" => new FaultAction.LosePowerUnderway(),
                _ => new FaultAction.LosePowerAfter(),
            });
        return FaultAction.None;
    }

    /// <summary>Whether what a cloud is making ends in an error: no host for a server, a full store.</summary>
    public bool Breaks(string what) => !IsCalm && random.NextDouble() < broken && Counted($"{what} in error");

    /// <summary>Whether the power goes at this write of the journal.</summary>
    public bool CutsAtWrite() => !IsCalm && random.NextDouble() < outages && Counted("power lost at a write");

    public TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(Math.Round(least + ((most - least) * random.NextDouble()), 3));

    public int Next(int count) => random.Next(count);

    public bool Counted(string kind)
    {
        counts[kind] = counts.GetValueOrDefault(kind) + 1;
        return true;
    }

    FaultAction Counted(FaultAction fault)
    {
        Counted(fault is FaultAction.Refuse refuse ? $"Refuse {refuse.Status}" : fault.GetType().Name);
        return fault;
    }
}
