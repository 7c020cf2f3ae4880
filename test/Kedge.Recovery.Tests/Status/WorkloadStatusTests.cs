using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Status;
using Kedge.Recovery.Tests.Protection;
using Kedge.Recovery.Tests.SiteLoss;
using Kedge.Testing;

namespace Kedge.Recovery.Tests.Status;

public sealed class WorkloadStatusTests
{
    [Theory]
    [InlineData(1.4, StatusLevel.Good)]
    [InlineData(1.6, StatusLevel.Warning)]
    [InlineData(2.1, StatusLevel.Critical)]
    public async Task Lag_is_a_warning_from_one_and_a_half_rpos_on_and_critical_from_two(double rpos, StatusLevel level)
    {
        await using var site = await LostSite.MakeAsync();
        var age = (await AskAsync(site)).Age!.Value;
        site.Change("app", workload => workload with { Rpo = age / rpos });

        var status = await AskAsync(site);

        Assert.Equal(level, status.Level);
        Assert.Equal(level is not StatusLevel.Good, status.Reasons.Any(reason => reason.Code == StatusCodes.Lag));
        Assert.Equal(rpos, status.Lag!.Value, 2);
    }

    [Fact]
    public async Task Nothing_is_called_verified_or_predicted_before_it_was_done_once()
    {
        await using var site = await LostSite.MakeAsync();

        var status = await AskAsync(site);

        Assert.Null(status.Verified);
        Assert.Null(status.Recovery.Median);
        Assert.Equal("no measurement yet", status.Recovery.Basis);
        Assert.NotEmpty(status.Recovery.Unmeasured);
    }

    [Fact]
    public async Task A_point_restored_from_backups_is_not_verified_and_the_next_recovery_is_predicted_from_its_steps()
    {
        await using var site = await LostSite.MakeAsync();
        await site.DeclareAsync();
        var failover = await site.House.Journal.GetStateAsync((await site.FailoversAsync()).Single(run => run.Subject == "app").Run, CancellationToken.None);

        var status = await AskAsync(site);

        Assert.Null(status.Verified);
        Assert.Equal(status.Point!.Id, status.Restored!.Point);
        Assert.Contains(failover.Run.Value, status.Restored.How, StringComparison.Ordinal);
        Assert.Empty(status.Recovery.Unmeasured);
        Assert.InRange(status.Recovery.Median!.Value, TimeSpan.FromMilliseconds(1), failover.EndedAt!.Value - failover.AcceptedAt);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public async Task A_point_is_verified_only_when_all_of_its_data_was_read_back(double readBack)
    {
        await using var house = (await ProtectHouse.MakeAsync()).WithDbOnly();
        await house.HireMoversAsync();
        house.Workload = house.Workload with { Replication = house.Workload.Replication! with { ReadBack = readBack } };
        var point = await house.ProtectAsync();
        var failover = await house.FailOverAsync();

        var evidence = await JournalEvidence.ReadAsync(house.House.Journal, CancellationToken.None);

        Assert.True(failover.Phase is RunPhase.Finished, failover.Reason);
        Assert.Equal(point.Id, evidence.NewestRestored("shop")!.Point);
        Assert.Equal(readBack >= 1 ? point.Id : null, evidence.NewestVerified("shop")?.Point);
    }

    [Fact]
    public async Task A_workload_that_cannot_be_captured_says_so()
    {
        await using var site = await LostSite.MakeAsync();
        await site.House.LiveAsync(async () =>
        {
            await using var process = await site.NewProcessAsync();
            await new DefinitionWatch(process.Desk.Repository!, site.House.Clock).LookAsync(site.House.SiteA, site.Workloads, CancellationToken.None);
        });

        var status = await AskAsync(site);

        Assert.Contains(status.Reasons, reason => reason is { Code: StatusCodes.NotCaptured, Level: StatusLevel.Warning });
    }

    [Fact]
    public async Task One_that_could_not_be_failed_over_now_is_critical()
    {
        await using var site = await LostSite.MakeAsync();
        site.ForgetMapping("app");

        var status = await AskAsync(site);

        Assert.Equal(StatusLevel.Critical, status.Level);
        Assert.Equal(StatusCodes.NotReady, status.Reasons[0].Code);
    }

    [Fact]
    public void Percentiles_are_of_what_was_measured_and_steps_that_were_tried_again_are_not_counted()
    {
        var times = new StepTimes();
        for (var i = 1; i <= 10; i++)
            times.Add(Measured(TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(100), attempts: 1), "B");
        times.Add(Measured(TimeSpan.FromHours(1), TimeSpan.FromHours(1), attempts: 2), "B");

        var prediction = times.Predict(ChainPlan("web", "a", "b"), "B");
        var other = times.Predict(ChainPlan("another", "a", "new"), "B");

        Assert.Equal((TimeSpan.FromSeconds(105), TimeSpan.FromSeconds(109)), (prediction.Median, prediction.Ninetieth));
        Assert.Equal((2, 0, 10), (prediction.MeasuredSteps, prediction.FromOtherWorkloads, prediction.Failovers));
        Assert.Equal((1, 1, "at least 5 s"), (other.MeasuredSteps, other.FromOtherWorkloads, other.Say(other.Median)));
        Assert.Equal(["new"], other.Unmeasured);
    }

    static Task<WorkloadStatus> AskAsync(LostSite site) => site.House.LiveAsync(async () =>
    {
        await using var process = await site.NewProcessAsync();
        var prepared = await PreparedFailover.OfNewestAsync(process.Desk, site.Workloads[0], CancellationToken.None);
        var readiness = await ReadinessCheck.RunAsync(prepared.Question(site.House.SiteB), site.House.Clock, CancellationToken.None);
        var evidence = await JournalEvidence.ReadAsync(site.House.Journal, CancellationToken.None);
        return await WorkloadStatus.OfAsync(process.Desk, prepared, evidence, readiness, CancellationToken.None);
    });

    static Plan ChainPlan(string workload, params string[] kinds) => Plan.Create("failover", workload, workload, kinds.Select((kind, i) => new PlannedStep
    {
        Id = kind, Kind = kind, Title = kind, Arguments = default, Expected = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromHours(1), After = i == 0 ? [] : [kinds[i - 1]],
    }));

    static RunState Measured(TimeSpan a, TimeSpan b, int attempts)
    {
        var clock = new FakeClock();
        var run = RunId.Create(clock);
        long seq = 0;
        RecordedEvent Next(RunEvent e, int epoch) => new(run, ++seq, epoch, clock.GetUtcNow(), e);
        var state = RunState.Begin(Next(new RunAccepted(ChainPlan("web", "a", "b"), "k", "o"), 0)).Apply(Next(new RunTakenOver("o"), 1));
        foreach (var (step, took) in new[] { ("a", a), ("b", b) })
        {
            state = state.Apply(Next(new StepStarted(step, attempts), 1));
            clock.Advance(took);
            state = state.Apply(Next(new StepDone(step, "", null, []), 1));
        }
        return state;
    }
}
