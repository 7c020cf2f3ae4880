using Kedge.Testing;

namespace Kedge.Plans.Tests;

/// <summary>The power goes before and after every write of the journal and around every call to the world, in turn.</summary>
public sealed class CrashSweepTests
{
    private const int MorePointsThanAnyRunHas = 2000;

    [Fact]
    public async Task Wherever_the_power_goes_the_run_ends_the_same_and_each_thing_is_made_once()
    {
        var places = new List<string>();

        var bad = await SweepAsync((world, power) => new MakeThing(world, power), places);

        Assert.Empty(bad);
        Assert.True(places.Count > 60, $"Only {places.Count} places were tried.");
        Assert.Contains(places, p => p.StartsWith("Before writing RunAccepted", StringComparison.Ordinal));
        Assert.Contains(places, p => p.StartsWith("After writing StepDone", StringComparison.Ordinal));
        Assert.Contains(places, p => p == "after making server");
    }

    [Fact]
    public async Task The_sweep_finds_a_step_that_does_not_look_before_it_pushes()
    {
        var bad = await SweepAsync((world, power) => new MakeThingBlindly(world, power), []);

        Assert.Contains(bad, b => b.StartsWith("after making server: 6 things", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_loses_power_again_and_again_ends_the_same()
    {
        var house = new House();
        RunState? state = null;
        var lives = 0;
        for (; state is null && lives < 200; lives++)
        {
            state = await LiveAsync(house, 9, (world, power) => new MakeThing(world, power));
            house.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.True(state is not null && lives > 5, $"It took {lives} lives only.");
        Assert.Equal((RunPhase.Finished, 5, (long)lives), (state.Phase, house.World.Things.Count, state.Epoch));
    }

    private static async Task<List<string>> SweepAsync(Func<World, Power, Step> make, List<string> places)
    {
        var bad = new List<string>();
        for (var cutAt = 0; cutAt < MorePointsThanAnyRunHas; cutAt++)
        {
            var house = new House();
            var uncut = await LiveAsync(house, cutAt, make);
            if (uncut is not null)
                return bad;
            var place = house.Power.LostAt!;
            places.Add(place);

            var state = await LiveAsync(house, null, make) ?? throw new InvalidOperationException("The power went, although it was not cut.");

            var things = house.World.Things.Count;
            if (state.Phase is not RunPhase.Finished || things != 5 || house.World.Things.DistinctBy(t => t.Id).Count() != 5)
                bad.Add($"{place}: {things} things, {state.Phase}");
        }

        throw new InvalidOperationException("The sweep has no end.");
    }

    /// <summary>One process from its start to its end; null when the power went.</summary>
    private static async Task<RunState?> LiveAsync(House house, int? cutAt, Func<World, Power, Step> make)
    {
        house.Start(cutAt);
        var read = new Dictionary<string, Step>();
        try
        {
            return await house.BeginAndExecuteAsync(
                Plans.Diamond(), step => read.TryGetValue(step.Id, out var known) ? known : read[step.Id] = make(house.World, house.Power));
        }
        catch (PowerLostException)
        {
            return null;
        }
    }
}
