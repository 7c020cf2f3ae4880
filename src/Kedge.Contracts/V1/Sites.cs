using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>A cloud that Kedge knows, as one project.</summary>
public sealed record Site
{
    /// <summary>Kedge's name for it.</summary>
    public required string Name { get; init; }

    /// <summary>Entry of the tenant in the mediator's clouds.yaml.</summary>
    public required string Cloud { get; init; }

    /// <summary>Entry of an admin on the same project.</summary>
    public string? AdminCloud { get; init; }

    /// <summary>How its movers reach volumes.</summary>
    public SiteMovers? Movers { get; init; }

    /// <summary>So many of its workloads are protected at the same time.</summary>
    public int? PointsAtOnce { get; init; }
}

/// <summary>How the movers of a site reach its volumes.</summary>
/// <param name="Host">The name under which movers connect to volumes.</param>
/// <param name="Repository">Their block repository.</param>
/// <param name="Ceph">Their Ceph cluster.</param>
/// <param name="SnapshotPool">The pool whose snapshots they read in place.</param>
public sealed record SiteMovers(string Host, string Repository, string Ceph, string? SnapshotPool);

/// <summary>A site, and as whom it let us in just now.</summary>
/// <param name="Site">It.</param>
/// <param name="Project">The project's name.</param>
/// <param name="ProjectId">The project's id.</param>
/// <param name="UserId">The user's id.</param>
/// <param name="Roles">Names of the roles there.</param>
public sealed record SiteAccess(Site Site, string? Project, string? ProjectId, string UserId, IReadOnlyList<string> Roles);

/// <summary>What is believed of a site.</summary>
public sealed record SiteHealth
{
    /// <summary>Which.</summary>
    public required string Site { get; init; }

    /// <summary>What is believed of it.</summary>
    public required SiteState State { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The last look; null: nobody has looked.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>What was seen at the last look: <c>Well</c>, <c>Partly</c>, <c>Nothing</c>, <c>CannotTell</c>.</summary>
    public required string Seen { get; init; }

    /// <summary>Whether the mediator itself reaches anything: <c>Untested</c>, <c>Passed</c>, <c>Failed</c>.</summary>
    public required string SelfCheck { get; init; }

    /// <summary>Looks that are kept as evidence.</summary>
    public required int Looks { get; init; }

    /// <summary>What each service answered at the last look.</summary>
    public required IReadOnlyList<ServiceAnswer> Services { get; init; }
}

/// <summary>What is believed of a site.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SiteState>))]
public enum SiteState
{
    /// <summary>All of it answers.</summary>
    Up,

    /// <summary>Something of it does not answer, or not everybody reaches it.</summary>
    Degraded,

    /// <summary>Nobody can tell.</summary>
    Unknown,

    /// <summary>Nothing of it answers anybody.</summary>
    Silent,
}

/// <summary>What a service answered.</summary>
/// <param name="Service">Which.</param>
/// <param name="Answer">How.</param>
/// <param name="What">For a person.</param>
public sealed record ServiceAnswer(string Service, string Answer, string What);

/// <summary>What a declared loss of a site would do.</summary>
/// <param name="Site">Which.</param>
/// <param name="At">When this was asked.</param>
/// <param name="Losses">Workloads that would be failed over, in that order.</param>
/// <param name="LeftOut">Workloads that would not.</param>
/// <param name="Remarks">What could not be found out.</param>
public sealed record SiteLossPreview(string Site, DateTimeOffset At, IReadOnlyList<WorkloadLoss> Losses, IReadOnlyList<LeftOutWorkload> LeftOut, IReadOnlyList<string> Remarks);

/// <summary>A workload that is not begun.</summary>
/// <param name="Workload">Which.</param>
/// <param name="Why">Why not.</param>
public sealed record LeftOutWorkload(string Workload, string Why);

/// <summary>What the loss of its site means for one workload.</summary>
public sealed record WorkloadLoss
{
    /// <summary>Which.</summary>
    public required string Workload { get; init; }

    /// <summary>Its target.</summary>
    public required string To { get; init; }

    /// <summary>Higher first.</summary>
    public required int Priority { get; init; }

    /// <summary>What is promised.</summary>
    public double? RtoSeconds { get; init; }

    /// <summary>How many servers.</summary>
    public required int Servers { get; init; }

    /// <summary>The point that would be used; null: there is none.</summary>
    public string? Point { get; init; }

    /// <summary>Of which moment its data is.</summary>
    public DateTimeOffset? DataAt { get; init; }

    /// <summary>What was written in this time is lost.</summary>
    public double? LostSeconds { get; init; }

    /// <summary>How long its recovery would take.</summary>
    public required RecoveryEstimate Recovery { get; init; }

    /// <summary>Reasons why it would not work now.</summary>
    public required IReadOnlyList<string> NotReady { get; init; }

    /// <summary>What of its newest definition is not in its newest data.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>What the target's quota lacks; null: it fits.</summary>
    public string? NoRoom { get; init; }
}
