using Kedge.Plans;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Tests;

namespace Kedge.Simulation.Tests;

/// <summary>
/// What a mediator does all its life: says that it lives, and carries the runs that are its own or whose carrier is silent. A silent one may be
/// dead, or only paused: then two carry the same run, and the epoch decides.
/// </summary>
sealed class MediatorLoop(World world, Life life)
{
    static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    /// <summary>They touch files, which simulated time waits for.</summary>
    static readonly HashSet<string> KindsWithFiles = ["write-point", "apply-retention", "sweep-copies", "close-point", "recover-workload"];

    SharedJournal Journal => new(world, life);

    public async Task LiveAsync()
    {
        try
        {
            while (true)
            {
                await life.PassAsync();
                world.Heartbeats[life.Owner] = world.Clock.GetUtcNow();
                await CarryAsync();
                await Task.Delay(Beat, life.Clock, CancellationToken.None);
            }
        }
        catch (PowerLostException)
        {
            await Task.WhenAll(life.Carried.Values);
        }
    }

    async Task CarryAsync()
    {
        await foreach (var run in Journal.ListAsync(RunFilter.Open, CancellationToken.None))
        {
            if (life.Carried.TryGetValue(run.Run, out var carried) && !carried.IsCompleted)
                continue;
            var isWanted = run.Phase is not RunPhase.Stopped || world.Resumed.Remove(run.Run);
            if (isWanted && (run.Owner == life.Owner || run.Phase is RunPhase.Stopped || IsSilent(run.Owner)))
                life.Carried[run.Run] = CarryAsync(run.Run);
        }
    }

    bool IsSilent(string owner) => !world.Heartbeats.TryGetValue(owner, out var beat) || world.Clock.GetUtcNow() - beat > Silence;

    async Task CarryAsync(RunId run)
    {
        try
        {
            var state = await Executor().ExecuteAsync(run, null, life.End);
            world.History.Say(life.Owner, $"{world.NameOf(run)} is {state.Phase} {state.Reason}");
        }
        catch (Exception e) when (e is PowerLostException or SupersededException or JournalException or RunEndedException or OperationCanceledException)
        {
            world.History.Say(life.Owner, $"no longer carries {world.NameOf(run)}: {e.GetType().Name}");
        }
    }

    public RunExecutor Executor() => new(
        Journal,
        planned => StepOf(planned),
        RecoveryFaults.Read,
        new RunLimits(),
        life.Clock,
        life.Owner);

    Step StepOf(PlannedStep planned)
    {
        var step = RecoveryStepJson.Read(planned, life.Sites);
        if (planned.Kind == "close-point" && world.Sabotage.CleanupDoesNotAskForPoints)
            return new Idle();
        return KindsWithFiles.Contains(planned.Kind) ? new WithFiles(world, step)
            : planned.Kind == world.Sabotage.BlindKind ? new Blind(step)
            : step;
    }

    sealed record Idle : Step
    {
        public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel) => Task.FromResult<StepOutcome>(new StepOutcome.Done("nothing was asked"));
    }

    sealed record WithFiles(World World, Step Inner) : Step
    {
        public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel) => World.WithFilesAsync(() => Inner.RunAsync(run, cancel));
    }
}
