namespace Kedge.Simulation.Tests;

/// <summary>What is broken in the house on purpose, to show that the simulation notices.</summary>
sealed record Sabotage
{
    public static Sabotage None { get; } = new();

    /// <summary>Steps of this kind look for another mark at each attempt, and so never find what they made before.</summary>
    public string? BlindKind { get; init; }

    /// <summary>The journal takes whatever anybody writes, whoever has the run by now.</summary>
    public bool EpochsAreNotChecked { get; init; }

    /// <summary>The copy is brought up first, and only then is it seen to that the old one is dead.</summary>
    public bool IsPromotedBeforeFenced { get; init; }

    /// <summary>Nobody asks whether an earlier failover has brought the workload up already.</summary>
    public bool LiveCopiesAreNotAskedFor { get; init; }

    /// <summary>A cleanup believes the journal, and does not ask the repository what a point needs.</summary>
    public bool CleanupDoesNotAskForPoints { get; init; }
}
