using System.Text.Json.Nodes;
using Kedge.Sandbox;

namespace Kedge.Tests.Journey;

public sealed class JourneyTests
{
    [Fact]
    public async Task A_workload_is_protected_lost_failed_over_shown_and_given_up_again_without_a_trace()
    {
        await using var desk = await Desk.WithShopAsync();
        var before = desk.B.World.Count();
        await desk.DoAsync("protect shop");
        await desk.DoAsync("protect shop");
        Assert.Contains("shop is ready", (await desk.DoAsync("ready shop")).Error, StringComparison.Ordinal);

        await desk.A.KillAsync();
        var callsOfA = desk.A.CallCount;
        var report = JsonNode.Parse((await desk.DoAsync("failover shop --yes --reason fire -f json")).Output)!;
        var run = (string)report["run"]!;
        var shown = JsonNode.Parse((await desk.DoAsync($"run show {run[..20]} -f json")).Output)!;

        Assert.Equal(callsOfA, desk.A.CallCount);
        Assert.Equal("Finished", (string?)report["phase"]);
        Assert.Equal(3, report["servers"]!.AsArray().Count);
        Assert.True((double)report["rto_achieved_s"]! > 0 && (double)report["rpo_achieved_s"]! > 0);
        Assert.All(shown["steps"]!.AsArray(), step => Assert.NotNull(step!["ended_at"]));
        Assert.Contains("req-", shown["steps"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.NotEqual(before[ResourceKind.Server], desk.B.World.Count()[ResourceKind.Server]);

        await desk.DoAsync($"cleanup {run} --yes");
        Assert.Equal(0, desk.B.World.Count()[ResourceKind.Server]);
        Assert.Equal(before[ResourceKind.Network], desk.B.World.Count()[ResourceKind.Network]);
        Assert.Equal(before[ResourceKind.Volume], desk.B.World.Count()[ResourceKind.Volume]);
        Assert.Equal(before[ResourceKind.Port], desk.B.World.Count()[ResourceKind.Port]);
    }

    [Fact]
    public async Task A_second_copy_is_not_made_beside_one_that_was_not_cleaned_up()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        await desk.A.KillAsync();
        var report = JsonNode.Parse((await desk.DoAsync("failover shop --yes -f json")).Output)!;
        var run = (string)report["run"]!;

        var second = await desk.TypeAsync("failover shop --yes");
        Assert.Equal(ExitCodes.Conflict, second.Code);
        Assert.Contains($"kedge cleanup {run}", second.Error, StringComparison.Ordinal);
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);

        await desk.DoAsync($"cleanup {run} --yes");
        await desk.DoAsync("failover shop --yes -f json");
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
    }
}
