namespace Kedge.Simulation.Tests;

/// <summary>What is broken in the house on purpose, to show that the simulation notices.</summary>
sealed record Sabotage
{
    public static Sabotage None { get; } = new();

    /// <summary>Steps of this kind look for another mark at each attempt, and so never find what they made before.</summary>
    public string? BlindKind { get; init; }

    /// <summary>The journal takes whatever anybody writes, whoever has the run by now.</summary>
    public bool EpochsAreNotChecked { get; init; }
}
