using System.Collections.Immutable;
using System.Diagnostics;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>What a resource of the source is at the target: there already, or made by a step that comes before.</summary>
/// <param name="Known">Its id at the target, when the mapping or the point names it.</param>
/// <param name="Step">The id of the step that makes it; null when it is known.</param>
public sealed record Counterpart(string? Known, string? Step)
{
    public static Counterpart There(string id) => new(id, null);

    public static Counterpart MadeBy(string step) => new(null, step);

    public string IdIn(StepRun run) =>
        Known ?? Made.By(run, Step ?? throw new UnreachableException("A counterpart is neither known nor made by a step."));
}

/// <summary>The counterparts that one step needs, by the source's id; part of the step's arguments in the journal.</summary>
public sealed record Counterparts(ImmutableSortedDictionary<string, Counterpart> BySource)
{
    public static Counterparts None { get; } = new(ImmutableSortedDictionary<string, Counterpart>.Empty);

    /// <summary>The steps that make them.</summary>
    public IEnumerable<string> Steps() => BySource.Values.Select(c => c.Step).OfType<string>();

    public Counterparts Of(params IEnumerable<SourceId> ids) =>
        new(ids.Distinct().ToImmutableSortedDictionary(id => id.Value, id => this[id], StringComparer.Ordinal));

    public string IdIn(StepRun run, SourceId id) => this[id].IdIn(run);

    Counterpart this[SourceId id] => BySource.TryGetValue(id.Value, out var there)
        ? there
        : throw new UnreachableException($"The runbook gave the step no counterpart of {id}.");
}
