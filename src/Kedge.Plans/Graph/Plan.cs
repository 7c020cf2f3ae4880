using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Plans;

/// <summary>
/// A graph of steps, written once and never changed. It cannot exist with a duplicate id, an unknown predecessor or a cycle: both
/// <see cref="Create"/> and reading it back from a journal check that.
/// </summary>
public sealed record Plan
{
    private readonly PlanGraph graph;

    [JsonConstructor]
    internal Plan(string kind, string title, string subject, ImmutableArray<PlannedStep> steps, JsonElement? facts)
    {
        Kind = kind;
        Title = title;
        Subject = subject;
        Steps = steps.IsDefault ? [] : steps;
        Facts = facts;
        graph = PlanGraph.Of(this);
    }

    /// <summary>"failover", "drill", …</summary>
    public string Kind { get; }

    /// <summary>What a person would say: "Fail web over from A to B".</summary>
    public string Title { get; }

    /// <summary>What the plan is about, usually the workload's name.</summary>
    public string Subject { get; }

    /// <summary>The steps in the order in which the runbook wrote them.</summary>
    public ImmutableArray<PlannedStep> Steps { get; }

    /// <summary>What was known when the plan was made: the point used, the age of its data. Free of form; null when there is none.</summary>
    public JsonElement? Facts { get; }

    /// <summary>Each step after everything that it comes after; else as written.</summary>
    [JsonIgnore]
    public ImmutableArray<PlannedStep> ReadingOrder => graph.ReadingOrder;

    /// <summary>The expected time of the longest path: with unlimited lanes no execution can be faster.</summary>
    [JsonIgnore]
    public TimeSpan CriticalPath => graph.CriticalPath;

    /// <summary>The steps of the longest path, first to last.</summary>
    [JsonIgnore]
    public ImmutableArray<PlannedStep> CriticalSteps => graph.CriticalSteps;

    /// <exception cref="PlanInvalidException">Everything that is wrong with it, at once.</exception>
    public static Plan Create(
        string kind, string title, string subject, IEnumerable<PlannedStep> steps, JsonElement? facts = null) =>
        new(kind, title, subject, [.. steps], facts);

    /// <summary>The expected time from the start of this step to the end of the longest path that begins with it.</summary>
    public TimeSpan RemainingPath(string stepId) => graph.RemainingPath(stepId);

    /// <exception cref="ArgumentException">The plan has no such step.</exception>
    public PlannedStep GetStep(string stepId) => graph.Get(stepId);

    internal int OrderOf(string stepId) => graph.OrderOf(stepId);
}
