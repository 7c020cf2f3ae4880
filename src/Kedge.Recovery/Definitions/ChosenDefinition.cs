using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Definitions;

/// <summary>What a failover makes of a point's data: the newest definition that is sound with it.</summary>
/// <param name="Blueprint">The workload as it will be.</param>
/// <param name="At">Since when it was defined so: the capture of the version, or that of the point.</param>
/// <param name="Version">Null: the definition is the point's own.</param>
/// <param name="Remarks">Whole sentences: what is left out, and why a newer definition is not used.</param>
public sealed record ChosenDefinition(Blueprint Blueprint, DateTimeOffset At, string? Version, ImmutableArray<string> Remarks)
{
    /// <summary>Versions tried, newest first, before the point's own is taken.</summary>
    const int MostTried = 10;

    /// <summary>As the point has it.</summary>
    public static ChosenDefinition OfPoint(UsablePoint point) => new(point.Blueprint, point.Point.BlueprintAt, null, []);

    /// <summary>The newest one that is sound: with nothing invented, and, where a mapping is given, one that a plan can be written from.</summary>
    /// <exception cref="RepositoryException">The versions cannot be listed.</exception>
    public static async Task<ChosenDefinition> NewestAsync(
        PointRepository repository, Workload workload, UsablePoint usable, SiteMapping? mapping, CancellationToken cancel)
    {
        var (point, own) = (usable.Point, OfPoint(usable));
        var refused = new List<string>();
        foreach (var version in await repository.DefinitionsOf(workload.Name).ListSinceAsync(point.BlueprintAt, MostTried, cancel))
        {
            // What was changed after the point was changed back: the versions in between say what is no more.
            if (version.Blueprint == point.Blueprint)
                return own with { At = version.CapturedAt, Version = version.Id, Remarks = [.. refused] };
            var (definition, remarks) = await TryAsync(repository, version, point, own.Blueprint, cancel);
            var why = definition is null ? remarks[0] : WhyNoPlan(workload, point, own.Blueprint, definition, mapping);
            if (why is null)
                return new ChosenDefinition(definition!, version.CapturedAt, version.Id, [.. remarks, .. refused]);
            refused.Add($"The definition of {version.CapturedAt:yyyy-MM-dd'T'HH:mm:ss'Z'} ({version.Id}) is not used: {why}.");
        }
        return own with { Remarks = [.. refused] };
    }

    static async Task<(Blueprint?, ImmutableArray<string>)> TryAsync(
        PointRepository repository, DefinitionVersion version, RecoveryPoint point, Blueprint atPoint, CancellationToken cancel)
    {
        try
        {
            return DefinitionMerge.Of(point, atPoint, await repository.GetBlueprintAsync(version.Blueprint, cancel));
        }
        catch (RepositoryException e)
        {
            return (null, [e.Message.TrimEnd('.')]);
        }
    }

    /// <summary>A newer definition may not stand in the way of a failover that the point's own would let through.</summary>
    static string? WhyNoPlan(Workload workload, RecoveryPoint point, Blueprint own, Blueprint merged, SiteMapping? mapping) =>
        mapping is not null && ProblemsOf(workload, point, merged, mapping) is { } problems && ProblemsOf(workload, point, own, mapping) is null
            ? problems.TrimEnd('.')
            : null;

    static string? ProblemsOf(Workload workload, RecoveryPoint point, Blueprint blueprint, SiteMapping mapping)
    {
        try
        {
            FailoverTargets.Decide(workload, point, blueprint, mapping);
            return null;
        }
        catch (FailoverRefusedException e)
        {
            return string.Join(" ", e.Problems);
        }
    }
}
