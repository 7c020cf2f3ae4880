using System.Net;
using System.Text.Json.Nodes;
using Kedge.Mediator.Api.Access;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class AccessTests(Served served)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("kedge_")]
    [InlineData("kedge_made_up")]
    [InlineData("gAAAAA-not-a-token-of-this-keystone")]
    public async Task Without_a_token_that_is_good_nothing_is_told(string? token)
    {
        var answer = await served.GetAsync(token, "/v1/workloads");

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), (answer.Status, answer.Code));
        Assert.Contains("Bearer", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_token_only_the_hash_is_kept_and_a_letter_changed_makes_it_nobodys()
    {
        var token = await served.TokenAsync("kept", Role.Admin, null);

        var good = await served.GetAsync(token, "/v1/workloads");
        var changed = await served.GetAsync(token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), "/v1/workloads");

        Assert.Equal(HttpStatusCode.OK, good.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, changed.Status);
        foreach (var file in Directory.EnumerateFiles(served.Folder, "api.db*"))
            Assert.DoesNotContain(token.Split('_')[2], await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('_')[2], served.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_good_no_longer_from_the_next_request_on()
    {
        var token = await served.TokenAsync("short", Role.Reader, null);
        var before = await served.GetAsync(token, "/v1/policies");

        Assert.True(await served.Tokens.RevokeAsync("short", Cancel));
        var after = await served.GetAsync(token, "/v1/policies");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.Status, after.Status));
        Assert.False(await served.Tokens.RevokeAsync("short", Cancel));
    }

    [Fact]
    public async Task A_token_that_has_expired_is_nobodys()
    {
        var token = (await served.Tokens.MakeAsync("expires", Role.Reader, null, served.Clock.GetUtcNow().AddSeconds(30), Cancel)).Text;

        await Task.Delay(TimeSpan.FromSeconds(40), served.Clock, Cancel);
        var answer = await served.GetAsync(token, "/v1/policies");

        Assert.Equal("unauthenticated", answer.Code);
    }

    [Theory]
    [InlineData("demo", "demo", "shop")]
    [InlineData("other", "other", "theirs")]
    public async Task A_user_of_the_target_s_keystone_sees_his_projects_workloads_alone(string user, string project, string own)
    {
        var token = await served.KeystoneTokenAsync(user, project);

        var listed = await served.GetAsync(null, "/v1/workloads?limit=200", ("X-Auth-Token", token));

        var names = listed.Json["items"]!.AsArray().Select(item => (string)item!["name"]!).ToList();
        Assert.Contains(own, names);
        Assert.DoesNotContain(own == "shop" ? "theirs" : "shop", names);
    }

    [Fact]
    public async Task What_a_keystone_said_of_a_token_is_believed_for_a_minute_and_not_asked_again()
    {
        var token = await served.KeystoneTokenAsync("demo", "demo");
        await served.GetAsync(null, "/v1/policies", ("X-Auth-Token", token));
        var asked = served.B.Calls.Count(call => call.Path == "/auth/tokens" && call.Method == "GET");

        for (var i = 0; i < 5; i++)
            await served.GetAsync(null, "/v1/policies", ("X-Auth-Token", token));

        Assert.InRange(served.B.Calls.Count(call => call.Path == "/auth/tokens" && call.Method == "GET") - asked, 0, 1);
    }

    [Theory]
    [InlineData("PUT", "/v1/workloads/shop")]
    [InlineData("DELETE", "/v1/workloads/shop")]
    [InlineData("POST", "/v1/workloads/shop/points")]
    [InlineData("POST", "/v1/workloads/shop/failovers")]
    [InlineData("PUT", "/v1/workloads/shop/mapping")]
    [InlineData("DELETE", "/v1/workloads/shop/points/20261124T081500Z-3f2a91c0")]
    [InlineData("POST", "/v1/runs/0198a3c4d5e67f8091a2b3c4d5e6f701/abandon")]
    public async Task A_reader_changes_and_starts_nothing(string method, string path)
    {
        var answer = await served.SendAsync(served.Reader, method, path, "{}", ("If-Match", "*"), ("Idempotency-Key", "k"));

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("PUT", "/v1/policies/gold")]
    [InlineData("DELETE", "/v1/policies/gold")]
    [InlineData("GET", "/v1/sites/dc1/access")]
    [InlineData("GET", "/v1/sites/dc1/loss-preview")]
    [InlineData("POST", "/v1/sites/dc1/losses")]
    public async Task What_belongs_to_no_project_is_an_admins(string method, string path)
    {
        var answer = await served.SendAsync(served.Member, method, path, method == "GET" ? null : "{}", ("If-Match", "*"), ("Idempotency-Key", "k"));

        Assert.Equal("forbidden", answer.Code);
    }

    [Fact]
    public async Task What_is_another_tenants_is_told_of_like_what_is_not_there()
    {
        var paths = new List<string>();
        foreach (var (path, operations) in (await served.GetAsync(null, "/v1/openapi.json")).Json["paths"]!.AsObject())
        {
            foreach (var method in operations!.AsObject().Select(operation => operation.Key))
                paths.Add($"{method.ToUpperInvariant()} {path}");
        }
        var run = await BegunAsync();

        foreach (var each in paths.Where(path => path.Contains("{workload}", StringComparison.Ordinal) || path.Contains("{run}", StringComparison.Ordinal) || path.Contains("{site}", StringComparison.Ordinal)))
        {
            var (method, path) = (each.Split(' ')[0], each.Split(' ')[1].Replace("{point}", "newest", StringComparison.Ordinal));
            var theirs = await AskAsync(method, path.Replace("{workload}", "shop", StringComparison.Ordinal).Replace("{site}", "dc1", StringComparison.Ordinal).Replace("{run}", run, StringComparison.Ordinal));
            var nobodys = await AskAsync(method, path.Replace("{workload}", "nope", StringComparison.Ordinal).Replace("{site}", "nil", StringComparison.Ordinal).Replace("{run}", new string('0', 32), StringComparison.Ordinal));

            Assert.True(theirs.Code is "not-found" or "forbidden", $"{each}: {theirs}");
            Assert.True(theirs.Code == nobodys.Code, $"{each}: {theirs} / {nobodys}");
        }

        Task<Answer> AskAsync(string method, string path) =>
            served.SendAsync(served.Stranger, method, path, method is "GET" or "DELETE" ? null : "{}", ("If-Match", "*"), ("Idempotency-Key", Guid.NewGuid().ToString()));
    }

    [Theory]
    [InlineData("/v1/workloads?limit=200", "shop")]
    [InlineData("/v1/status?quick=true&limit=200", "shop")]
    [InlineData("/v1/sites?limit=200", "dc1")]
    [InlineData("/v1/runs?limit=200", "shop")]
    [InlineData("/v1/policies?limit=200", "shop")]
    public async Task No_list_tells_of_another_tenant(string path, string theirs)
    {
        await BegunAsync();

        var answer = await served.GetAsync(served.Stranger, path);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.DoesNotContain($"\"{theirs}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dc1", "else2", "from")]
    [InlineData("else1", "dc2", "to")]
    public async Task A_member_protects_nothing_from_or_to_another_tenants_site(string from, string to, string field)
    {
        var body = new JsonObject { ["name"] = "sly", ["from"] = from, ["to"] = to, ["selection"] = new JsonObject { ["project"] = "whole" } };

        var answer = await served.SendAsync(served.Stranger, "PUT", "/v1/workloads/sly", body.ToJsonString(), ("If-None-Match", "*"));

        Assert.Equal(("invalid", field), (answer.Code, (string?)answer.Json["field"]));
    }

    [Fact]
    public async Task A_name_that_had_another_life_is_not_given_to_whoever_asks_next()
    {
        await served.AddWorkloadAsync("former", "dc1", "dc2");
        await served.PostAsync(served.Member, "/v1/workloads/former/points");
        Assert.Equal(HttpStatusCode.NoContent, (await served.SendAsync(served.Member, "DELETE", "/v1/workloads/former", null, ("If-Match", "*"))).Status);
        var body = new JsonObject { ["name"] = "former", ["from"] = "else1", ["to"] = "else2", ["selection"] = new JsonObject { ["project"] = "whole" } };

        var answer = await served.SendAsync(served.Stranger, "PUT", "/v1/workloads/former", body.ToJsonString(), ("If-None-Match", "*"));

        Assert.Equal("name-taken", answer.Code);
    }

    [Fact]
    public void The_document_for_operators_has_the_table_of_rules_as_it_is()
    {
        var text = File.ReadAllText(Path.Combine(Root.Path, "docs/operate/api.md"));

        Assert.All(AccessRules.All, rule => Assert.Contains(
            $"| `{rule.Name}` | {rule.Least.ToString().ToLowerInvariant()} | {(rule.Everywhere ? "all projects" : "its projects")} | {rule.What} |", text, StringComparison.Ordinal));
    }

    /// <summary>A run of the workload shop; there is one already, or one is begun.</summary>
    async Task<string> BegunAsync()
    {
        var runs = (await served.GetAsync(served.Admin, "/v1/runs?workload=shop")).Json["items"]!.AsArray();
        return runs.Count > 0 ? (string)runs[0]!["id"]! : (string)(await served.PostAsync(served.Admin, "/v1/workloads/shop/points")).Json["run"]!["id"]!;
    }
}
