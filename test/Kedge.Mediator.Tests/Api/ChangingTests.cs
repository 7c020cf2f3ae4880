using System.Net;
using System.Text.Json.Nodes;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class ChangingTests(Served served)
{
    [Fact]
    public async Task A_workload_is_created_changed_and_deleted_by_whoever_knows_how_it_is()
    {
        var made = await PutAsync("mine", Definition("mine"), ("If-None-Match", "*"));
        var twice = await PutAsync("mine", Definition("mine"), ("If-None-Match", "*"));
        var patched = await served.SendAsync(served.Member, "PATCH", "/v1/workloads/mine", """{"rpo": "15m", "priority": 3}""", ("If-Match", made.Tag!));
        var stale = await served.SendAsync(served.Member, "PATCH", "/v1/workloads/mine", """{"rpo": "1h"}""", ("If-Match", made.Tag!));
        var blind = await PutAsync("mine", Definition("mine"));
        var staleDelete = await served.SendAsync(served.Member, "DELETE", "/v1/workloads/mine", null, ("If-Match", made.Tag!));
        var gone = await served.SendAsync(served.Member, "DELETE", "/v1/workloads/mine", null, ("If-Match", patched.Tag!));
        var again = await served.SendAsync(served.Member, "DELETE", "/v1/workloads/mine", null, ("If-Match", "*"));

        Assert.True(made.Status is HttpStatusCode.OK, made.ToString());
        Assert.Equal("15m", (string?)patched.Json["definition"]!["rpo"]);
        Assert.Equal("1d", (string?)made.Json["effective"]!["rpo"]);
        Assert.Equal(("name-taken", "changed", "precondition-wanted", "changed", "not-found"), (twice.Code, stale.Code, blind.Code, staleDelete.Code, again.Code));
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
    }

    [Fact]
    public async Task Of_many_who_change_one_record_at_once_one_has_his_way()
    {
        var made = await PutAsync("raced", Definition("raced"), ("If-None-Match", "*"));

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(priority =>
            served.SendAsync(served.Member, "PATCH", "/v1/workloads/raced", $$"""{"priority": {{priority}}}""", ("If-Match", made.Tag!))));

        Assert.Single(answers, answer => answer.Status is HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.OK), answer => Assert.Equal("changed", answer.Code));
    }

    [Theory]
    [InlineData("""{"to": "dc1"}""", "to")]
    [InlineData("""{"to": "nowhere"}""", "to")]
    [InlineData("""{"policy": "none"}""", "policy")]
    [InlineData("""{"name": "other"}""", "name")]
    [InlineData("""{"rpo": "soon"}""", "rpo")]
    [InlineData("""{"selection": {"tag": null}}""", "selection")]
    [InlineData("""{"servers": [{"server": "a", "after": "b"}]}""", "servers[0].after")]
    [InlineData("""{"colour": "red"}""", "colour")]
    public async Task What_cannot_be_is_told_with_its_field(string patch, string field)
    {
        await served.AddWorkloadAsync("wrong", "dc1", "dc2");

        var answer = await served.SendAsync(served.Admin, "PATCH", "/v1/workloads/wrong", patch, ("If-Match", "*"));

        Assert.True(answer.Code == "invalid" && (string?)answer.Json["field"] == field, answer.ToString());
    }

    [Fact]
    public async Task A_policy_is_an_admins_to_write_and_stays_while_a_workload_names_it()
    {
        var made = await served.SendAsync(served.Admin, "PUT", "/v1/policies/silver", """{"name": "silver", "rpo": "1h"}""", ("If-None-Match", "*"));
        var wrong = await served.SendAsync(served.Admin, "PATCH", "/v1/policies/silver", """{"rpo": "1s"}""", ("If-Match", "*"));
        var stale = await served.SendAsync(served.Admin, "PUT", "/v1/policies/silver", """{"name": "silver"}""", ("If-Match", "\"00000000000000000000000000000000\""));
        await PutAsync("follower", Definition("follower", policy: "silver"), ("If-None-Match", "*"));
        var named = await served.SendAsync(served.Admin, "DELETE", "/v1/policies/silver", null, ("If-Match", made.Tag!));
        var seenByStranger = await served.GetAsync(served.Stranger, "/v1/policies/silver");

        Assert.True(made.Status is HttpStatusCode.OK, made.ToString());
        Assert.Equal(("invalid", "rpo"), (wrong.Code, (string?)wrong.Json["field"]));
        Assert.Equal(("changed", "refused"), (stale.Code, named.Code));
        Assert.Empty(seenByStranger.Json["workloads"]!.AsArray());
    }

    [Fact]
    public async Task A_mapping_is_read_changed_and_belongs_to_its_workload()
    {
        await served.AddWorkloadAsync("mapped", "dc1", "dc2");
        var none = await served.GetAsync(served.Member, "/v1/workloads/mapped/mapping");
        await served.MapAsync("mapped");

        var read = await served.GetAsync(served.Member, "/v1/workloads/mapped/mapping");
        var patched = await served.SendAsync(served.Member, "PATCH", "/v1/workloads/mapped/mapping", """{"floatingIps": "None"}""", ("If-Match", read.Tag!));
        var another = await served.SendAsync(served.Member, "PATCH", "/v1/workloads/mapped/mapping", """{"workload": "shop"}""", ("If-Match", "*"));
        var gone = await served.SendAsync(served.Member, "DELETE", "/v1/workloads/mapped/mapping", null, ("If-Match", patched.Tag!));

        Assert.Equal("not-found", none.Code);
        Assert.Equal("None", (string?)patched.Json["floatingIps"]);
        Assert.Equal(("invalid", "workload"), (another.Code, (string?)another.Json["field"]));
        Assert.Equal(HttpStatusCode.NoContent, gone.Status);
    }

    Task<Answer> PutAsync(string name, JsonObject definition, params (string, string)[] headers) =>
        served.SendAsync(served.Member, "PUT", $"/v1/workloads/{name}", definition.ToJsonString(), headers);

    static JsonObject Definition(string name, string? policy = null)
    {
        var definition = new JsonObject { ["name"] = name, ["from"] = "dc1", ["to"] = "dc2", ["selection"] = new JsonObject { ["tag"] = "none-such" }, ["paused"] = true };
        if (policy is not null)
            definition["policy"] = policy;
        return definition;
    }
}
