using Kedge.Plans;

namespace Kedge.Availability.Changes;

/// <summary>Waits until the policy engine has nothing left to do.</summary>
public sealed record WaitUntilSettled : ChangeStep
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override string Title => "Wait until Pacemaker has done it";

    public override TimeSpan Expected => TimeSpan.FromSeconds(10);

    public override async Task<StepOutcome> RunAsync(ChangeGround ground, StepRun run, CancellationToken cancel) =>
        await ground.Cluster.WaitUntilSettledAsync(Patience, cancel)
            ? new StepOutcome.Done("nothing is left to do")
            : new StepOutcome.NotYet("Pacemaker, which is still starting, stopping or fencing", TimeSpan.FromMilliseconds(200));
}
