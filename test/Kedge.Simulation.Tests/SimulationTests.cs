namespace Kedge.Simulation.Tests;

/// <summary>A failure names the seed: <c>dev/sim --seed N</c> tells that history again.</summary>
public sealed class SimulationTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_goes_wrong_there_is_one_copy_with_the_right_data_and_nothing_twice(int seed)
    {
        var ended = await Simulation.RunAsync(seed, Sabotage.None);

        Assert.True(ended.Violation is null, $"{ended.Violation}\n  dev/sim --seed {seed}");
        Assert.NotEmpty(ended.History);
    }

    [Fact]
    public async Task The_same_seed_tells_the_same_history_byte_for_byte()
    {
        var first = await Simulation.RunAsync(3, Sabotage.None);
        var again = await Simulation.RunAsync(3, Sabotage.None);
        var other = await Simulation.RunAsync(4, Sabotage.None);

        Assert.Equal(first.History, again.History);
        Assert.NotEqual(first.Hash, other.Hash);
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task It_notices_when_the_house_is_broken(string what)
    {
        for (var seed = 1; seed <= 40; seed++)
            if ((await Simulation.RunAsync(seed, Broken[what])).Violation is not null)
                return;
        Assert.Fail("Forty histories, and nobody noticed.");
    }

    /// <summary>Each is planted once, and must be seen.</summary>
    static readonly Dictionary<string, Sabotage> Broken = new()
    {
        ["servers are not looked for"] = new Sabotage { BlindKind = "create-server" },
        ["volumes are not looked for"] = new Sabotage { BlindKind = "restore-volume" },
        ["ports are not looked for"] = new Sabotage { BlindKind = "create-port" },
        ["epochs are not checked"] = new Sabotage { EpochsAreNotChecked = true },
        ["promoted before fenced"] = new Sabotage { IsPromotedBeforeFenced = true },
        ["live copies are not asked for"] = new Sabotage { LiveCopiesAreNotAskedFor = true },
        ["a cleanup does not ask for points"] = new Sabotage { CleanupDoesNotAskForPoints = true },
    };

    public static TheoryData<string> Sabotages => [.. Broken.Keys];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];
}
