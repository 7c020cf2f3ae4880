using Kedge.Recovery.Failover;

namespace Kedge.Mediator.Desk;

/// <summary>What the desks work with: the same for a mediator's API and for an embedded kedge.</summary>
public sealed record DeskParts
{
    public required MediatorRecords Records { get; init; }

    /// <summary>Opened for each question: the repository may be made while we live, and a command that asks for records alone opens no journal.</summary>
    public required Func<CancellationToken, Task<RecoveryDesk>> RecoveryAsync { get; init; }

    /// <summary>Whether the owner of a run still lives; null: nobody here knows.</summary>
    public required Func<string, CancellationToken, Task<bool?>> IsAliveAsync { get; init; }

    /// <summary>Who begins runs, as the journal names its owners.</summary>
    public required string Owner { get; init; }
    public required TimeProvider Clock { get; init; }
}
