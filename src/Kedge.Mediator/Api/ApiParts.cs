using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Requests;
using Kedge.Mediator.Desk;
using Kedge.Plans;

namespace Kedge.Mediator.Api;

/// <summary>What the endpoints work with.</summary>
sealed record ApiParts
{
    public required MediatorRecords Records { get; init; }
    public required DeskParts Desk { get; init; }
    public required WorkloadDesk Workloads { get; init; }
    public required PolicyDesk Policies { get; init; }
    public required PointDesk Points { get; init; }
    public required SiteDesk Sites { get; init; }
    public required RunDesk Runs { get; init; }
    public required TenantView View { get; init; }
    public required OnceOnly Once { get; init; }
    public required IJournal Journal { get; init; }

    /// <summary>Has a run that was begun executed, by whichever mediator is free first.</summary>
    public required Func<RunId, CancellationToken, Task> ExecuteAsync { get; init; }
    public required TimeProvider Clock { get; init; }
}
