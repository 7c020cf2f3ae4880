using Kedge.Sandbox;
using Kedge.Sandbox.Workloads;

namespace Kedge.Tests.Journey;

public sealed class SiteLossJourneyTests
{
    [Fact]
    public async Task A_site_is_watched_followed_lost_and_recovered_from_the_command_line()
    {
        await using var desk = await Desk.OpenAsync();
        var shop = await ThreeTierWorkload.BuildAsync(desk.A, TestContext.Current.CancellationToken);
        await desk.DoAsync("site add dc1 --cloud A --admin-cloud A-admin");
        await desk.DoAsync("site add dc2 --cloud B --admin-cloud B-admin");
        await desk.DoAsync($"workload create shop --from dc1 --to dc2 --tag {ThreeTierWorkload.Tag}");
        await desk.DoAsync("mapping propose shop");
        await desk.DoAsync("protect shop");
        await desk.DoAsync("workload follow --once");
        await desk.RenameServerAsync(shop.WebServerId, "web-renamed");
        await desk.DoAsync("workload follow shop --once");
        var history = await desk.DoAsync("workload history shop");
        var before = await desk.DoAsync("workload status shop -f json");
        var health = await desk.DoAsync("site health");
        var preview = await desk.DoAsync("site declare-lost dc1 --reason fire --preview");

        await desk.A.KillAsync();
        var unasked = await desk.TypeAsync("site declare-lost dc1 --reason fire");
        var lost = await desk.DoAsync("site declare-lost dc1 --reason fire --yes");
        var again = await desk.DoAsync("site declare-lost dc1 --reason fire --yes");
        var after = await desk.DoAsync("workload status");

        Assert.Contains("web-renamed", history.Output, StringComparison.Ordinal);
        Assert.Contains("no measurement yet", before.Output, StringComparison.Ordinal);
        Assert.Contains("Up", health.Output, StringComparison.Ordinal);
        Assert.Contains("shop", preview.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, unasked.Code);
        Assert.Contains("Recovered", lost.Output, StringComparison.Ordinal);
        Assert.Contains(desk.B.World.List(ResourceKind.Server), server => server["name"]!.GetValue<string>() == "web-renamed");
        Assert.Equal(3, desk.B.World.List(ResourceKind.Server).Count);
        Assert.Contains("nothing to recover", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no measurement yet", after.Output, StringComparison.Ordinal);
    }
}
