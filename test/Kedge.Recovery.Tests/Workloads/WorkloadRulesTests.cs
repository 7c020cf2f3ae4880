using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Workloads;

public sealed class WorkloadRulesTests
{
    static readonly (SourceId Id, string Name)[] Servers = [(new("1"), "db"), (new("2"), "web"), (new("3"), "web")];

    [Fact]
    public void A_server_is_named_by_its_id_or_by_a_name_that_only_it_has()
    {
        var rules = WorkloadRules.Resolve(With(new ServerRule { Server = "2", After = ["db", "1"], Priority = 5 }), Servers);

        Assert.Equal([new SourceId("1")], rules[new("2")].After);
        Assert.Equal(5, rules[new("2")].Priority);
        Assert.Equal(ResolvedRule.DefaultOf(new("3")).Priority, rules[new("3")].Priority);
    }

    [Theory]
    [InlineData("web", "db", "2 of its servers have that name: 2, 3. Write the id instead")]
    [InlineData("cache", "db", "server cache, which is neither the id nor the name of one of its servers")]
    [InlineData("db", "web", "2 of its servers have that name")]
    public void A_name_that_is_unknown_or_not_unique_is_refused_with_what_to_do(string server, string after, string told)
    {
        var refused = Assert.Throws<CaptureException>(() => WorkloadRules.Resolve(With(new ServerRule { Server = server, After = [after] }), Servers));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.False(refused.MayPass);
    }

    [Fact]
    public void Servers_that_wait_for_each_other_in_a_circle_are_refused()
    {
        var workload = With(new ServerRule { Server = "1", After = ["2"] }, new ServerRule { Server = "2", After = ["3"] }, new ServerRule { Server = "3", After = ["1"] });

        var refused = Assert.Throws<CaptureException>(() => WorkloadRules.Resolve(workload, Servers));

        Assert.Contains("db (1), web (2), web (3)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_rules_for_one_server_are_refused() =>
        Assert.Throws<CaptureException>(() => WorkloadRules.Resolve(With(new ServerRule { Server = "1" }, new ServerRule { Server = "db" }), Servers));

    static Workload With(params ServerRule[] rules) =>
        new() { Name = "shop", From = "a", To = "b", Selection = new WorkloadSelection.WholeProject(), Servers = [.. rules] };
}
