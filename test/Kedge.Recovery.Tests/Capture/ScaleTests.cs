using Kedge.Recovery.Workloads;
using Kedge.Sandbox.Workloads;

namespace Kedge.Recovery.Tests.Capture;

public sealed class ScaleTests
{
    [Fact]
    public async Task A_large_workload_costs_few_calls_for_each_server()
    {
        const int servers = 300;
        await using var house = House.WithTwoClouds();
        await ScaleWorkload.BuildAsync(house.A, servers, CancellationToken.None);

        var captured = await house.LiveAsync(() => BlueprintCaptureTests.CaptureAsync(house, new WorkloadSelection.ByTag(ScaleWorkload.Tag)));

        Assert.Equal(servers, captured.Blueprint.Servers.Length);
        Assert.True(captured.Calls <= (2 * servers) + 60, $"{captured.Calls} calls for {servers} servers: disks and NICs are two each, all else are lists.");
    }
}
