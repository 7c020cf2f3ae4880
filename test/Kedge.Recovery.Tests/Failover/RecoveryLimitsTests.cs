using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Tests.Failover;

public sealed class RecoveryLimitsTests
{
    [Fact]
    public void A_failover_of_a_hundred_servers_with_two_volumes_each_waits_for_no_lane()
    {
        var limits = RecoveryLimits.Of(PlanOf(FailoverRunbook.Kind, steps: 606));

        Assert.True(limits.LaneDefault >= 200, $"Lanes of {limits.LaneDefault} let 200 volumes be restored in waves.");
        Assert.True(limits.Total >= 606);
    }

    [Fact]
    public void A_protection_works_at_a_cloud_that_lives_and_stays_narrow()
    {
        var limits = RecoveryLimits.Of(PlanOf(ProtectRunbook.Kind, steps: 606));

        Assert.Equal((128, 32), (limits.Total, limits.LaneDefault));
    }

    static Plan PlanOf(string kind, int steps) => Plan.Create(kind, "A plan", "shop", Enumerable.Range(0, steps).Select(i => new PlannedStep
    {
        Id = $"step/{i}",
        Kind = "create-port",
        Title = $"Step {i}",
        Arguments = JsonElement.Parse("{}"),
        Expected = TimeSpan.FromSeconds(1),
        Deadline = TimeSpan.FromMinutes(10),
    }));
}
