using System.Text.Json.Nodes;
using Kedge.Contracts.V1;
using Kedge.Recovery.Mapping;

namespace Kedge.Mediator.Desk;

/// <summary>Mappings, over the records: a workload has one.</summary>
public sealed class MappingDesk(DeskParts parts)
{
    readonly MediatorRecords records = parts.Records;
    readonly RecordsGate gate = new(parts.Records.DataPath, parts.Clock);

    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<Versioned<Mapping>> GetAsync(string workload, CancellationToken cancel) => Shown(
        await records.Mappings.FindAsync(workload, cancel)
        ?? throw new ProblemException(ProblemCodes.NotFound, $"There is no mapping of workload {workload}: kedge mapping propose {workload}"));

    /// <param name="definition">As in a file: docs/formats/mapping.md</param>
    public async Task<Versioned<Mapping>> PutAsync(string workload, JsonObject definition, Expected expected, CancellationToken cancel)
    {
        var mapping = RecordText.Read(records.Mappings, definition, "The body");
        var whose = await records.Workloads.GetAsync(workload, cancel);
        foreach (var (field, said, wanted) in new[] { ("workload", mapping.Workload, workload), ("from", mapping.From, whose.From), ("to", mapping.To, whose.To) })
        {
            if (said != wanted)
                throw new ProblemException(ProblemCodes.Invalid, $"It maps {mapping.Workload} from {mapping.From} to {mapping.To}; {workload} goes from {whose.From} to {whose.To}.") { Field = field };
        }
        if (mapping.Schema != SiteMapping.CurrentSchema)
            throw new ProblemException(ProblemCodes.Invalid, $"schema is {SiteMapping.CurrentSchema}.") { Field = "schema" };
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Mapping of {workload}", await FindTagAsync(workload, cancel));
        await records.Mappings.PutAsync(workload, mapping, cancel);
        return Shown(mapping);
    }

    public async Task DeleteAsync(string workload, Expected expected, CancellationToken cancel)
    {
        await using var held = await gate.EnterAsync(cancel);
        expected.Demand($"Mapping of {workload}", await FindTagAsync(workload, cancel));
        records.Mappings.Delete(workload);
    }

    Versioned<Mapping> Shown(SiteMapping mapping) => new(RecordText.As(RecordText.Json(records.Mappings, mapping), V1Json.Default.Mapping), Tags.Of(records.Mappings.Write(mapping)));

    async Task<string?> FindTagAsync(string workload, CancellationToken cancel) =>
        await records.Mappings.FindAsync(workload, cancel) is { } there ? Tags.Of(records.Mappings.Write(there)) : null;
}
