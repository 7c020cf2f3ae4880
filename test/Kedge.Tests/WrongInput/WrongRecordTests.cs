using Kedge.Sandbox;
using Kedge.Sandbox.Faults;
using static Kedge.Tests.WrongInput.WrongCloudTests;

namespace Kedge.Tests.WrongInput;

public sealed class WrongRecordTests
{
    [Fact]
    public async Task A_workload_file_with_a_wrong_field_is_told_by_line_and_field()
    {
        await using var desk = await Desk.WithShopAsync();
        var file = Path.Combine(desk.Folder, "shop2.yaml");
        File.WriteAllText(file, "name: shop2\nfrom: dc1\nto: dc2\nselection: {tag: x}\nrpo: 15m\nretension: {keepLast: 3}\n");

        var typed = await desk.TypeAsync($"workload create shop2 --file {file}");

        Says(typed, ExitCodes.Usage, file, "line 6", "retension");
        Assert.DoesNotContain("shop2", (await desk.DoAsync("workload list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_that_is_no_yaml_is_told_by_line_and_the_old_one_stays()
    {
        await using var desk = await Desk.WithShopAsync();
        var kept = Path.Combine(desk.Data, "mappings/shop.yaml");
        var before = File.ReadAllText(kept);
        var file = Path.Combine(desk.Folder, "broken.yaml");
        File.WriteAllText(file, "workload: shop\nfrom: [dc1\nto: dc2\n");

        var typed = await desk.TypeAsync($"mapping set shop {file}");

        Says(typed, ExitCodes.Usage, file, "line");
        Assert.Equal(before, File.ReadAllText(kept));
    }

    [Fact]
    public async Task A_mapping_that_is_missing_blocks_and_says_how_to_get_one()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        File.Delete(Path.Combine(desk.Data, "mappings/shop.yaml"));

        var ready = await desk.TypeAsync("ready shop");
        var failover = await desk.TypeAsync("failover shop --yes");
        var forced = await desk.TypeAsync("failover shop --yes --force");

        Assert.Equal(ExitCodes.NotReady, ready.Code);
        Assert.Contains("kedge mapping propose shop", ready.Output, StringComparison.Ordinal);
        Says(failover, ExitCodes.NotReady, "kedge mapping propose shop", "nothing was begun");
        Says(forced, ExitCodes.Usage, "There is no mapping shop");
    }

    [Fact]
    public async Task Without_a_point_there_is_nothing_to_fail_over_to()
    {
        await using var desk = await Desk.WithShopAsync();

        var never = await desk.TypeAsync("failover shop --yes");
        var ready = await desk.TypeAsync("ready shop");

        Says(never, ExitCodes.Storage, "is not a repository of recovery points");
        Assert.Equal(ExitCodes.NotReady, ready.Code);
        Assert.Contains("kedge protect shop", ready.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_point_that_is_not_there_is_told_and_nothing_is_begun()
    {
        await using var desk = await Desk.WithProtectedShopAsync();

        var typed = await desk.TypeAsync("failover shop --yes --point 20200101T000000Z-00000000");

        Says(typed, ExitCodes.Storage, "20200101T000000Z-00000000");
        Assert.DoesNotContain("failover", (await desk.DoAsync("run list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failover_that_was_begun_does_not_change_its_point_in_silence()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        await desk.DoAsync("protect shop");
        var points = (await desk.DoAsync("point list shop -f value -c ID")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        desk.B.Faults.OnCall = call => call is { Method: "POST" } && call.Path.EndsWith("/servers", StringComparison.Ordinal)
            ? new FaultAction.Refuse(403, "Policy doesn't allow os_compute_api:servers:create to be performed.")
            : FaultAction.None;
        var begun = await desk.TypeAsync("failover shop --yes");
        desk.B.Faults.OnCall = null;

        var other = await desk.TypeAsync($"failover shop --yes --point {points[1]}");
        var before = desk.B.World.Count()[ResourceKind.Server];
        var same = await desk.TypeAsync($"failover shop --yes --point {points[0]}");

        Says(begun, ExitCodes.Stopped, "os_compute_api:servers:create", "kedge run resume");
        Says(other, ExitCodes.Conflict, points[0], points[1], "kedge run abandon");
        Assert.Equal(0, before);
        Assert.True(same.Code == ExitCodes.Done, same.ToString());
    }

    [Fact]
    public async Task Nobody_to_ask_means_no_failover_without_yes()
    {
        await using var desk = await Desk.WithProtectedShopAsync();

        var alone = await desk.TypeAsync("failover shop");
        desk.Answer = "no\n";
        var refused = await desk.TypeAsync("failover shop");

        Says(alone, ExitCodes.Usage, "say --yes");
        Says(refused, ExitCodes.Conflict, "Nothing was begun.");
        Assert.DoesNotContain("failover", (await desk.DoAsync("run list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_for_a_name_that_two_servers_have_is_refused_with_their_ids()
    {
        await using var desk = await Desk.WithShopAsync();
        await desk.RenameServerAsync(desk.Workload!.WebServerId, "db");

        var typed = await desk.TypeAsync("protect shop");

        Says(typed, ExitCodes.Cloud, "server db", desk.Workload.WebServerId, desk.Workload.DbServerId, "Write the id instead", "No point was begun");
        Assert.Equal("[]", (await desk.DoAsync("run list -f json")).Output.Trim());
    }

    [Fact]
    public async Task A_rule_for_a_server_that_is_not_there_is_refused()
    {
        await using var desk = await Desk.WithShopAsync();
        await desk.DoAsync("workload set shop --priority nobody=3");

        Says(await desk.TypeAsync("protect shop"), ExitCodes.Cloud, "nobody", "Correct the rule or the selection");
    }

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("failover", "WORKLOAD")]
    [InlineData("site list -f xml", "xml")]
    [InlineData("site list -c Colour", "The columns are: Name, Cloud, Admin Cloud")]
    [InlineData("workload create shop", "--from and --to")]
    [InlineData("workload show ghost", "There is no workload ghost")]
    [InlineData("site show ghost", "There is no site ghost")]
    [InlineData("site add ../x --cloud A", "cannot be the name")]
    [InlineData("run show 12345678", "There is no run 12345678")]
    [InlineData("completion tcsh", "bash")]
    public async Task A_wrong_command_line_says_what_would_be_right(string line, string part)
    {
        await using var desk = await Desk.OpenAsync();

        Says(await desk.TypeAsync(line), ExitCodes.Usage, part);
    }
}
