namespace Kedge.Plans;

/// <summary>One line about a run, without reading its events.</summary>
public sealed record RunSummary
{
    public required RunId Run { get; init; }

    public required string Kind { get; init; }

    public required string Title { get; init; }

    public required string Subject { get; init; }

    public required string ExclusiveKey { get; init; }

    public required string Owner { get; init; }

    public required RunPhase Phase { get; init; }

    public required long Epoch { get; init; }

    public required long LastSeq { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required DateTimeOffset LastEventAt { get; init; }

    public bool IsEnded => Phase.IsEnd();
}
