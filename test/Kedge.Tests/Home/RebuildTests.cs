using Kedge.Sandbox;

namespace Kedge.Tests.Home;

public sealed class RebuildTests
{
    [Fact]
    public async Task From_the_repository_and_credentials_alone_a_new_kedge_fails_over()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var before = await desk.DoAsync("workload show shop -f yaml");
        await desk.A.KillAsync();
        Directory.Delete(desk.Data, recursive: true);

        var rebuilt = await desk.DoAsync("repository rebuild");
        var again = await desk.DoAsync("repository rebuild");
        await desk.DoAsync("failover shop --reason fire --yes");

        foreach (var made in new[] { "workload", "mapping", "site" })
            Assert.Matches($"{made} .* made", rebuilt.Output);
        Assert.Contains("there already", again.Output, StringComparison.Ordinal);
        Assert.Equal(3, desk.B.World.List(ResourceKind.Server).Count);
        Assert.Equal(before.Output, (await desk.DoAsync("workload show shop -f yaml")).Output);
    }

    [Fact]
    public async Task What_cannot_be_rebuilt_is_named()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        Directory.Delete(desk.Data, recursive: true);
        Directory.Delete(Path.Combine(desk.Repository, "workloads", "shop", "records", "mappings"), recursive: true);
        File.WriteAllText(desk.CloudsFile, "clouds: {}");

        var rebuilt = await desk.TypeAsync("repository rebuild");

        Assert.Equal(ExitCodes.NotReady, rebuilt.Code);
        Assert.Matches("mapping +.*shop +.*missing", rebuilt.Output);
        Assert.Matches("credentials +.*dc1 +.*missing", rebuilt.Output);
    }

    [Fact]
    public async Task A_workload_that_was_deleted_on_purpose_does_not_come_back()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        await desk.DoAsync("workload delete shop");

        var rebuilt = await desk.TypeAsync("repository rebuild");

        Assert.Equal(ExitCodes.NotReady, rebuilt.Code);
        Assert.Equal(ExitCodes.Usage, (await desk.TypeAsync("workload show shop")).Code);
    }
}
