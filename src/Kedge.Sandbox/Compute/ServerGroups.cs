using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/os-server-groups</summary>
static class ServerGroups
{
    static readonly string[] policies = ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"];

    public static SandboxResponse List(Call call)
    {
        var seen = call.Cloud.Nova.ServerGroups.Where(g => g.ProjectId == call.ProjectId
            || (call.IsAdmin && call.Query.Has("all_projects")));
        var limit = int.TryParse(call.Query.First("limit"), out var asked) ? asked : Page.MaxLimit;
        var offset = int.TryParse(call.Query.First("offset"), out var from) ? from : 0;
        return SandboxResponse.Json(200,
            new JsonObject { ["server_groups"] = seen.Skip(offset).Take(limit).Select(g => View(call, g)).ToJson() });
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, new JsonObject { ["server_group"] = View(call, Get(call)) });

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("server_group");
        var policy = call.Version >= 64 ? body.RequiredText("policy") : body.Texts("policies").FirstOrDefault();
        if (!policies.Contains(policy) || (policy!.StartsWith("soft", StringComparison.Ordinal) && call.Version < 15))
            throw ApiFault.Bad($"Invalid input for field/attribute policy. Value: {policy}.");
        var nova = call.Cloud.Nova;
        if (!nova.Quotas.Allows(call.ProjectId, "server_groups", nova.ServerGroups.Count(g => g.ProjectId == call.ProjectId), 1))
            throw new ApiFault(403, "Quota exceeded, too many server groups.");
        var group = new ServerGroup
        {
            Id = call.Cloud.Ids.Uuid(),
            Name = body.RequiredText("name"),
            ProjectId = call.ProjectId,
            UserId = call.Token.User.Id,
            Policy = policy,
            MaxServersPerHost = body.Object("rules")?.Number("max_server_per_host"),
        };
        nova.ServerGroups.Add(group);
        return SandboxResponse.Json(200, new JsonObject { ["server_group"] = View(call, group) });
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Nova.ServerGroups.Remove(Get(call));
        return SandboxResponse.Empty(204);
    }

    public static JsonObject View(Call call, ServerGroup group)
    {
        var view = new JsonObject { ["id"] = group.Id, ["name"] = group.Name, ["members"] = group.Members.ToJson() };
        if (call.Version >= 13)
        {
            view["project_id"] = group.ProjectId;
            view["user_id"] = group.UserId;
        }
        if (call.Version < 64)
        {
            view["policies"] = new JsonArray(group.Policy);
            view["metadata"] = new JsonObject();
            return view;
        }
        view["policy"] = group.Policy;
        view["rules"] = group.MaxServersPerHost is { } max ? new JsonObject { ["max_server_per_host"] = max } : new JsonObject();
        return view;
    }

    static ServerGroup Get(Call call) => call.Cloud.Nova.ServerGroups.Find(call["id"]) is { } group && call.Owns(group.ProjectId)
        ? group
        : throw ApiFault.NotFound($"Instance group {call["id"]} could not be found.");
}
