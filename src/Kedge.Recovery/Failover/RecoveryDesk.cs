using Kedge.Plans;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>
/// What lies on the table when workloads are judged, or recovered, without the primary: the records, the repository, the journal, and a hand
/// that starts runs. An embedded kedge fills it from its data directory, a mediator from its database.
/// </summary>
public sealed record RecoveryDesk
{
    public required IJournal Journal { get; init; }

    /// <summary>Null: nothing was ever protected here.</summary>
    public required PointRepository? Repository { get; init; }

    /// <summary>All workloads, in any order, and those whose records cannot be read.</summary>
    public required Func<CancellationToken, Task<RecordList<Workload>>> Workloads { get; init; }

    /// <summary>Null: there is none of that name.</summary>
    public required Func<string, CancellationToken, Task<Workload?>> FindWorkload { get; init; }

    /// <summary>The mapping of a workload; null: none was proposed yet.</summary>
    public required Func<string, CancellationToken, Task<SiteMapping?>> FindMapping { get; init; }

    /// <summary>A site by its name; shared by those who ask, so that the client's limits hold for all of them together.</summary>
    public required Func<string, CancellationToken, Task<Site>> GetSite { get; init; }

    /// <summary>
    /// Sees to it that somebody executes a run which was begun; comes back at once and may be called any number of times. One that is executed
    /// already, here or by another that lives, is left alone; one that has stopped is tried again once for each process.
    /// False: it has stopped again, or ended, and nobody will go on with it unless a person says so.
    /// </summary>
    public required Func<RunId, CancellationToken, Task<bool>> SeeTo { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Who begins runs, as the journal names its owners.</summary>
    public required string Owner { get; init; }
}
