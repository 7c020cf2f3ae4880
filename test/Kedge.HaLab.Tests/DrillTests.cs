using System.Text.Json.Nodes;
using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>What an operator types to prove his cluster, on a real one: fencing devices, then every drill.</summary>
public sealed class DrillTests
{
    const string Url = "http://10.77.3.100:5000/v3";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_is_proven_and_every_drill_recovers_and_is_kept()
    {
        using var kedge = new KedgeInLab();
        var before = await Measurement.SetUpAsync("kedge", Cancel);
        var victim = before.Dc!;
        var host = HaLab.Nodes.First(node => node != victim);

        // Another test has broken the device: what failed last is a reason against a drill.
        await HaLab.AskAsync(host, ["stonith_admin", "--cleanup", "--history", "*"], Cancel);

        var proof = JsonNode.Parse(await kedge.DoAsync("fence-test", victim, "--yes", "--force", "--host", host, "-f", "json"))!.AsArray();
        await RestAsync();
        var service = await DrillAsync(kedge, host, "service", "kedge-nova-scheduler", "--node", victim);
        await RestAsync();
        var network = await DrillAsync(kedge, host, "network", victim, "--cut", $"{HaLab.Root}/dev/lab ha node {{node}} cut");
        await RestAsync();
        var node = await DrillAsync(kedge, host, "node", victim, "--power-off", $"{HaLab.Root}/dev/lab ha node {{node}} off");
        var dc = (await RestAsync()).Dc!;
        var lost = await DrillAsync(kedge, HaLab.Nodes.First(other => other != dc), "dc", "--force", "--power-off", $"{HaLab.Root}/dev/lab ha node {{node}} off");
        await RestAsync();
        var history = JsonNode.Parse(await kedge.DoAsync("drill", "history", "-f", "json"))!.AsArray();

        Assert.True((bool)Assert.Single(proof)!["Worked"]!);
        Assert.All(new[] { service, network, node, lost }, drill => Assert.NotNull(drill["Recovered (s)"]));
        Assert.All(new[] { network, node, lost }, drill => Assert.NotNull(drill["Fenced (s)"]));
        Assert.Equal(4, history.Count);
    }

    static async Task<JsonNode> DrillAsync(KedgeInLab kedge, string host, params string[] drill) =>
        JsonNode.Parse(await kedge.DoAsync(["drill", .. drill, "--yes", "--host", host, "--url", Url, "-f", "json"]))!.AsArray().Single()!;

    static Task<Availability.Pacemaker.ClusterStatus> RestAsync() => Measurement.RestAsync(Cancel);
}
