using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Points;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Failover;

public sealed class FailoverRunbookTests
{
    static readonly FailoverRequest Fire = new("fire in A", "ann");

    [Fact]
    public void The_printed_runbook_is_as_it_was_reviewed()
    {
        var plan = Write();

        Golden.Demand("small.runbook.txt", PlanText.Print(plan));
    }

    [Fact]
    public void Every_step_survives_the_journal()
    {
        var plan = Write();

        Assert.All(plan.Steps, step =>
        {
            var read = RecoveryStepJson.Parse(step);
            Assert.Equal(step.Title, read.Title);
            Assert.Equal(step.Arguments.GetRawText(), RecoveryStepJson.Write(read).GetRawText());
        });
    }

    [Fact]
    public void Every_kind_of_step_that_a_failover_has_is_in_the_small_workload()
    {
        var kinds = Write(SmallWorkload.Workload with { Servers = [new ServerRule { Server = "web", Health = new HealthCheck.Tcp(80, null) }] })
            .Steps.Select(s => RecoveryStepJson.Parse(s).GetType()).ToHashSet();

        var all = typeof(FailoverRunbook).Assembly.GetTypes().Where(t => t.Namespace == typeof(FailoverRunbook).Namespace && t.IsSubclassOf(typeof(RecoveryStep)));
        // Those of the method blocks have a sweep of their own: Moving/BlocksCrashTests.cs.
        Assert.Empty(all.Except(kinds).Except([typeof(MakeVolume), typeof(FillVolume), typeof(FinishVolume)]));
    }

    [Fact]
    public void A_server_waits_for_the_servers_that_its_rule_names_and_for_nobody_elses_disks()
    {
        var plan = Write();

        var web = plan.GetStep("server/server-web");
        Assert.Contains("server/server-db", web.After);
        Assert.DoesNotContain("volume/volume-root", web.After);
        Assert.Equal(1, web.Priority);
    }

    [Fact]
    public void A_server_waits_for_the_health_of_the_one_before_it_where_that_is_asked()
    {
        var rules = SmallWorkload.Workload with
        {
            Servers = [new ServerRule { Server = "db", After = ["web"] }, new ServerRule { Server = "web", Health = new HealthCheck.Tcp(80, null) }],
        };

        var plan = Write(rules);

        Assert.Contains("health/server-web", plan.GetStep("server/server-db").After);
        Assert.Contains("floating-ip-port/fip-1", plan.GetStep("health/server-web").After);
    }

    [Fact]
    public void All_that_is_missing_is_told_at_once_and_no_plan_is_written()
    {
        var mapping = Mapping() with { Flavors = [], VolumeTypes = [] };
        var point = Point() with { Images = [] };

        var refused = Assert.Throws<FailoverRefusedException>(() => FailoverRunbook.Write(SmallWorkload.Workload, point, SmallWorkload.Blueprint, mapping, Fire));

        Assert.Contains(refused.Problems, p => p.Contains("flavor m1.small", StringComparison.Ordinal));
        Assert.Contains(refused.Problems, p => p.Contains("volume type standard", StringComparison.Ordinal));
        Assert.Contains(refused.Problems, p => p.Contains("root disk of server web", StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_that_wait_for_each_other_are_refused()
    {
        var circle = SmallWorkload.Workload with { Servers = [new ServerRule { Server = "db", After = ["web"] }, new ServerRule { Server = "web", After = ["db"] }] };

        var refused = Assert.Throws<FailoverRefusedException>(() => Write(circle));

        Assert.Contains("circle", refused.Message, StringComparison.Ordinal);
    }

    static Plan Write(Workload? workload = null) =>
        FailoverRunbook.Write(workload ?? SmallWorkload.Workload, Point(), SmallWorkload.Blueprint, Mapping(), Fire);

    static RecoveryPoint Point() => SmallWorkload.Point([Link("b1", null), Link("b2", "b1")], [Link("b3", null)], "image-b");

    static BackupLink Link(string id, string? parent) => new() { BackupId = id, ParentId = parent, Service = "s", Url = "u" };

    static Recovery.Mapping.SiteMapping Mapping() => SmallWorkload.Mapping("p", "f", "n", "t1", "t2", owner: "u");
}
