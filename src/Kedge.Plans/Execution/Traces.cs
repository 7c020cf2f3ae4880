using System.Diagnostics;

namespace Kedge.Plans;

/// <summary>
/// Spans of runs and of their steps, for whoever listens to <see cref="Name"/>: a run contains its steps, and a step what it calls. Only names and
/// numbers are in them, never the arguments of a step.
/// </summary>
public static class Traces
{
    public const string Name = "Kedge.Plans";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>One execution of a run, from its take-over on.</summary>
    internal static Activity? Run(RunState state) => Source.StartActivity($"run {state.Plan.Kind}")?
        .SetTag("kedge.run", state.Run.Value).SetTag("kedge.run.kind", state.Plan.Kind).SetTag("kedge.run.subject", state.Plan.Subject).SetTag("kedge.run.epoch", state.Epoch);

    /// <summary>One execution of a step, with all its looks.</summary>
    internal static Activity? Step(RunId run, PlannedStep step, int attempt) => Source.StartActivity($"step {step.Kind}")?
        .SetTag("kedge.run", run.Value).SetTag("kedge.step", step.Id).SetTag("kedge.step.kind", step.Kind).SetTag("kedge.step.attempt", attempt);
}
