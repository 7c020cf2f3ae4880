namespace Kedge.HaLab.Tests;

public sealed class ClusterTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_without_power_is_fenced_and_joins_again()
    {
        var before = await HaLab.UntilWholeAsync(Cancel);
        var victim = HaLab.Nodes.First(node => node != before.Dc);
        var fencedBefore = before.Fencing.Count(fencing => fencing.Target == victim && fencing.Outcome == "success");

        await HaLab.CutPowerAsync(victim);
        await HaLab.UntilAsync($"{victim} fenced", status => status.Fencing.Count(fencing => fencing.Target == victim && fencing.Outcome == "success") > fencedBefore, Cancel);

        await HaLab.UntilWholeAsync(Cancel);
    }
}
