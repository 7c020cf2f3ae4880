using Kedge.Recovery.Formats;
using Kedge.Recovery.Policies;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Policies;

public sealed class PolicyFileTests : IDisposable
{
    readonly DirectoryInfo path = Directory.CreateTempSubdirectory("kedge-policies-");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_policy_of_the_document_is_read_and_written_as_it_is()
    {
        var folder = PolicyFile.In(path.FullName);
        const string Text = """
            name: gold
            rpo: 15m
            rto: 30m
            method: Backup
            retention:
              keepLast: 12
              hourly: 24
              daily: 7
              weekly: 4
              monthly: 12
              fullEvery: 7
            windows:
            - from: '22:00'
              to: '06:00'
              days: [Monday, Friday]
            """;

        var policy = folder.Parse(Text, "here");

        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30)), (policy.Rpo, policy.Rto));
        Assert.Equal((24, 7, 4, 12), (policy.Retention.Hourly, policy.Retention.Daily, policy.Retention.Weekly, policy.Retention.Monthly));
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], Assert.Single(policy.Windows).Days);
        Assert.Equal(folder.Write(policy), folder.Write(folder.Parse(folder.Write(policy), "here")));
    }

    [Theory]
    [InlineData("rpo: soon", "rpo 'soon' is not a duration")]
    [InlineData("windows: [{from: '25:00', to: '06:00'}]", "a time of the day is wanted")]
    [InlineData("windows: [{from: '22:00', to: '06:00', days: [Mon]}]", "one of Sunday, Monday")]
    [InlineData("method: Carrier", "one of Backup is wanted")]
    public void A_mistake_is_told_with_its_field(string line, string told)
    {
        var refused = Assert.Throws<RecordException>(() => PolicyFile.In(path.FullName).Parse($"name: gold\n{line}\n", "here"));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_follows_its_policy_except_in_what_it_says_itself()
    {
        var policies = PolicyFile.In(Path.Combine(path.FullName, "policies"));
        var workloads = WorkloadFile.In(Path.Combine(path.FullName, "workloads"), policies);
        await policies.PutAsync("gold", policies.Parse("name: gold\nrpo: 15m\nrto: 1h\nretention: {keepLast: 3, daily: 5}\n", "here"), Cancel);
        await workloads.PutAsync("shop", workloads.Parse("name: shop\nfrom: a\nto: b\nselection: {tag: x}\npolicy: gold\nrto: 30m\n", "here"), Cancel);

        var before = await workloads.GetAsync("shop", Cancel);
        await workloads.PutAsync("shop", before, Cancel);
        await policies.PutAsync("gold", policies.Parse("name: gold\nrpo: 5m\n", "here"), Cancel);
        var after = await workloads.GetAsync("shop", Cancel);

        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), 3, 5), (before.Rpo, before.Rto, before.Retention.KeepLast, before.Retention.Daily));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), 7), (after.Rpo, after.Rto, after.Retention.KeepLast));
    }

    [Fact]
    public async Task A_workload_whose_policy_is_gone_is_an_error_that_says_so()
    {
        var workloads = WorkloadFile.In(path.FullName, PolicyFile.In(Path.Combine(path.FullName, "none")));
        await workloads.PutAsync("shop", workloads.Parse("name: shop\nfrom: a\nto: b\nselection: {tag: x}\npolicy: gold\n", "here"), Cancel);

        var e = await Assert.ThrowsAsync<RecordException>(() => workloads.GetAsync("shop", Cancel));

        Assert.Contains("names policy gold", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => path.Delete(recursive: true);
}
