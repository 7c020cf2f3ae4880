using System.Net;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class ReadingTests(Served served)
{
    [Fact]
    public async Task A_list_comes_in_pages_that_together_are_the_whole()
    {
        foreach (var name in new[] { "page-a", "page-b", "page-c" })
            await served.AddWorkloadAsync(name, "dc1", "dc2");
        var names = new List<string>();

        for (var path = "/v1/workloads?limit=2"; path is not null;)
        {
            var page = (await served.GetAsync(served.Reader, path)).Json;
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["name"]!));
            path = page["next"] is { } next ? $"/v1/workloads?limit=2&cursor={next}" : null;
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(["page-a", "page-b", "page-c", "shop"], names.Where(name => name.StartsWith("page-", StringComparison.Ordinal) || name == "shop"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=made-up", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    public async Task A_page_that_cannot_be_is_refused_with_its_field(string query, string field)
    {
        var answer = await served.GetAsync(served.Reader, $"/v1/workloads?{query}");

        Assert.Equal(("invalid", field), (answer.Code, (string?)answer.Json["field"]));
    }

    [Fact]
    public async Task What_a_caller_has_already_is_not_sent_again()
    {
        var first = await served.GetAsync(served.Reader, "/v1/workloads/shop");

        var again = await served.GetAsync(served.Reader, "/v1/workloads/shop", ("If-None-Match", first.Tag!));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Body));
    }

    [Fact]
    public async Task Every_answer_has_an_id_of_its_own_and_a_problem_names_it()
    {
        var good = await served.GetAsync(served.Reader, "/v1/workloads");
        var bad = await served.GetAsync(served.Reader, "/v1/workloads/nowhere");

        Assert.StartsWith("req-", good.Headers["X-Openstack-Request-Id"], StringComparison.Ordinal);
        Assert.NotEqual(good.Headers["X-Openstack-Request-Id"], bad.Headers["X-Openstack-Request-Id"]);
        Assert.Equal(bad.Headers["X-Openstack-Request-Id"], (string?)bad.Json["requestId"]);
        Assert.Equal("application/problem+json", bad.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("/v1/workloads/shop/status?quick=true", "level")]
    [InlineData("/v1/status?quick=true", "items")]
    [InlineData("/v1/workloads/shop/readiness", "isReady")]
    [InlineData("/v1/workloads/shop/history", "versions")]
    [InlineData("/v1/workloads/shop/points", "items")]
    [InlineData("/v1/policies", "items")]
    [InlineData("/v1/policies/gold", "definition")]
    [InlineData("/v1/sites", "items")]
    [InlineData("/v1/sites/dc1", "cloud")]
    [InlineData("/v1/sites/dc1/health", "state")]
    [InlineData("/v1/runs", "items")]
    public async Task Everything_that_is_listed_and_shown_can_be_read_by_a_reader(string path, string has)
    {
        var answer = await served.GetAsync(served.Reader, path);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        Assert.NotNull(answer.Json[has]);
    }

    [Fact]
    public async Task An_admin_sees_as_whom_a_site_lets_the_mediator_in()
    {
        var answer = await served.GetAsync(served.Admin, "/v1/sites/dc1/access");

        Assert.Equal("demo", (string?)answer.Json["project"]);
    }
}
