using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Tests.Workloads;

public sealed class WorkloadFileTests
{
    readonly RecordFolder<Workload> folder = WorkloadFile.In(Path.Combine(Path.GetTempPath(), "kedge-unused"));

    [Fact]
    public void What_the_documentation_shows_is_read()
    {
        var text = """
            name: web
            from: dc1
            to: dc2
            selection:
              tag: web
            retention:
              keepLast: 7
              fullEvery: 7
            rpo: 24h
            servers:
            - server: db
              priority: 10
              health:
                tcp: 5432
            - server: app
              after: [db]
              health:
                http: http://10.0.0.5/health
            """;

        var workload = folder.Parse(text, "web.yaml");

        Assert.Equal(new WorkloadSelection.ByTag("web"), workload.Selection);
        Assert.Equal(TimeSpan.FromHours(24), workload.Rpo);
        Assert.Equal(new HealthCheck.Tcp(5432, null), workload.Servers[0].Health);
        Assert.Equal(["db"], workload.Servers[1].After);
        Assert.Equal(new HealthCheck.Http(new Uri("http://10.0.0.5/health")), workload.Servers[1].Health);
    }

    public static TheoryData<WorkloadSelection> Selections =>
    [
        new WorkloadSelection.ByServers([new SourceId("a"), new SourceId("b")]),
        new WorkloadSelection.ByTag("true"),
        new WorkloadSelection.ByMetadata("tier", "1"),
        new WorkloadSelection.ByStack(new SourceId("0123")),
        new WorkloadSelection.WholeProject(),
    ];

    [Theory]
    [MemberData(nameof(Selections))]
    public void Every_way_to_select_is_read_as_it_was_written(WorkloadSelection selection)
    {
        var workload = new Workload { Name = "web", From = "a", To = "b", Selection = selection, Rpo = TimeSpan.FromMinutes(90) };

        var written = folder.Write(workload);

        Assert.Equal(written, folder.Write(folder.Parse(written, "web.yaml")));
        Assert.Contains("rpo: 1h30m", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("selection: {tga: web}", "line 4: selection 'tga' is not a way to select: one of servers, tag, metadata, stack, project")]
    [InlineData("selection: {tag: web, stack: x}", "line 4: selection a selection has exactly one of servers, tag, metadata, stack, project")]
    [InlineData("selection: {project: all}", "project takes the one word 'whole'")]
    [InlineData("selection: {servers: []}", "servers takes a list of server ids")]
    [InlineData("selection: {tag: web}\nrpo: soon", "line 5: rpo 'soon' is not a duration: write 30s, 15m, 24h, 7d or 1d12h")]
    [InlineData("selection: {tag: web}\nrpo: 15", "line 5: rpo '15' is not a duration")]
    [InlineData("selection: {tag: web}\nretension: {keepLast: 3}", "line 5: retension is not a field; those here are name, from, to, selection, policy, retention, rpo, rto, paused, priority, onSiteLoss, replication, servers")]
    [InlineData("selection: {tag: web}\nretention: {keepLast: many}", "line 5: retention.keepLast cannot be \"many\": a whole number is wanted")]
    [InlineData("selection: {tag: web}\nservers:\n- priority: 1", "line 6: servers[0].server is missing")]
    [InlineData("selection: {tag: web}\nservers:\n- server: db\n  health: {tcp: 99999}", "line 7: servers[0].health tcp takes a port from 1 to 65535; 99999 is not one")]
    [InlineData("selection: {tag: web}\nservers: db", "line 5: servers takes a list")]
    [InlineData("rpo: 1h", "selection is missing")]
    [InlineData("selection: {tag: web", "is not YAML: Line")]
    public void A_mistake_is_told_with_its_field_and_line(string rest, string told)
    {
        var text = $"name: web\nfrom: dc1\nto: dc2\n{rest}\n";

        var refused = Assert.Throws<RecordException>(() => folder.Parse(text, "/data/web.yaml"));

        Assert.StartsWith("/data/web.yaml ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var refused = Assert.Throws<RecordException>(() => folder.Parse("name: web\nform: dc1\nto: dc2\nselection: {tag: web}\nrpo: x\n", "web.yaml"));

        Assert.Contains("line 2: form is not a field", refused.Message, StringComparison.Ordinal);
        Assert.Contains("from is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("line 5: rpo", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("15m", 900)]
    [InlineData("24h", 86400)]
    [InlineData("1d12h", 129600)]
    [InlineData("1h30m", 5400)]
    [InlineData("00:15:00", 900)]
    [InlineData("0s", 0)]
    public void A_duration_is_read_as_a_person_writes_it(string text, int seconds)
    {
        Assert.True(DurationJson.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
        Assert.True(DurationJson.TryParse(DurationJson.Text(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("m15")]
    [InlineData("1m1h")]
    [InlineData("1h1h")]
    [InlineData("-1h")]
    [InlineData("99999999999h")]
    [InlineData("1.5h")]
    [InlineData("-00:01:00")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(DurationJson.TryParse(text, out _));
}
