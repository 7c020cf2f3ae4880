using System.Text.Json.Nodes;

namespace Kedge.Tests.Golden;

public sealed class OutputTests
{
    [Fact]
    public async Task What_is_listed_and_shown_is_as_it_was_reviewed()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var text = "";

        foreach (var line in (string[])
        [
            "site list", "site list -f json", "site list -f yaml", "site list -f value", "site list -f value -c Cloud -c name", "site show dc1",
            "workload list", "workload show shop", "workload show shop -f yaml", "mapping show shop -c Kind -c Source -c Target -c Why",
            "point list shop", "point list shop -f value -c ID -c Volumes", "ready shop",
        ])
            text += $"$ kedge {line}\n{Kept.Text(await desk.DoAsync(line), desk)}\n";

        Recovery.Tests.Golden.Demand("kept/output.txt", text);
    }

    [Fact]
    public async Task The_printed_runbook_is_as_it_was_reviewed()
    {
        await using var desk = await Desk.WithProtectedShopAsync();

        Recovery.Tests.Golden.Demand("kept/runbook.txt", Kept.Text(await desk.DoAsync("plan show shop"), desk));
    }

    [Fact]
    public async Task The_report_of_a_failover_reads_as_lines()
    {
        await using var desk = await Desk.WithProtectedShopAsync();

        var typed = await desk.DoAsync("failover shop --yes --reason fire");
        var run = (string)JsonNode.Parse((await desk.DoAsync("run list -f json")).Output)![0]!["ID"]!;
        var bare = await desk.DoAsync($"run show {run} -f value -c servers");

        Assert.DoesNotContain("{", typed.Output, StringComparison.Ordinal);
        Assert.Contains("name=db ", typed.Output, StringComparison.Ordinal);
        Assert.Equal(3, JsonNode.Parse(bare.Output)!.AsArray().Count);
        Assert.Single(bare.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
