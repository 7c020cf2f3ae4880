using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Status;
using Workload = Kedge.Recovery.Workloads.Workload;

namespace Kedge.Mediator.Desk;

/// <summary>Workloads, over the records, the journal and the repository.</summary>
public sealed class WorkloadDesk(DeskParts parts)
{
    readonly MediatorRecords records = parts.Records;
    readonly RecordsGate gate = new(parts.Records.DataPath, parts.Clock);

    public async IAsyncEnumerable<V1.Workload> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var name in records.Workloads.Names())
        {
            // One that is deleted while we read is not in the list.
            if (await records.Workloads.FindAsync(name, cancel) is { } workload)
                yield return Shown(workload).Value;
        }
    }

    public async Task<Versioned<V1.Workload>> GetAsync(string name, CancellationToken cancel) => Shown(await records.Workloads.GetAsync(name, cancel));

    public async Task<Versioned<V1.Workload>> PutAsync(string name, JsonObject definition, Expected expected, CancellationToken cancel)
    {
        var workload = RecordText.Read(records.Workloads, definition, "The command line");
        RecordText.DemandName("workload", name, workload.Name);
        if (workload.From == workload.To)
            throw new ProblemException(ProblemCodes.Invalid, $"{workload.From} cannot be its own target.") { Field = "to" };
        foreach (var (field, site) in new[] { ("from", workload.From), ("to", workload.To) })
            await DemandAsync(field, () => records.Sites.GetAsync(site, cancel));
        if (workload.Policy is { } policy)
            await DemandAsync("policy", () => records.Policies.GetAsync(policy, cancel));
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Workload {name}", await FindTagAsync(name, cancel));
        await records.Workloads.PutAsync(name, workload, cancel);
        return Shown(await records.Workloads.GetAsync(name, cancel));
    }

    public async Task DeleteAsync(string name, Expected expected, CancellationToken cancel)
    {
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Workload {name}", await FindTagAsync(name, cancel));
        records.Workloads.Delete(name);
    }

    public async IAsyncEnumerable<V1.WorkloadStatus> StatusAsync(IReadOnlyList<string>? names, bool asksTarget, [EnumeratorCancellation] CancellationToken cancel)
    {
        var recovery = await parts.RecoveryAsync(cancel);
        var evidence = await JournalEvidence.ReadAsync(recovery.Journal, cancel);
        foreach (var name in names ?? records.Workloads.Names())
        {
            var prepared = await PreparedFailover.OfNewestAsync(recovery, await records.Workloads.GetAsync(name, cancel), cancel);
            var readiness = asksTarget && prepared.Point is not null ? await AskAsync(recovery, prepared, cancel) : null;
            yield return Contracts.Of(await Recovery.Status.WorkloadStatus.OfAsync(recovery, prepared, evidence, readiness, cancel));
        }
    }

    public async Task<V1.Readiness> ReadyAsync(string name, CancellationToken cancel)
    {
        var recovery = await parts.RecoveryAsync(cancel);
        var prepared = await PreparedFailover.OfNewestAsync(recovery, await records.Workloads.GetAsync(name, cancel), cancel);
        return Contracts.Of(await AskAsync(recovery, prepared, cancel), prepared);
    }

    public async Task<V1.DefinitionHistory> HistoryAsync(string name, int most, CancellationToken cancel)
    {
        var repository = await records.ReadRepositoryAsync(cancel);
        var list = await repository.DefinitionsOf(name).ListAsync(cancel);
        var versions = new List<V1.DefinitionVersion>();
        for (var place = list.Versions.Length - 1; place >= Math.Max(0, list.Versions.Length - Math.Max(1, most)); place--)
        {
            var version = list.Versions[place];
            var changes = place == 0 ? [] : Recovery.Definitions.DefinitionChange.Between(
                await repository.GetBlueprintAsync(list.Versions[place - 1].Blueprint, cancel), await repository.GetBlueprintAsync(version.Blueprint, cancel));
            versions.Add(Contracts.Of(version, place == 0, changes));
        }
        return new V1.DefinitionHistory(versions, list.Damaged);
    }

    static async Task<ReadinessReport> AskAsync(RecoveryDesk recovery, PreparedFailover prepared, CancellationToken cancel) =>
        await ReadinessCheck.RunAsync(prepared.Question(await recovery.GetSite(prepared.Workload.To, cancel)), recovery.Clock, cancel);

    Versioned<V1.Workload> Shown(Workload workload)
    {
        var written = records.Workloads.Write(workload);
        var effective = workload with { OwnRpo = workload.Rpo, OwnRto = workload.Rto, OwnRetention = workload.Retention };
        return new(new V1.Workload(workload.Name, Read(workload), Read(effective)), Tags.Of(written));
    }

    WorkloadDefinition Read(Workload workload) => RecordText.As(RecordText.Json(records.Workloads, workload), V1Json.Default.WorkloadDefinition);

    async Task<string?> FindTagAsync(string name, CancellationToken cancel) =>
        await records.Workloads.FindAsync(name, cancel) is { } there ? Tags.Of(records.Workloads.Write(there)) : null;

    /// <exception cref="ProblemException">What the field names is not there.</exception>
    static async Task DemandAsync<T>(string field, Func<Task<T>> get)
    {
        try
        {
            await get();
        }
        catch (Kedge.Recovery.Formats.RecordException e)
        {
            throw new ProblemException(ProblemCodes.Invalid, e.Message, e) { Field = field };
        }
    }
}
