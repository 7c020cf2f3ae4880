using Kedge.Availability.Watch;
using Kedge.Testing;

namespace Kedge.Availability.Tests.Watch;

public sealed class FailureReportTests
{
    readonly FakeClock clock = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_death_that_the_agent_confirms_is_told_as_a_failure_of_the_resource_on_this_node()
    {
        var node = new Node();

        var note = await new FailureReport(node, "n2", clock).SendAsync(Node.Api, Suspicion.Died, Cancel);

        Assert.Equal(Verdict.Told, note.Verdict);
        Assert.Equal("crm_resource --fail --resource p_nova_api --node n2", Assert.Single(node.Told));
    }

    [Theory]
    [InlineData(0, 0, Verdict.AgentSaysWell)]
    [InlineData(8, 0, Verdict.AgentSaysWell)]
    [InlineData(5, 0, Verdict.AgentCannotSay)]
    [InlineData(1, 0, Verdict.Told)]
    [InlineData(1, 2, Verdict.Told)]
    [InlineData(0, 9, Verdict.NoAnswer)]
    public async Task Only_what_the_agent_itself_calls_failed_or_hanging_is_told(int code, int execution, Verdict verdict)
    {
        var node = new Node { AgentCode = code, AgentExecution = execution };

        var note = await new FailureReport(node, "n2", clock).SendAsync(Node.Api, Suspicion.Silent, Cancel);

        Assert.Equal(verdict, note.Verdict);
        Assert.Equal(verdict == Verdict.Told ? 1 : 0, node.Told.Count);
    }

    [Fact]
    public async Task A_process_that_Pacemaker_itself_is_stopping_is_not_a_failure()
    {
        var node = new Node
        {
            Cib = WatchListTests.Running(text => text.Replace("call-id=\"328\" rc-code=\"0\" op-status=\"0\"", "call-id=\"-1\" rc-code=\"193\" op-status=\"-1\"", StringComparison.Ordinal)).ToString(),
        };

        var note = await new FailureReport(node, "n2", clock).SendAsync(Node.Api, Suspicion.Died, Cancel);

        Assert.Equal(Verdict.PacemakerKnows, note.Verdict);
        Assert.Empty(node.Told);
    }

    [Fact]
    public async Task A_sense_that_lies_every_second_for_an_hour_tells_nothing_and_is_hardly_asked_any_more()
    {
        var node = new Node { AgentCode = 0 };
        var report = new FailureReport(node, "n2", clock);

        for (var second = 0; second < 3600; second++)
        {
            await report.SendAsync(Node.Api, (Suspicion)(second % 5), Cancel);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(node.Told);
        Assert.InRange(node.Asked.Count, 1, 70);
    }

    [Fact]
    public async Task A_service_that_dies_as_often_as_it_starts_is_left_to_Pacemaker_after_a_while()
    {
        var node = new Node();
        var report = new FailureReport(node, "n2", clock);

        for (var death = 0; death < 300; death++)
        {
            await report.SendAsync(Node.Api, Suspicion.Died, Cancel);
            clock.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(Patience.MostTold, node.Told.Count);
    }

    [Fact]
    public async Task Tools_that_hang_leave_all_to_Pacemaker()
    {
        var node = new Node { Hangs = true };

        var note = await new FailureReport(node, "n2", clock).SendAsync(Node.Api, Suspicion.Died, Cancel);

        Assert.Equal(Verdict.NoAnswer, note.Verdict);
    }

    [Fact]
    public async Task A_hang_is_asked_about_in_depth_a_death_is_not()
    {
        var node = new Node();
        var report = new FailureReport(node, "n2", clock);

        await report.SendAsync(Node.Api, Suspicion.Silent, Cancel);
        await report.SendAsync(Node.Api, Suspicion.Died, Cancel);

        Assert.Equal([true, false], node.Asked.Select(asked => asked.Contains("--force-check=10", StringComparison.Ordinal)));
    }
}
