using Kedge.Contracts.V1;
using Kedge.Recovery.Points;

namespace Kedge.Mediator.Desk;

/// <summary>Points, over the repository.</summary>
public sealed class PointDesk(DeskParts parts)
{
    readonly MediatorRecords records = parts.Records;

    public async Task<PointPage> ListAsync(string workload, CancellationToken cancel)
    {
        var list = await (await records.ReadRepositoryAsync(cancel)).ListAsync(workload, cancel);
        var now = parts.Clock.GetUtcNow();
        return new PointPage(
            [.. list.Points.Reverse().Select(stored => Contracts.Of(stored.Point, now))],
            [.. list.Damaged.Select(damaged => new V1.DamagedPoint(damaged.Id, damaged.Why))],
            null);
    }

    public async Task<PointDetails> GetAsync(string workload, string? id, CancellationToken cancel)
    {
        var repository = await records.ReadRepositoryAsync(cancel);
        var point = await ChooseAsync(repository, workload, id, cancel);
        return Contracts.Of(point, await repository.GetBlueprintAsync(point.Blueprint, cancel), parts.Clock.GetUtcNow());
    }

    public async Task DeleteAsync(string workload, string id, CancellationToken cancel)
    {
        var repository = await records.ReadRepositoryAsync(cancel);
        if (!await repository.DeleteAsync(workload, id, cancel))
            throw new ProblemException(ProblemCodes.NotFound, $"There is no point {id} of {workload}: kedge point list {workload}");
    }

    /// <exception cref="ProblemException">There is none.</exception>
    internal static async Task<RecoveryPoint> ChooseAsync(PointRepository repository, string workload, string? id, CancellationToken cancel) =>
        id is not null
            ? await repository.FindAsync(workload, id, cancel)
                ?? throw new ProblemException(ProblemCodes.NotFound, $"There is no point {id} of {workload} in {repository.Path}: kedge point list {workload}") { Field = "point" }
            : await repository.FindNewestUsableAsync(workload, cancel)
                ?? throw new ProblemException(ProblemCodes.NotFound, $"There is no usable point of {workload} in {repository.Path}: kedge protect {workload}");
}
