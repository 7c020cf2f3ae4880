using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers/{id}/metadata</summary>
static class ServerMetadata
{
    public static SandboxResponse List(Call call) => View(Servers.GetReachable(call));

    public static SandboxResponse Show(Call call) => Servers.GetReachable(call).Metadata.TryGetValue(call["key"], out var value)
        ? SandboxResponse.Json(200, new JsonObject { ["meta"] = new JsonObject { [call["key"]] = value } })
        : throw ApiFault.NotFound("Metadata item was not found");

    public static SandboxResponse Add(Call call)
    {
        var server = Servers.GetReachable(call);
        foreach (var (key, value) in call.Body().Map("metadata"))
            server.Metadata[key] = value;
        server.UpdatedAt = call.Now;
        return View(server);
    }

    public static SandboxResponse Replace(Call call)
    {
        var server = Servers.GetReachable(call);
        server.Metadata = new(call.Body().Map("metadata"), StringComparer.Ordinal);
        server.UpdatedAt = call.Now;
        return View(server);
    }

    public static SandboxResponse Set(Call call)
    {
        var server = Servers.GetReachable(call);
        server.Metadata[call["key"]] = call.Body().Map("meta").GetValueOrDefault(call["key"]) ?? throw ApiFault.Bad(
            "Request body and URI mismatch");
        server.UpdatedAt = call.Now;
        return Show(call);
    }

    public static SandboxResponse Remove(Call call)
    {
        if (!Servers.GetReachable(call).Metadata.Remove(call["key"]))
            throw ApiFault.NotFound("Metadata item was not found");
        return SandboxResponse.Empty(204);
    }

    static SandboxResponse View(Server server) => SandboxResponse.Json(200, new JsonObject { ["metadata"] = server.Metadata.ToJson() });
}
