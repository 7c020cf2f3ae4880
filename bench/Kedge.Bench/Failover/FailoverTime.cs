using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Workloads;

namespace Kedge.Bench.Failover;

/// <summary>One failover as a user has it, timed: real clock, sockets, the journal on disk. Protection comes before and is not timed.</summary>
static class FailoverTime
{
    public static async Task<Timings> MeasureAsync(int servers, string folder, CancellationToken cancel)
    {
        await using var clouds = await TwoClouds.StartAsync(cancel);
        await ScaleWorkload.BuildAsync(clouds.A, servers, cancel);
        var workload = new Workload { Name = "scale", From = "A", To = "B", Selection = new WorkloadSelection.ByTag(ScaleWorkload.Tag) };
        var sites = new SiteSet(new Dictionary<string, Site> { ["A"] = clouds.ConnectA(), ["B"] = clouds.ConnectB() });
        await using var journal = await SqliteJournal.OpenAsync(Path.Combine(folder, "journal.db"), TimeProvider.System, cancel);
        var repository = await PointRepository.CreateAsync(Path.Combine(folder, "points"), TimeProvider.System, cancel);

        var captured = await new BlueprintCapture(TimeProvider.System).CaptureAsync(workload, sites["A"], null, cancel);
        var protect = await ProtectRunbook.PrepareAsync(workload, captured.Blueprint, captured.StartedAt, sites["A"], sites["B"], repository, cancel);
        await RunAsync(journal, protect, ProtectRunbook.ExclusiveKey(workload), sites, cancel);

        var plan = await WriteAsync(workload, captured.Blueprint, repository, sites, cancel);
        await clouds.A.KillAsync();
        var callsBefore = clouds.B.CallCount;
        var state = await RunAsync(journal, plan, FailoverRunbook.ExclusiveKey(workload), sites, cancel);
        return Timings.Of(state, clouds.B.CallCount - callsBefore);
    }

    static async Task<Plan> WriteAsync(Workload workload, Blueprint blueprint, PointRepository repository, SiteSet sites, CancellationToken cancel)
    {
        var mapping = await MappingProposal.ProposeAsync(blueprint, sites["A"], sites["B"], null, cancel);
        var point = await repository.FindNewestUsableAsync(workload.Name, cancel) ?? throw new InvalidOperationException("Protection left no usable point.");
        return FailoverRunbook.Write(workload, point, blueprint, mapping, new FailoverRequest("measured", "dev/bench"));
    }

    static async Task<RunState> RunAsync(SqliteJournal journal, Plan plan, string key, SiteSet sites, CancellationToken cancel)
    {
        var run = RunId.Create(TimeProvider.System);
        await journal.BeginAsync(run, plan, key, "bench", cancel);
        var executor = new RunExecutor(
            journal, step => RecoveryStepJson.Read(step, sites), RecoveryFaults.Read, RecoveryLimits.Of(plan), TimeProvider.System, "bench");
        var state = await executor.ExecuteAsync(run, null, cancel);
        return state.Phase is RunPhase.Finished ? state : throw new InvalidOperationException($"{plan.Title} did not finish: {state.Reason}");
    }
}
