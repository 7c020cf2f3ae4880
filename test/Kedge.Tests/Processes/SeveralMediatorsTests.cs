using System.Collections.Immutable;
using System.Globalization;
using Kedge.Commands;
using Kedge.Home;
using Kedge.Mediator.Store;
using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Sandbox;
using Kedge.Testing;

namespace Kedge.Tests.Processes;

/// <summary>
/// Real mediators over a real PostgreSQL, killed and paused at random while they fail a workload over: whatever happens, each run finishes once,
/// and the cloud holds what one undisturbed failover leaves, nothing twice and nothing more. KEDGE_CHAOS_SEED and KEDGE_CHAOS_FAILOVERS
/// choose another history and a longer one (dev/chaos).
/// </summary>
public sealed class SeveralMediatorsTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Only so that a mistake ends: nothing here depends on it.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    static readonly int Seed = Number("KEDGE_CHAOS_SEED", 20261124);
    static readonly int Failovers = Number("KEDGE_CHAOS_FAILOVERS", 1);

    Desk desk = null!;
    PostgresServer postgres = null!;
    PostgresJournal journal = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        postgres = await PostgresServer.StartAsync();
        desk = await Desk.WithProtectedShopAsync(b => b with { Latencies = SandboxLatencies.Realistic.Times(0.5) });
        desk.Database = await postgres.CreateDatabaseAsync("kedge");
        await desk.DoAsync("workload set shop --paused true");
        journal = await PostgresJournal.OpenAsync(desk.Database, TimeProvider.System, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await desk.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Killed_and_paused_at_random_during_failovers_mediators_finish_each_run_once_and_leave_nothing()
    {
        var chance = new Random(Seed);
        await using var mediators = new Mediators(desk, 3);
        await mediators.StartAllAsync();
        var (whole, empty) = await UndisturbedAsync(mediators);

        var takeOvers = 0;
        for (var round = 0; round < Failovers; round++)
        {
            var run = await BeginFailoverAsync();
            takeOvers += await FinishUnderChaosAsync(mediators, run, chance);
            Assert.Equal(whole, Resources());

            takeOvers += await FinishUnderChaosAsync(mediators, await BeginCleanupAsync(run), chance);
            Assert.Equal(empty, Resources());
        }

        output.WriteLine($"seed {Seed}: {Failovers} failovers and as many cleanups, {takeOvers} take-overs, {mediators.Refusals} refusals of a stale epoch");
        Assert.Empty(await OpenRunsAsync());
    }

    [Fact]
    public async Task A_mediator_that_is_stopped_hands_its_run_over_within_seconds_and_ends_with_0()
    {
        await using var mediators = new Mediators(desk, 2);
        await mediators.StartAsync(0);
        var run = await BeginFailoverAsync();
        await UntilAsync(mediators, run, async () => (await journal.GetStateAsync(run, Cancel)).DoneCount > 0);
        await mediators.StartAsync(1);

        var code = await mediators.StopAsync(0);
        await UntilAsync(mediators, run, () => EndedAsync(run));

        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal(RunPhase.Finished, (await journal.FindAsync(run, Cancel))!.Phase);
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
    }

    /// <summary>What one failover leaves when nobody is in its way, and what its cleanup: all as before but for the records of backups, which stay.</summary>
    async Task<(string Whole, string Empty)> UndisturbedAsync(Mediators mediators)
    {
        var run = await BeginFailoverAsync();
        await UntilAsync(mediators, run, () => EndedAsync(run));
        var whole = Resources();
        var cleanup = await BeginCleanupAsync(run);
        await UntilAsync(mediators, cleanup, () => EndedAsync(cleanup));
        return (whole, Resources());
    }

    /// <returns>How often the run was taken over.</returns>
    async Task<int> FinishUnderChaosAsync(Mediators mediators, RunId run, Random chance)
    {
        using var done = new CancellationTokenSource(Limit);
        var chaos = ChaosAsync(mediators, run, chance, done.Token);
        try
        {
            await UntilAsync(mediators, run, () => EndedAsync(run));
        }
        finally
        {
            await done.CancelAsync();
            await chaos;
        }
        var state = await journal.GetStateAsync(run, Cancel);
        Assert.True(state.Phase is RunPhase.Finished, $"Run {run} is {state.Phase}: {state.Reason}\n{string.Join('\n', mediators.Log)}");
        var events = await EventsAsync(run);
        Assert.Single(events, e => e.Event is RunFinished);
        Assert.All(state.Steps.Keys, step => Assert.Single(events, e => e.Event is StepDone done && done.Step == step));
        return events.Count(e => e.Event is RunTakenOver);
    }

    /// <summary>
    /// Kills, pauses and revives, one after the other, mostly whoever has the run, and leaves all at work; at each moment at least one mediator
    /// is. First each kind of disturbance once, then as chance has it.
    /// </summary>
    async Task ChaosAsync(Mediators mediators, RunId run, Random chance, CancellationToken stop)
    {
        for (var turn = 0; ; turn++)
        {
            await Task.Delay(Milliseconds(chance, 300, 1500), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                return;
            var owner = chance.Next(4) > 0 && await OwnerAsync(run) is { } has ? mediators.Find(has) : null;
            var victim = owner ?? chance.Next(mediators.Count);
            switch (turn < 3 ? turn : chance.Next(5))
            {
                case 0 or 3:
                    await mediators.KillAsync(victim);
                    await Task.Delay(Milliseconds(chance, 0, 1000), CancellationToken.None);
                    await mediators.StartAsync(victim);
                    break;
                case 2:
                    await postgres.KillAsync();
                    await Task.Delay(Milliseconds(chance, 200, 2000), CancellationToken.None);
                    await postgres.ReviveAsync();
                    break;
                default:
                    await mediators.PauseAsync(victim);
                    // Longer than a mediator is waited for, mostly: it comes back to a run that is somebody else's.
                    await Task.Delay(Milliseconds(chance, 3000, 8000), CancellationToken.None);
                    await mediators.ResumeAsync(victim);
                    break;
            }
        }
    }

    static TimeSpan Milliseconds(Random chance, int least, int most) => TimeSpan.FromMilliseconds(chance.Next(least, most));

    async Task<string?> OwnerAsync(RunId run)
    {
        try
        {
            return (await journal.FindAsync(run, Cancel))?.Owner;
        }
        catch (JournalException)
        {
            return null;
        }
    }

    async Task<RunId> BeginFailoverAsync()
    {
        var around = desk.Around(TextWriter.Null, TextWriter.Null, TimeProvider.System);
        var kedge = new KedgeHome(desk.Data, desk.Repository, around);
        var workload = await kedge.Workloads.GetAsync("shop", Cancel);
        var plan = await FailoverCommand.PrepareAsync(kedge, journal, workload, null, "a rehearsal", force: false, around, Cancel);
        return await BeginAsync(plan!, FailoverRunbook.ExclusiveKey(workload));
    }

    async Task<RunId> BeginCleanupAsync(RunId run)
    {
        var state = await journal.GetStateAsync(run, Cancel);
        return await BeginAsync(CleanupRunbook.Write(state), state.ExclusiveKey);
    }

    /// <summary>As a mediator that died at once: some other one finds the run.</summary>
    async Task<RunId> BeginAsync(Plan plan, string key)
    {
        var run = RunId.Create(TimeProvider.System);
        await journal.BeginAsync(run, plan, key, "nowhere/1/1/mediator", Cancel);
        return run;
    }

    /// <summary>The database may be away at the moment.</summary>
    async Task<bool> EndedAsync(RunId run)
    {
        try
        {
            return await journal.FindAsync(run, Cancel) is { IsEnded: true } or { Phase: RunPhase.Stopped };
        }
        catch (JournalException)
        {
            return false;
        }
    }

    string Resources() => string.Join(' ', desk.B.World.Count().OrderBy(each => each.Key).Select(each => $"{each.Key}={each.Value}"));

    async Task<List<RecordedEvent>> EventsAsync(RunId run) => await journal.ReadAsync(run, 0, Cancel).ToListAsync(Cancel);

    async Task<ImmutableArray<RunId>> OpenRunsAsync() => [.. (await journal.ListAsync(RunFilter.Open, Cancel).ToListAsync(Cancel)).Select(run => run.Run)];

    async Task UntilAsync(Mediators mediators, RunId run, Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await holds())
        {
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Run {run} did not come so far within {Limit}. {await LastSeenAsync(run)}\n{string.Join('\n', mediators.Log.TakeLast(60))}");
            await Task.Delay(100, Cancel);
        }
    }

    async Task<string> LastSeenAsync(RunId run)
    {
        try
        {
            var state = await journal.GetStateAsync(run, Cancel);
            var open = state.StepsInOrder.Where(step => step.Phase is StepPhase.Running or StepPhase.Stopped).Select(step => $"  {step.Step.Title}: {step.Phase} {step.WaitingFor} {step.StopReason} {step.LastFault?.Message}");
            return $"It is {state.Phase}, of {state.Owner}, {state.DoneCount} of {state.Steps.Count} steps are done, the last event was at {state.LastEventAt:O}.\n{string.Join('\n', open)}";
        }
        catch (JournalException e)
        {
            return e.Message;
        }
    }

    static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
