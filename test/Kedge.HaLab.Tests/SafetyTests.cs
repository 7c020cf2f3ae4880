using System.Diagnostics;
using Kedge.HaLab.Tests.Measuring;

namespace Kedge.HaLab.Tests;

/// <summary>Faults in which doing nothing, or waiting, is right.</summary>
public sealed class SafetyTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_of_three_nodes_lost_stop_the_services_fence_nobody_and_return_with_the_quorum()
    {
        for (var round = 0; round < Measurement.Rounds; round++)
        {
            var before = await Measurement.SetUpAsync("kedge", Cancel);
            var survivor = before.Dc!;
            var lost = HaLab.Nodes.Where(node => node != survivor).ToArray();
            var at = TimeProvider.System.GetUtcNow();

            foreach (var node in lost)
                await HaLab.CutPowerAsync(node);
            await HaLab.UntilAsync(
                "no service on a node without quorum",
                status => !status.HasQuorum && status.Resources.All(resource => resource.Agent.StartsWith("stonith:", StringComparison.Ordinal) || resource.Nodes is [] || !resource.Nodes.Contains(survivor)),
                Cancel);
            var stopped = TimeProvider.System.GetUtcNow() - at;

            Assert.Equal(0, Traces.FencingAttempts(at));
            var on = TimeProvider.System.GetUtcNow();
            await Task.WhenAll(lost.Select(HaLab.PowerOnAsync));
            await Measurement.UntilAsync("all as before", async () => await HaLab.StatusAsync(Cancel) is { } now && Measurement.IsAsBefore(now, before), Cancel);
            SafetyNotes.Add("two of three lost", $"services stopped after {stopped.TotalSeconds:0.0} s, nobody fenced; all back {(TimeProvider.System.GetUtcNow() - on).TotalSeconds:0.0} s after the power");
            Assert.Empty(Traces.TwoAtOnce(at));
        }
    }

    [Fact]
    public async Task While_fencing_is_broken_nothing_of_a_lost_node_starts_elsewhere()
    {
        for (var round = 0; round < Measurement.Rounds; round++)
        {
            var before = await Measurement.SetUpAsync("kedge", Cancel);
            var victim = Measurement.AddressOf(before);
            var byHand = round % 2 == 1;
            await HaLab.LabAsync("power", "broken");
            var at = await HaLab.CutPowerAsync(victim);
            try
            {
                // Four refusals: Pacemaker has tried more than once, and would have given up if it were going to.
                await Measurement.UntilAsync("refused fencing", () => Task.FromResult(Traces.Count("power.log", at, " error") >= 4), Cancel);
                var now = (await HaLab.StatusAsync(Cancel))!;
                Assert.Contains(now.Nodes, node => node.Name == victim && node.Unclean);
                Assert.DoesNotContain(now.Resources, resource => resource.Id == "vip" && resource.Nodes.Any(node => node != victim));

                var mended = TimeProvider.System.GetUtcNow();
                if (byHand)
                    await HaLab.AskAsync(HaLab.Nodes.First(node => node != victim), ["stonith_admin", "--confirm", victim], Cancel);
                else
                    await HaLab.LabAsync("power", "mended");
                await HaLab.UntilAsync("the virtual IP elsewhere", status => status.Resources.Any(resource => resource.Id == "vip" && resource.Nodes is [var node] && node != victim), Cancel);
                SafetyNotes.Add("fencing device broken", $"nothing started elsewhere; {(TimeProvider.System.GetUtcNow() - mended).TotalSeconds:0.0} s after {(byHand ? "the operator's word" : "it was mended")} the virtual IP was");
            }
            finally
            {
                await HaLab.LabAsync("power", "mended");
                if (!HaLab.HasPower(victim))
                    await HaLab.PowerOnAsync(victim);
            }
            await Measurement.UntilAsync("all as before", async () => await HaLab.StatusAsync(Cancel) is { } all && Measurement.IsAsBefore(all, before), Cancel);
            Assert.Empty(Traces.TwoAtOnce(at));
        }
    }

    [Fact]
    public async Task A_starved_machine_fences_nobody()
    {
        var before = await Measurement.SetUpAsync("kedge", Cancel);
        var at = TimeProvider.System.GetUtcNow();
        var hogs = Enumerable.Range(0, 8).Select(_ => Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do :; done"]))!).ToArray();

        try
        {
            var minutes = Measurement.Rounds < 2 ? 0.5 : 10;
            await Task.Delay(TimeSpan.FromMinutes(minutes), TimeProvider.System, Cancel);
            SafetyNotes.Add("CPU starved", $"8 busy loops for {minutes:0.#} minutes (load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}): {Traces.FencingAttempts(at)} fenced");
        }
        finally
        {
            foreach (var hog in hogs)
            {
                hog.Kill();
                hog.Dispose();
            }
        }

        Assert.Equal(0, Traces.FencingAttempts(at));
        var after = await HaLab.UntilWholeAsync(Cancel);
        Assert.Equal(before.Nodes.Count, after.Nodes.Count(node => node.Online));
        Assert.Empty(Traces.TwoAtOnce(at));
    }
}
