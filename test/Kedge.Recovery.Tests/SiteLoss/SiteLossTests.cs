using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Tests.Failover;
using Kedge.Recovery.Workloads;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.SiteLoss;

public sealed class SiteLossTests
{
    [Fact]
    public async Task Every_workload_of_the_site_is_brought_up_at_its_target_without_asking_the_lost_site()
    {
        await using var site = await LostSite.MakeAsync();
        var asked = site.House.A.CallCount;

        var run = await site.DeclareAsync();

        var result = SiteLossResult.Of(run);
        Assert.True(result.IsComplete, string.Join("\n", result.Workloads.Select(workload => workload.End?.What)));
        Assert.Equal(3, site.House.B.World.List(ResourceKind.Server).Count);
        Assert.Equal(asked, site.House.A.CallCount);
        Assert.Equal(("A", "fire in A", "ann"), (result.Facts.Site, result.Facts.Reason, result.Facts.Who));
    }

    [Fact]
    public async Task The_highest_priority_and_then_the_most_urgent_promise_comes_first()
    {
        await using var site = await LostSite.MakeAsync();
        site.Change("web", workload => workload with { Priority = 5 });
        site.Change("db", workload => workload with { Rto = TimeSpan.FromMinutes(10) });
        site.Change("app", workload => workload with { Rto = TimeSpan.FromHours(1) });

        var preview = await site.PreviewAsync();
        var run = await new LostSiteRun(site, preview).ExecuteAsync(atOnce: 1);

        Assert.Equal(["web", "db", "app"], preview.Losses.Select(loss => loss.Workload));
        Assert.Equal(["web", "db", "app"], run.Steps.Values.OrderBy(step => step.StartedAt).Select(step => step.Step.Id["workload/".Length..]));
    }

    [Fact]
    public async Task Before_it_begins_it_tells_the_point_the_age_of_the_data_and_what_is_not_ready()
    {
        await using var site = await LostSite.MakeAsync();
        site.ForgetMapping("db");

        var preview = await site.PreviewAsync();

        var app = preview.Losses.Single(loss => loss.Workload == "app");
        Assert.NotNull(app.Point);
        Assert.InRange(app.Lost!.Value, TimeSpan.FromMinutes(20), TimeSpan.FromHours(3));
        Assert.Equal("no measurement yet", app.Recovery.Say(app.Recovery.Median));
        Assert.Empty(app.NotReady);
        Assert.NotEmpty(preview.Losses.Single(loss => loss.Workload == "db").NotReady);
    }

    [Fact]
    public async Task One_that_its_policy_leaves_alone_and_one_that_is_up_already_are_not_begun()
    {
        await using var site = await LostSite.MakeAsync();
        site.Change("web", workload => workload with { OnSiteLoss = OnSiteLoss.Leave });
        await site.DeclareAsync();

        var again = await site.PreviewAsync();

        Assert.Empty(again.Losses);
        Assert.Equal(["app", "db", "web"], again.LeftOut.Select(left => left.Workload).Order());
        Assert.Equal(2, (await site.FailoversAsync()).Count);
    }

    [Fact]
    public async Task The_failure_of_one_does_not_stop_the_others()
    {
        await using var site = await LostSite.MakeAsync();
        site.ForgetMapping("db");

        var result = SiteLossResult.Of(await site.DeclareAsync());

        Assert.Equal(RunPhase.Finished, result.Phase);
        Assert.Equal(RecoveryEnd.NotReady, result.Workloads.Single(workload => workload.Workload == "db").End!.End);
        Assert.Equal(2, result.Count(RecoveryEnd.Recovered));
        Assert.False(result.IsComplete);
    }

    [Fact]
    public async Task A_failover_that_stops_is_told_and_goes_on_when_the_loss_is_declared_again()
    {
        await using var site = await LostSite.MakeAsync();
        site.House.B.Faults.OnCall = call => call is { Method: "POST", Service: "compute" } && call.Path.EndsWith("/servers", StringComparison.Ordinal)
            ? new FaultAction.Refuse(403, "no")
            : FaultAction.None;
        var first = SiteLossResult.Of(await site.DeclareAsync());
        site.House.B.Faults.OnCall = _ => FaultAction.None;

        var second = SiteLossResult.Of(await site.DeclareAsync());

        Assert.All(first.Workloads, workload => Assert.Equal((RecoveryEnd.Failed, workload.End!.What), (workload.End.End, workload.End.What)));
        Assert.All(second.Workloads, workload => Assert.Equal((RecoveryEnd.Recovered, workload.End!.What), (workload.End.End, workload.End.What)));
        Assert.Equal(first.Workloads.Select(workload => workload.End!.Run), second.Workloads.Select(workload => workload.End!.Run));
        Assert.Equal(3, site.House.B.World.List(ResourceKind.Server).Count);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_targets_quota_with_those_before_it_is_not_begun()
    {
        await using var site = await LostSite.MakeAsync(instancesAtB: 2);
        site.Change("db", workload => workload with { Priority = -1 });

        var preview = await site.PreviewAsync();
        var result = SiteLossResult.Of(await site.DeclareAsync());

        Assert.Contains("instances: 1 are needed and 0 are left", preview.Losses.Single(loss => loss.Workload == "db").NoRoom, StringComparison.Ordinal);
        Assert.Equal("db", Assert.Single(result.Facts.LeftOut).Workload);
        Assert.Equal(2, result.Count(RecoveryEnd.Recovered));
        Assert.Equal((false, 1), (result.IsComplete, result.Missed));
    }

    [Fact]
    public async Task A_failover_that_was_given_up_has_brought_nothing_up()
    {
        await using var site = await LostSite.MakeAsync();
        var given = await BeginByHandAsync(site);
        await site.House.LiveAsync(() => site.House.NewProcess().AbandonAsync(given, "bob", "not now", CancellationToken.None));

        var preview = await site.PreviewAsync();
        var result = SiteLossResult.Of(await site.DeclareAsync());

        Assert.Equal(("app", LeftOutBecause.GivenUp), (preview.LeftOut.Single().Workload, preview.LeftOut.Single().Because));
        Assert.False(preview.IsReady);
        Assert.Contains($"kedge cleanup {given}", Assert.Single(result.Facts.LeftOut).Why, StringComparison.Ordinal);
        Assert.Equal((false, 2, 1), (result.IsComplete, result.Count(RecoveryEnd.Recovered), result.Missed));
    }

    [Fact]
    public async Task What_is_broken_of_one_workload_is_told_and_the_others_are_recovered()
    {
        await using var site = await LostSite.MakeAsync();
        site.BrokenMapping = "db";
        site.Unreadable.Add(new UnreadableRecord("old", "workloads/old.yaml is not a workload."));
        File.WriteAllText(Directory.EnumerateFiles(Path.Combine(site.Repository, "workloads", "web", "points"), "*.json").Single(), "{");

        var preview = await site.PreviewAsync();
        var result = SiteLossResult.Of(await site.DeclareAsync());

        Assert.Contains("mappings/db.yaml is not a mapping", preview.Losses.Single(loss => loss.Workload == "db").NotReady[0], StringComparison.Ordinal);
        Assert.NotEmpty(preview.Losses.Single(loss => loss.Workload == "web").NotReady);
        Assert.Empty(preview.Losses.Single(loss => loss.Workload == "app").NotReady);
        Assert.Equal(("old", LeftOutBecause.Unreadable), (preview.LeftOut.Single().Workload, preview.LeftOut.Single().Because));
        Assert.Equal((1, 2, 1, false), (result.Count(RecoveryEnd.Recovered), result.Count(RecoveryEnd.NotReady), result.Missed, result.IsComplete));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failover_that_a_person_began_meanwhile_is_followed_and_not_begun_beside(bool isForced)
    {
        await using var site = await LostSite.MakeAsync();
        site.Request = site.Request with { IsForced = isForced };
        var by = await BeginByHandAsync(site);

        var result = SiteLossResult.Of(await site.DeclareAsync());

        Assert.True(result.IsComplete);
        Assert.Equal(by.Value, result.Workloads.Single(workload => workload.Workload == "app").End!.Run);
        Assert.Equal(3, (await site.FailoversAsync()).Count);
    }

    [Theory]
    [InlineData(Moment.AtWrite)]
    [InlineData(Moment.AfterCall)]
    public async Task Killed_at_any_moment_it_goes_on_with_the_same_failovers_and_makes_nothing_twice(Moment moment)
    {
        for (var number = 3; number < 400; number += 97)
        {
            await using var site = await LostSite.MakeAsync();
            site.Workloads.RemoveAll(workload => workload.Name == "web");
            var preview = await site.PreviewAsync();
            var outage = new Outage(site.House, moment, number);
            var run = RunId.Create(site.House.Clock);

            var state = await site.House.LiveAsync(() => ExecuteAsync(site, run, preview, outage));

            Assert.True(SiteLossResult.Of(state).IsComplete, $"{moment} {number}: {state.Reason}");
            Assert.Equal(2, (await site.FailoversAsync()).Count);
            Assert.Equal(2, site.House.B.World.List(ResourceKind.Server).Count);
        }
    }

    /// <summary>Of the workload <c>app</c>.</summary>
    static Task<RunId> BeginByHandAsync(LostSite site) => site.House.LiveAsync(async () =>
    {
        await using var process = await site.NewProcessAsync();
        var prepared = await PreparedFailover.OfNewestAsync(process.Desk, site.Workloads[0], CancellationToken.None);
        var run = RunId.Create(site.House.Clock);
        await site.House.Journal.BeginAsync(run, prepared.Write(new FailoverRequest("mine", "bob")), FailoverRunbook.ExclusiveKey(site.Workloads[0]), "host/1", CancellationToken.None);
        return run;
    });

    static async Task<RunState> ExecuteAsync(LostSite site, RunId run, SiteLossPreview preview, Outage outage)
    {
        for (var process = 1; ; process++)
        {
            Assert.True(process <= 4, "One outage is mended by a new process.");
            try
            {
                await using var here = await site.NewProcessAsync();
                await site.House.Journal.BeginAsync(run, SiteLossRunbook.Write(preview, site.Request), SiteLossRunbook.ExclusiveKey("A"), "host/1", CancellationToken.None);
                return await here.ExecuteAsync(run);
            }
            catch (Exception e) when (e is PowerLost or PowerLostException or OperationCanceledException)
            {
                outage.PowerBack();
            }
        }
    }

    sealed class LostSiteRun(LostSite site, SiteLossPreview preview)
    {
        public Task<RunState> ExecuteAsync(int atOnce) => site.House.LiveAsync(async () =>
        {
            await using var process = await site.NewProcessAsync();
            var run = RunId.Create(site.House.Clock);
            await site.House.Journal.BeginAsync(run, SiteLossRunbook.Write(preview, site.Request with { AtOnce = atOnce }), SiteLossRunbook.ExclusiveKey("A"), "host/1", CancellationToken.None);
            return await process.ExecuteAsync(run);
        });
    }
}
