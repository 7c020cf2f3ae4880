using System.Net;
using Kedge.Mediator.Settings;
using Kedge.Recovery.Points;

namespace Kedge.Mediator.Tests.Api;

public sealed class LimitTests
{
    [Fact]
    public async Task Whoever_asks_too_often_is_told_when_to_come_back_and_health_is_answered_all_the_same()
    {
        await using var served = new Served().With("KEDGE_API_REQUESTS_PER_SECOND", "1");
        await served.InitializeAsync();

        var answers = new List<Answer>();
        for (var i = 0; i < 15; i++)
            answers.Add(await served.GetAsync(served.Reader, "/v1/policies"));
        var guesses = new List<Answer>();
        for (var i = 0; i < 15; i++)
            guesses.Add(await served.GetAsync($"kedge_guess_{i}", "/v1/policies"));
        var health = await served.GetAsync(null, "/healthz");

        Assert.Contains(answers, answer => answer.Code == "too-many" && answer.Headers.ContainsKey("Retry-After"));
        Assert.Contains(guesses, answer => answer.Code == "too-many");
        Assert.Equal(HttpStatusCode.OK, health.Status);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up_and_a_repository_that_fails_is_told_without_its_path()
    {
        await using var served = new Served().With("KEDGE_API_LONGEST_REQUEST", "20");
        await served.InitializeAsync();
        var first = await served.GetAsync(served.Admin, "/v1/policies");

        served.RepositoryAnswersAsync = cancel => Task.Delay(Timeout.InfiniteTimeSpan, served.Clock, cancel);
        var slow = await served.GetAsync(served.Admin, "/v1/workloads/shop/points");
        served.RepositoryAnswersAsync = _ => throw new RepositoryException("/srv/points is not mounted.");
        var failed = await served.GetAsync(served.Admin, "/v1/workloads/shop/points");

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.True(slow.Code == "too-slow", slow.ToString());
        Assert.Equal("storage-failed", failed.Code);
        Assert.DoesNotContain("/srv", failed.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:7676", null, "KEDGE_PLAIN_HTTP")]
    [InlineData("http://mediator.example:7676", null, "KEDGE_PLAIN_HTTP")]
    [InlineData("https://0.0.0.0:7676", null, "KEDGE_TLS_CERTIFICATE")]
    public void Tokens_are_not_carried_in_the_clear_unless_somebody_says_so(string listen, string? plain, string named)
    {
        var values = new Dictionary<string, string> { ["KEDGE_LISTEN"] = listen, ["KEDGE_PLAIN_HTTP"] = plain ?? "" };

        var refused = Assert.Throws<MediatorSettingsException>(() => MediatorSettings.Parse(values));

        Assert.Contains(refused.Problems, problem => problem.Contains(named, StringComparison.Ordinal));
        Assert.NotNull(MediatorSettings.Parse(new Dictionary<string, string> { ["KEDGE_LISTEN"] = "http://0.0.0.0:1", ["KEDGE_PLAIN_HTTP"] = "true" }));
    }
}
