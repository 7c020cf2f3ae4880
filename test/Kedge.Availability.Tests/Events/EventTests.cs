using System.Net;
using Kedge.Availability.Events;
using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;
using Kedge.Testing;

namespace Kedge.Availability.Tests.Events;

public sealed class EventTests : IDisposable
{
    /// <summary>What Pacemaker 2.1.5 gave its agent on n1 and on n2 for one fencing.</summary>
    const string Fencing =
        """
        CRM_alert_kind=fencing
        CRM_alert_node=n3
        CRM_alert_task=st_notify_fence
        CRM_alert_rc=0
        CRM_alert_desc=Operation reboot of n3 by n1 for stonith_admin.209@n1: OK (ref=1bf53979-249e-4125-b9cc-bd28905f5d3f)
        CRM_alert_timestamp_epoch=1795523745
        CRM_alert_timestamp_usec=326460
        """;

    readonly FakeClock clock = new();
    readonly string directory = Directory.CreateTempSubdirectory("kedge-events-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void One_fencing_has_the_same_id_on_every_node_that_is_told_of_it()
    {
        var first = ClusterEvent.Read(Fencing, "n1", clock.GetUtcNow())!;
        var second = ClusterEvent.Read(Fencing.Replace("326460", "338460", StringComparison.Ordinal), "n2", clock.GetUtcNow())!;
        var another = ClusterEvent.Read(Fencing.Replace("ref=1bf5", "ref=2bf5", StringComparison.Ordinal), "n1", clock.GetUtcNow())!;

        Assert.Equal(first.Id, second.Id);
        Assert.NotEqual(first.Id, another.Id);
        Assert.Equal(("fencing", "n3", 0, true), (first.Kind, first.Node, first.Code, first.ConcernsAll));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PATH=/bin\nHOME=/root")]
    [InlineData("CRM_alert_kind=\nCRM_alert_node=n1")]
    public void What_is_no_alert_is_no_event(string text) => Assert.Null(ClusterEvent.Read(text, "n1", clock.GetUtcNow()));

    [Fact]
    public async Task The_alert_agent_leaves_an_alert_that_is_taken_once()
    {
        await AlertAsync("node", "n3", "lost");
        var spool = new AlertSpool(directory, "n1", clock);

        var taken = await spool.TakeAsync(Cancel);

        Assert.Equal(("node", "n3", "lost"), (taken.Single().Kind, taken.Single().Node, taken.Single().Description));
        Assert.Empty(await spool.TakeAsync(Cancel));
        Assert.Empty(Directory.GetFiles(directory));
    }

    [Fact]
    public async Task The_same_alert_twice_is_one_event()
    {
        var spool = new AlertSpool(directory, "n1", clock);

        File.WriteAllText(Path.Combine(directory, "1.alert"), Fencing);
        File.WriteAllText(Path.Combine(directory, "2.alert"), Fencing);

        Assert.Single(await spool.TakeAsync(Cancel));
    }

    [Fact]
    public async Task A_spool_that_nobody_empties_stays_small_and_says_so()
    {
        for (var i = 0; i < 1000; i++)
            File.WriteAllText(Path.Combine(directory, $"{i}.alert"), "");

        await AlertAsync("node", "n3", "lost");

        Assert.Equal(1000, Directory.GetFiles(directory, "*.alert").Length);
        Assert.True(new AlertSpool(directory, "n1", clock).TakeOverflow());
    }

    [Fact]
    public void What_every_node_is_told_is_passed_on_by_the_node_that_decides()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));
        var one = ClusterEvent.Read(Fencing, "n1", clock.GetUtcNow())! with { Node = "n9" };

        var passedOn = status.Nodes.Where(node => Passes(node.Name, one, status, TimeSpan.FromSeconds(2)));

        Assert.Equal([status.Dc], passedOn.Select(node => node.Name));
    }

    [Fact]
    public void A_DC_that_is_lost_does_not_take_the_news_of_its_loss_along()
    {
        var status = ClusterStatus.Parse(Sample.Read("crm_mon_healthy.xml"));
        var other = status.Nodes.First(node => node.Name != status.Dc).Name;
        var lost = ClusterEvent.Read(Fencing, other, clock.GetUtcNow())! with { Node = status.Dc! };

        Assert.False(Passes(other, lost, status, TimeSpan.FromSeconds(2)));
        Assert.True(Passes(other, lost, status, TimeSpan.FromSeconds(20)));
        Assert.True(Passes(other, lost, null, TimeSpan.FromSeconds(20)));
        Assert.True(Passes(other, lost, status with { Dc = other }, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_webhook_that_refuses_is_tried_again_and_one_that_calls_it_wrong_is_not()
    {
        var answers = new Answers(HttpStatusCode.BadGateway, HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.OK);
        using var webhook = new Webhook(new Uri("http://hook.example/"), answers, clock);
        foreach (var id in (string[])["a", "b", "c"])
            webhook.Add(ClusterEvent.Read(Fencing, "n1", clock.GetUtcNow())! with { Id = id });

        await SimulatedTime.RunAsync(clock, TimeSpan.FromMilliseconds(10), async () =>
        {
            using var end = new CancellationTokenSource();
            var running = webhook.RunAsync(end.Token);
            while (webhook.Delivered + webhook.Dropped < 3)
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, Cancel);
            await end.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        Assert.Equal((2, 1), (webhook.Delivered, webhook.Dropped));
        Assert.Equal(["a", "a", "b", "c"], answers.Ids);
    }

    [Fact]
    public void A_webhook_that_never_answers_costs_a_bounded_queue_and_nobody_waits()
    {
        using var webhook = new Webhook(new Uri("http://hook.example/"), new Answers(), clock);

        for (var i = 0; i < Webhook.MostQueued + 500; i++)
            webhook.Add(ClusterEvent.Read(Fencing, "n1", clock.GetUtcNow())!);

        Assert.Equal(500, webhook.Dropped);
    }

    [Fact]
    public async Task Half_a_line_in_the_journal_does_not_hide_the_others()
    {
        var journal = EventFile.In(directory);
        var one = ClusterEvent.Read(Fencing, "n1", clock.GetUtcNow())!;
        journal.Append(one);
        journal.Append(one with { Id = "next" });
        var path = Directory.GetFiles(directory).Single();

        await File.AppendAllTextAsync(path, "{\"id\":\"ha", Cancel);
        journal.Append(one with { Id = "after" });

        Assert.Equal([one.Id, "next", "after"], (await journal.ReadAsync(Cancel)).Select(read => read.Id));
    }

    bool Passes(string node, ClusterEvent one, ClusterStatus? status, TimeSpan after)
    {
        var shared = new SharedEvents(node);
        shared.Add(one, clock.GetUtcNow());
        return shared.Take(status, clock.GetUtcNow() + after).Count == 1;
    }

    async Task AlertAsync(string kind, string node, string description)
    {
        var start = new System.Diagnostics.ProcessStartInfo("sh", Path.Combine(AppContext.BaseDirectory, "kedge-alert"));
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[("recipient", directory), ("kind", kind), ("node", node), ("desc", description), ("timestamp_epoch", "1795523745"), ("timestamp_usec", "1")])
            start.Environment[$"CRM_alert_{key}"] = value;
        using var agent = System.Diagnostics.Process.Start(start)!;
        await agent.WaitForExitAsync(Cancel);
        Assert.Equal(0, agent.ExitCode);
    }

    sealed class Answers(params HttpStatusCode[] codes) : HttpMessageHandler
    {
        int next;

        public List<string> Ids { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = System.Text.Json.JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            Ids.Add(body.RootElement.GetProperty("id").GetString()!);
            return new HttpResponseMessage(codes[next++]);
        }
    }
}
