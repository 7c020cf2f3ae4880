using Kedge.Plans;

namespace Kedge.Recovery.Tests;

/// <summary>A step whose look-up is taken out: it is told another mark at each attempt, and so never finds what it made before.</summary>
sealed record Blind(Step Inner) : Step
{
    public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel) => Inner.RunAsync(
        new StepRun
        {
            Run = run.Run,
            Step = run.Step with { Id = $"{run.Step.Id}/{run.Attempt}" },
            Attempt = run.Attempt,
            Clock = run.Clock,
            StartedAt = run.StartedAt,
            Results = run.Results,
        },
        cancel);
}
