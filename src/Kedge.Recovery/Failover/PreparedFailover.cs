using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>All that a failover is written from: which point, which definition, which mapping. Nothing was asked of a cloud for it.</summary>
/// <param name="Point">Null: there is no usable one.</param>
/// <param name="Definition">Null where there is no point.</param>
/// <param name="Mapping">Null: none was proposed.</param>
public sealed record PreparedFailover(Workload Workload, RecoveryPoint? Point, ChosenDefinition? Definition, SiteMapping? Mapping)
{
    /// <summary>What could not be read, for this workload alone; nothing of it stands in the way of another one.</summary>
    public ImmutableArray<string> Unreadable { get; init; } = [];

    /// <summary>With the newest usable point and the newest sound definition.</summary>
    public static async Task<PreparedFailover> OfNewestAsync(RecoveryDesk desk, Workload workload, CancellationToken cancel)
    {
        var unreadable = new List<string>();
        var mapping = await TryAsync(unreadable, () => desk.FindMapping(workload.Name, cancel));
        var point = desk.Repository is null ? null : await TryAsync(unreadable, () => desk.Repository.FindNewestWithBlueprintAsync(workload.Name, cancel));
        var definition = point is null ? null : await TryAsync(unreadable, () => ChosenDefinition.NewestAsync(desk.Repository!, workload, point, mapping, cancel));
        return new PreparedFailover(workload, definition is null ? null : point?.Point, definition, mapping) { Unreadable = [.. unreadable] };
    }

    static async Task<T?> TryAsync<T>(List<string> unreadable, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is RecordException or RepositoryException)
        {
            unreadable.Add(e.Message);
            return default;
        }
    }

    /// <summary>With this point, where it can still be used, else with the newest usable one; and with the newest sound definition.</summary>
    /// <exception cref="RepositoryException">The repository cannot be read.</exception>
    public static async Task<PreparedFailover> OfPointOrNewestAsync(RecoveryDesk desk, Workload workload, string? id, CancellationToken cancel)
    {
        var list = desk.Repository is null || id is null ? null : await desk.Repository.ListAsync(workload.Name, cancel);
        if (list?.Points.FirstOrDefault(stored => stored.Point.Id == id)?.Point is not { } point)
            return await OfNewestAsync(desk, workload, cancel);
        var mapping = await desk.FindMapping(workload.Name, cancel);
        var usable = await desk.Repository!.WithBlueprintAsync(point, cancel);
        return new PreparedFailover(workload, point, await ChosenDefinition.NewestAsync(desk.Repository, workload, usable, mapping, cancel), mapping);
    }

    /// <summary>Whoever names a point means the workload as it was then.</summary>
    /// <exception cref="RepositoryException">It is not there, or damaged.</exception>
    public static async Task<PreparedFailover> OfPointAsync(RecoveryDesk desk, Workload workload, string id, CancellationToken cancel)
    {
        var repository = desk.Repository ?? throw new RepositoryException($"There is no repository here, and so no point {id}.");
        var point = await repository.GetAsync(workload.Name, id, cancel);
        var definition = ChosenDefinition.OfPoint(await repository.WithBlueprintAsync(point, cancel));
        return new PreparedFailover(workload, point, definition, await desk.FindMapping(workload.Name, cancel));
    }

    /// <summary>For <see cref="ReadinessCheck"/>.</summary>
    public ReadinessQuestion Question(Site to) => new()
    {
        Workload = Workload,
        Mapping = Mapping,
        Point = Point,
        Blueprint = Definition?.Blueprint,
        To = to,
        Unreadable = Unreadable,
    };

    /// <exception cref="FailoverRefusedException">Something that a plan needs is missing: all of it, at once.</exception>
    public Plan Write(FailoverRequest request) => (Point, Definition, Mapping) switch
    {
        _ when Unreadable is not [] => throw new FailoverRefusedException(Workload.Name, Unreadable),
        (null, _, _) => throw new FailoverRefusedException(Workload.Name, [$"There is no usable recovery point: kedge protect {Workload.Name}."]),
        (_, _, null) => throw new FailoverRefusedException(Workload.Name, [$"Nothing says what stands for what at {Workload.To}: kedge mapping propose {Workload.Name}."]),
        var (point, definition, mapping) => FailoverRunbook.Write(Workload, point, definition!.Blueprint, mapping, request with { Definition = definition }),
    };
}
