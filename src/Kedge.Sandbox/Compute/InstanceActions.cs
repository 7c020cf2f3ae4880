using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers/{id}/os-instance-actions: what was done to a server.</summary>
static class InstanceActions
{
    public static SandboxResponse List(Call call)
    {
        var server = Servers.GetReachable(call);
        return SandboxResponse.Json(200, new JsonObject
        {
            ["instanceActions"] = Enumerable.Reverse(server.Actions).Select(a => View(server, a)).ToJson(),
        });
    }

    public static SandboxResponse Show(Call call)
    {
        var server = Servers.GetReachable(call);
        var action = server.Actions.Find(a => RequestId(server, a) == call["request"])
            ?? throw ApiFault.NotFound($"Action for request_id {call["request"]} on instance {server.Id} not found.");
        var view = View(server, action);
        view["events"] = new JsonArray();
        return SandboxResponse.Json(200, new JsonObject { ["instanceAction"] = view });
    }

    static string RequestId(Server server, InstanceAction action) => $"req-{server.Id[..23]}-{server.Actions.IndexOf(action):x12}";

    static JsonObject View(Server server, InstanceAction action) => new()
    {
        ["action"] = action.Action,
        ["instance_uuid"] = server.Id,
        ["request_id"] = RequestId(server, action),
        ["user_id"] = server.UserId,
        ["project_id"] = server.ProjectId,
        ["start_time"] = Stamp.Bare(action.At),
        ["updated_at"] = Stamp.Bare(action.At),
        ["message"] = action.Message,
    };
}
