using System.Text.Json.Nodes;
using Kedge.Plans;

namespace Kedge.Mediator.Desk;

/// <summary>
/// What can be asked and ordered about workloads. Each desk has two implementations: one over the records, the journal and the repository,
/// which a mediator's API and an embedded kedge use; one over a mediator's API.
/// </summary>
public interface IWorkloadDesk
{
    /// <summary>In the order of their names.</summary>
    IAsyncEnumerable<V1.Workload> ListAsync(CancellationToken cancel);

    Task<Versioned<V1.Workload>> GetAsync(string name, CancellationToken cancel);

    /// <param name="definition">As in a file: docs/formats/workload.md</param>
    Task<Versioned<V1.Workload>> PutAsync(string name, JsonObject definition, Expected expected, CancellationToken cancel);

    Task DeleteAsync(string name, Expected expected, CancellationToken cancel);

    /// <param name="names">Which; null: all.</param>
    /// <param name="asksTarget">Whether the target is asked if a failover would work now.</param>
    IAsyncEnumerable<V1.WorkloadStatus> StatusAsync(IReadOnlyList<string>? names, bool asksTarget, CancellationToken cancel);

    Task<V1.Readiness> ReadyAsync(string name, CancellationToken cancel);

    /// <param name="most">So many of the newest versions.</param>
    Task<V1.DefinitionHistory> HistoryAsync(string name, int most, CancellationToken cancel);
}

/// <inheritdoc cref="IWorkloadDesk"/>
public interface IPolicyDesk
{
    IAsyncEnumerable<V1.Policy> ListAsync(CancellationToken cancel);

    Task<Versioned<V1.Policy>> GetAsync(string name, CancellationToken cancel);

    /// <param name="definition">As in a file: docs/formats/policy.md</param>
    Task<Versioned<V1.Policy>> PutAsync(string name, JsonObject definition, Expected expected, CancellationToken cancel);

    Task DeleteAsync(string name, Expected expected, CancellationToken cancel);
}

/// <inheritdoc cref="IWorkloadDesk"/>
public interface IPointDesk
{
    /// <summary>All of them, newest first.</summary>
    Task<V1.PointPage> ListAsync(string workload, CancellationToken cancel);

    /// <param name="id">Null: the newest usable one.</param>
    Task<V1.PointDetails> GetAsync(string workload, string? id, CancellationToken cancel);

    Task DeleteAsync(string workload, string id, CancellationToken cancel);
}

/// <inheritdoc cref="IWorkloadDesk"/>
public interface ISiteDesk
{
    IAsyncEnumerable<V1.Site> ListAsync(CancellationToken cancel);

    Task<V1.Site> GetAsync(string name, CancellationToken cancel);

    /// <summary>Asks the site who we are there.</summary>
    Task<V1.SiteAccess> LookAsync(string name, CancellationToken cancel);

    /// <summary>What is believed of it, by the looks that were kept.</summary>
    Task<V1.SiteHealth> HealthAsync(string name, CancellationToken cancel);

    Task<V1.SiteLossPreview> PreviewLossAsync(string name, CancellationToken cancel);
}

/// <inheritdoc cref="IWorkloadDesk"/>
public interface IRunDesk
{
    /// <summary>Newest first.</summary>
    IAsyncEnumerable<V1.Run> ListAsync(RunFilter filter, CancellationToken cancel);

    /// <param name="id">The whole id, or so much of its beginning that no other begins so; four digits at least.</param>
    Task<V1.Run> GetAsync(string id, CancellationToken cancel);

    /// <summary>Its events so far. docs/formats/journal.md</summary>
    IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, CancellationToken cancel);

    /// <summary>What <see cref="FailoverAsync"/> would begin, or go on with.</summary>
    Task<V1.FailoverPreview> PreviewFailoverAsync(string workload, V1.FailoverOrder order, CancellationToken cancel);

    // Each of these writes a run down, or finds the one that was interrupted; it is executed by whoever follows it, or by a mediator.

    Task<V1.RunStarted> ProtectAsync(string workload, RunBeginning beginning, CancellationToken cancel);

    Task<V1.RunStarted> FailoverAsync(string workload, V1.FailoverOrder order, RunBeginning beginning, CancellationToken cancel);

    Task<V1.RunStarted> DeclareLostAsync(string site, V1.SiteLossOrder order, RunBeginning beginning, CancellationToken cancel);

    Task<V1.RunStarted> CleanUpAsync(RunId run, RunBeginning beginning, CancellationToken cancel);

    /// <param name="run">Which.</param>
    /// <param name="order">How boldly.</param>
    /// <param name="cancel">Gives up.</param>
    Task<V1.RunStarted> ResumeAsync(RunId run, V1.ResumeOrder order, CancellationToken cancel);

    Task<V1.Run> AbandonAsync(RunId run, V1.AbandonOrder order, string who, CancellationToken cancel);
}

/// <summary>How a run is begun.</summary>
/// <param name="Run">Its id, if a new one is begun: begun again with the same one, it is there once.</param>
/// <param name="Who">On whose word; it stays in the journal.</param>
/// <param name="Told">What a person should know, as it is found.</param>
public sealed record RunBeginning(RunId Run, string Who, IProgress<string> Told);
