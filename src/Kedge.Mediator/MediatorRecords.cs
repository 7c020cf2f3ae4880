using Kedge.Mediator.Health;
using Kedge.OpenStack;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Mediator;

/// <summary>What people write and a mediator reads, whoever keeps it: sites, workloads, policies, mappings and points.</summary>
public sealed record MediatorRecords
{
    public required RecordFolder<SiteRecord> Sites { get; init; }
    public required RecordFolder<Workload> Workloads { get; init; }
    public required RecordFolder<Policy> Policies { get; init; }
    public required RecordFolder<SiteMapping> Mappings { get; init; }

    /// <summary>Connections to a site, without a call yet.</summary>
    public required Func<SiteRecord, Site> Connect { get; init; }

    /// <summary>To the Keystone whose tokens the API believes, as the bearer of one; null: it believes none.</summary>
    public Func<string, Cloud>? ConnectAs { get; init; }

    /// <summary>How their health is looked at.</summary>
    public required SiteReach Reach { get; init; }

    /// <summary>The repository, made where there is none yet.</summary>
    public required Func<CancellationToken, Task<PointRepository>> OpenRepositoryAsync { get; init; }

    /// <summary>The repository, for who only reads: an error where there is none.</summary>
    public required Func<CancellationToken, Task<PointRepository>> ReadRepositoryAsync { get; init; }

    /// <summary>The repository; null where nothing was ever protected.</summary>
    public required Func<CancellationToken, Task<PointRepository?>> FindRepositoryAsync { get; init; }

    /// <summary>Of the files that an embedded mediator keeps for itself.</summary>
    public required string DataPath { get; init; }
}
