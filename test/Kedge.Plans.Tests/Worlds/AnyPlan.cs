using FsCheck;
using FsCheck.Fluent;

namespace Kedge.Plans.Tests;

/// <summary>Random plans: up to 12 steps, each after some of those before it, written in any order.</summary>
internal static class AnyPlan
{
    public static Arbitrary<Plan> Arbitrary { get; } = Gen.Choose(0, int.MaxValue - 1).Select(FromSeed).ToArbitrary();

    public static Plan FromSeed(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(1, 13);
        var steps = Enumerable.Range(0, count).Select(i => Plans.Step(
            $"s{i}",
            [.. Enumerable.Range(0, i).Where(_ => random.Next(4) == 0).Select(before => $"s{before}")],
            random.Next(1, 60),
            random.Next(3) == 0 ? [$"lane{random.Next(2)}"] : [],
            random.Next(3))).ToArray();
        random.Shuffle(steps);
        return Plans.Of(steps);
    }
}
