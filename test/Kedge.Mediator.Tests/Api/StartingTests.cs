using System.Net;
using System.Text.Json.Nodes;
using Kedge.Plans;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class StartingTests(Served served)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workload_is_protected_failed_over_and_cleaned_up_after_over_the_api()
    {
        await served.AddWorkloadAsync("whole", "dc1", "dc2");
        await served.MapAsync("whole");

        var taken = await FinishedAsync("/v1/workloads/whole/points");
        var points = (await served.GetAsync(served.Reader, "/v1/workloads/whole/points")).Json["items"]!.AsArray();
        var shown = await served.GetAsync(served.Reader, "/v1/workloads/whole/points/newest");
        var preview = await served.PostAsync(served.Member, "/v1/workloads/whole/failover-preview", "{}");
        var failedOver = await FinishedAsync("/v1/workloads/whole/failovers", """{"reason": "fire"}""");
        var second = await served.PostAsync(served.Member, "/v1/workloads/whole/failovers", "{}");
        var cleaned = await FinishedAsync($"/v1/runs/{(string)failedOver["run"]!["id"]!}/cleanup");

        Assert.Equal("protect", (string?)taken["run"]!["kind"]);
        Assert.Single(points);
        Assert.Equal((string?)points[0]!["id"], (string?)shown.Json["point"]!["id"]);
        Assert.Equal((string?)points[0]!["id"], (string?)preview.Json["point"]);
        Assert.Equal(3, failedOver["failover"]!["servers"]!.AsArray().Count);
        Assert.Equal("token member", (string?)failedOver["failover"]!["who"]);
        Assert.Equal("refused", second.Code);
        Assert.Equal("cleanup", (string?)cleaned["run"]!["kind"]);
    }

    [Fact]
    public async Task The_same_request_with_the_same_key_starts_once_and_is_answered_the_same()
    {
        await served.AddWorkloadAsync("twice", "dc1", "dc2");
        await served.AddWorkloadAsync("thrice", "dc1", "dc2");

        var first = await served.PostAsync(served.Member, "/v1/workloads/twice/points", null, "the-key");
        var again = await served.PostAsync(served.Member, "/v1/workloads/twice/points", null, "the-key");
        var otherBody = await served.PostAsync(served.Member, "/v1/workloads/twice/points", "{}", "the-key");
        var otherPath = await served.PostAsync(served.Member, "/v1/workloads/thrice/points", null, "the-key");
        var otherCaller = await served.PostAsync(served.Stranger, "/v1/workloads/twice/points", null, "the-key");

        Assert.Equal((HttpStatusCode.Accepted, first.Body), (again.Status, again.Body));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.Equal(("key-reused", "key-reused", "not-found"), (otherBody.Code, otherPath.Code, otherCaller.Code));
        Assert.Single((await served.GetAsync(served.Reader, "/v1/runs?workload=twice")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Many_at_once_with_one_key_start_one_run()
    {
        await served.AddWorkloadAsync("crowd", "dc1", "dc2");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => served.PostAsync(served.Member, "/v1/workloads/crowd/points", null, "one-key")));

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Accepted || answer.Code is "key-in-use", answer.ToString()));
        Assert.Single((await served.GetAsync(served.Reader, "/v1/runs?workload=crowd")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_mediator_that_died_between_the_run_and_the_answer_is_made_up_for_by_the_next()
    {
        await served.AddWorkloadAsync("crash", "dc1", "dc2");
        var begun = await served.PostAsync(served.Member, "/v1/workloads/crash/points", null, "crash-key");
        // As its death would have left it: the run is in the journal, the answer is not written.
        await served.Database.ExecuteAsync("UPDATE api_requests SET answer = NULL, status = NULL, claimed_at = claimed_at - 86400000 WHERE key = @key", new { key = "crash-key" }, Cancel);

        var again = await served.PostAsync(served.Member, "/v1/workloads/crash/points", null, "crash-key");

        Assert.Equal((string?)begun.Json["run"]!["id"], (string?)again.Json["run"]!["id"]);
        Assert.Single((await served.GetAsync(served.Reader, "/v1/runs?workload=crash")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task What_was_refused_leaves_no_key_and_may_be_sent_again()
    {
        await served.AddWorkloadAsync("unready", "dc1", "dc2");

        var first = await served.PostAsync(served.Member, "/v1/workloads/unready/failovers", "{}", "refused-key");
        var again = await served.PostAsync(served.Member, "/v1/workloads/unready/failovers", """{"force": true}""", "refused-key");

        Assert.Equal("not-found", first.Code);
        Assert.Equal("not-found", again.Code);
    }

    [Fact]
    public async Task Whoever_lost_his_connection_goes_on_behind_the_last_event_that_came()
    {
        await served.AddWorkloadAsync("events", "dc1", "dc2");
        var run = (string)(await served.PostAsync(served.Member, "/v1/workloads/events/points")).Json["run"]!["id"]!;
        var whole = Ids(await served.FollowAsync(served.Reader, run));

        var rest = await served.GetAsync(served.Reader, $"/v1/runs/{run}/events", ("Last-Event-ID", "3"));
        var wrong = await served.GetAsync(served.Reader, $"/v1/runs/{run}/events", ("Last-Event-ID", "three"));

        Assert.Equal("text/event-stream", rest.Headers["Content-Type"]);
        Assert.Equal(Enumerable.Range(1, whole.Count).Select(seq => (long)seq), whole);
        Assert.Equal(whole.Skip(3), Ids(rest.Body));
        Assert.Equal("invalid", wrong.Code);
        Assert.DoesNotContain("\"userData\":\"", rest.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_ended_is_neither_resumed_nor_abandoned()
    {
        await served.AddWorkloadAsync("ended", "dc1", "dc2");
        var run = (string)(await FinishedAsync("/v1/workloads/ended/points"))["run"]!["id"]!;

        var resumed = await served.PostAsync(served.Member, $"/v1/runs/{run}/resume", "{}");
        var abandoned = await served.PostAsync(served.Member, $"/v1/runs/{run}/abandon", "{}");
        var cleaned = await served.PostAsync(served.Member, $"/v1/runs/{run}/cleanup");

        Assert.Equal(("run-ended", "run-ended", "refused"), (resumed.Code, abandoned.Code, cleaned.Code));
    }

    [Fact]
    public async Task A_site_without_workloads_has_nothing_to_lose_and_an_order_says_why()
    {
        var nothing = await served.PostAsync(served.Admin, "/v1/sites/else2/losses", """{"reason": "fire"}""");
        var noReason = await served.PostAsync(served.Admin, "/v1/sites/else2/losses", "{}");
        var preview = await served.GetAsync(served.Admin, "/v1/sites/else2/loss-preview");

        Assert.Equal(("refused", "malformed"), (nothing.Code, noReason.Code));
        Assert.Empty(preview.Json["losses"]!.AsArray());
    }

    async Task<JsonNode> FinishedAsync(string path, string? body = null)
    {
        var started = await served.PostAsync(served.Member, path, body);
        Assert.True(started.Status is HttpStatusCode.Accepted, started.ToString());
        var run = (string)started.Json["run"]!["id"]!;
        await served.FollowAsync(served.Member, run);
        var ended = (await served.GetAsync(served.Member, $"/v1/runs/{run}")).Json;
        Assert.True((string?)ended["run"]!["phase"] == nameof(RunPhase.Finished), ended.ToJsonString());
        return ended;
    }

    static List<long> Ids(string stream) => [.. stream.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture))];
}
