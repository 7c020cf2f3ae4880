namespace Kedge.Contracts.V1;

/// <summary>How well workloads are protected.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">What is written of it: what a PUT takes.</param>
/// <param name="Workloads">Those that name it, as far as whoever asks may see them.</param>
public sealed record Policy(string Name, PolicyDefinition Definition, IReadOnlyList<string> Workloads);

/// <summary>A policy as a person writes it. docs/formats/policy.md</summary>
public sealed record PolicyDefinition
{
    /// <summary>1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c></summary>
    public required string Name { get; init; }

    /// <summary>So much data may be lost: <c>15m</c>, <c>24h</c>.</summary>
    public string? Rpo { get; init; }

    /// <summary>So long a recovery may take; null: nothing is promised.</summary>
    public string? Rto { get; init; }

    /// <summary><c>Backup</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Which points are kept.</summary>
    public Retention? Retention { get; init; }

    /// <summary>When points may be begun, UTC; empty: at any time.</summary>
    public IReadOnlyList<ProtectionWindow>? Windows { get; init; }
}

/// <summary>A part of the day, UTC.</summary>
public sealed record ProtectionWindow
{
    /// <summary>From, such as <c>22:00</c>.</summary>
    public required string From { get; init; }

    /// <summary>To; before <see cref="From"/> it is on the next day.</summary>
    public required string To { get; init; }

    /// <summary>Days of the week on which it opens, such as <c>Saturday</c>; empty: every day.</summary>
    public IReadOnlyList<string>? Days { get; init; }
}
