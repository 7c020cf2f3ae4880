using System.Diagnostics;
using Kedge.Testing;

namespace Kedge.Simulation.Tests;

/// <summary>How one history ended.</summary>
/// <param name="Violation">Null: everything that must hold did.</param>
sealed record Ended(string? Violation, string Hash, IReadOnlyList<string> History, TimeSpan Lasted, long Calls, IReadOnlyDictionary<string, int> Faults);

/// <summary>
/// The life of one workload between two clouds, in one thread, on one clock, from one seed: the product's own steps, executor, repository and
/// client, sandbox clouds, and everything that can go wrong.
/// </summary>
static class Simulation
{
    public static async Task<Ended> RunAsync(int seed, Sabotage sabotage)
    {
        await using var world = new World(seed, sabotage);
        await world.BuildAsync();
        string? violation;
        try
        {
            violation = await SimulatedTime.RunAsync(world.Clock, world.Quiet, () => HistoryAsync(world));
        }
        catch (UnreachableException unreadable)
        {
            violation = $"The journal cannot be read any more: {unreadable.Message}";
        }
        world.History.Say("end", violation ?? "as it must be");
        return new Ended(violation, world.History.Hash, world.History.Lines, world.Clock.Elapsed, world.A.CallCount + world.B.CallCount, world.Weather.Counts);
    }

    static async Task<string?> HistoryAsync(World world)
    {
        var verdict = new Verdict(world);
        var people = new Operator(world, verdict);
        world.Weather.IsCalm = true;
        await people.PrepareAsync();
        world.Weather.IsCalm = false;

        var (isOver, lives) = (false, new List<Task>());
        lives.AddRange(world.Lives.Select(life => new MediatorLoop(world, life).LiveAsync()));
        var chaos = new Chaos(world, lives);
        var (rage, restart) = (chaos.RageAsync(), chaos.RestartAsync(() => isOver));
        string? violation = null;
        try
        {
            var failover = await people.LiveThroughAsync();
            await verdict.DemandAsync(failover);
        }
        catch (Violation found)
        {
            violation = found.Message;
        }

        (isOver, world.Weather.IsCalm) = (true, true);
        await rage;
        await restart;
        foreach (var life in world.Lives)
            life.LosePower();
        await Task.WhenAll(lives);
        return violation;
    }
}
