using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Failover;

public sealed class FailoverTests
{
    [Fact]
    public async Task A_workload_comes_up_at_the_target_with_its_bytes_and_its_identity()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);

        var run = await target.FailOverAsync();

        Assert.True(run.Phase is RunPhase.Finished, run.Reason);
        var result = FailoverResult.Of(run);
        Assert.Equal(["db", "web"], result.Servers.Select(s => s.Name));
        Assert.All(result.Servers, s => Assert.NotNull(s.Target));
    }
}
