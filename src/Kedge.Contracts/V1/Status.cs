using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>What is known about a workload now, and how old that knowledge is.</summary>
public sealed record WorkloadStatus
{
    /// <summary>Which.</summary>
    public required string Workload { get; init; }

    /// <summary>How well its promises are kept.</summary>
    public required StatusLevel Level { get; init; }

    /// <summary>When this was asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>The newest usable point; null: there is none.</summary>
    public string? Point { get; init; }

    /// <summary>Of which moment its data is.</summary>
    public DateTimeOffset? DataAt { get; init; }

    /// <summary>What would be lost if the primary went away now.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>What is promised.</summary>
    public required double RpoSeconds { get; init; }

    /// <summary>Age in RPOs.</summary>
    public double? Lag { get; init; }

    /// <summary>The newest point of which something is proven; null: none is.</summary>
    public VerifiedPoint? Verified { get; init; }

    /// <summary>Since when the workload has been defined as a failover would restore it.</summary>
    public DateTimeOffset? DefinitionAt { get; init; }

    /// <summary>The last look at the definition; null: nobody follows it.</summary>
    public DateTimeOffset? DefinitionLookedAt { get; init; }

    /// <summary>How that look came out: <c>Same</c>, <c>Changed</c>, <c>Failed</c>.</summary>
    public string? DefinitionLook { get; init; }

    /// <summary>Whether a failover would work now; null: it was not asked.</summary>
    public bool? IsReady { get; init; }

    /// <summary>What is promised; null: nothing.</summary>
    public double? RtoSeconds { get; init; }

    /// <summary>How long a recovery would take.</summary>
    public required RecoveryEstimate Recovery { get; init; }

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<StatusReason> Reasons { get; init; }
}

/// <summary>How well promises are kept.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StatusLevel>))]
public enum StatusLevel
{
    /// <summary>All are.</summary>
    Good,

    /// <summary>One is at risk.</summary>
    Warning,

    /// <summary>One is broken, or a failover would not work now.</summary>
    Critical,
}

/// <summary>A point of which something is proven.</summary>
/// <param name="Point">Which.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="How">By what.</param>
public sealed record VerifiedPoint(string Point, DateTimeOffset VerifiedAt, string How);

/// <summary>One thing that is so.</summary>
/// <param name="Level">How bad.</param>
/// <param name="Code">For programs; never changes its meaning.</param>
/// <param name="What">For people, with numbers.</param>
/// <param name="WhatToDo">What can be done about it.</param>
public sealed record StatusReason(StatusLevel Level, string Code, string What, string WhatToDo);

/// <summary>How long a recovery would take, by what was measured.</summary>
/// <param name="MedianSeconds">Null: nothing was measured yet.</param>
/// <param name="NinetiethSeconds">By the 90th percentile of each step.</param>
/// <param name="IsLowerBound">Some of its steps were never measured.</param>
/// <param name="Basis">How it was computed.</param>
public sealed record RecoveryEstimate(double? MedianSeconds, double? NinetiethSeconds, bool IsLowerBound, string Basis);

/// <summary>Every reason why a failover would not work now.</summary>
/// <param name="Workload">Of which workload.</param>
/// <param name="AskedAt">When this was asked.</param>
/// <param name="IsReady">Nothing blocks.</param>
/// <param name="Point">The point that would be used; null: there is none.</param>
/// <param name="DataAt">Of which moment its data is.</param>
/// <param name="Reasons">The blocking ones first.</param>
/// <param name="Remarks">What of the newest definition is not in the newest data.</param>
public sealed record Readiness(
    string Workload, DateTimeOffset AskedAt, bool IsReady, string? Point, DateTimeOffset? DataAt, IReadOnlyList<ReadinessReason> Reasons, IReadOnlyList<string> Remarks);

/// <summary>One reason.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="Code">For programs; never changes its meaning.</param>
/// <param name="Resource">What it is about, with its id.</param>
/// <param name="What">What is wrong, with numbers.</param>
/// <param name="WhatToDo">What a person can do about it.</param>
public sealed record ReadinessReason(Severity Severity, string Code, string Resource, string What, string WhatToDo);

/// <summary>How bad a reason is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>The failover would stop, or bring back less than was protected.</summary>
    Blocks,

    /// <summary>It would go through; a person should know.</summary>
    Warns,
}

/// <summary>How the definition of a workload changed, newest first.</summary>
/// <param name="Versions">Versions.</param>
/// <param name="Damaged">Names of versions that cannot be read.</param>
public sealed record DefinitionHistory(IReadOnlyList<DefinitionVersion> Versions, IReadOnlyList<string> Damaged);

/// <summary>What a workload was defined as from one moment on.</summary>
/// <param name="Id">Sorts by time.</param>
/// <param name="CapturedAt">What was changed before it is in it.</param>
/// <param name="Servers">How many servers it has.</param>
/// <param name="IsFirst">There is none before it.</param>
/// <param name="Changes">What is not as in the version before.</param>
public sealed record DefinitionVersion(string Id, DateTimeOffset CapturedAt, int Servers, bool IsFirst, IReadOnlyList<DefinitionChange> Changes);

/// <summary>One field of one resource that is not as it was.</summary>
/// <param name="Kind">The list that it is in, such as <c>servers</c>.</param>
/// <param name="Id">Id at the source.</param>
/// <param name="Name">Null where it has none.</param>
/// <param name="Field">Such as <c>metadata.tier</c>; <c>*</c>: it has come or gone.</param>
/// <param name="Before">JSON; null: it was not there. Values of user-data are not shown.</param>
/// <param name="After">JSON; null: it is not there any more.</param>
public sealed record DefinitionChange(string Kind, string Id, string? Name, string Field, string? Before, string? After);
