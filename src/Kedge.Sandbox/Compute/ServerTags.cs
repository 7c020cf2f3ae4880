using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers/{id}/tags (2.26)</summary>
static class ServerTags
{
    const int MaxTags = 50;
    const int MaxChars = 60;

    public static void Check(IReadOnlyList<string> tags)
    {
        if (tags.Count > MaxTags)
            throw ApiFault.Bad($"Invalid input for field/attribute tags. Value: … is too long (maximum {MaxTags} items)");
        foreach (var tag in tags)
            if (tag.Length is 0 or > MaxChars || tag.Contains('/', StringComparison.Ordinal) || tag.Contains(',', StringComparison.Ordinal))
                throw ApiFault.Bad($"Invalid input for field/attribute tags. '{tag}' does not match '^[^,/]*$' or is too long");
    }

    public static SandboxResponse List(Call call) => View(Get(call));

    public static SandboxResponse Replace(Call call)
    {
        var server = Get(call);
        var tags = call.Body().Texts("tags").Distinct().ToList();
        Check(tags);
        server.Tags = tags;
        server.UpdatedAt = call.Now;
        return View(server);
    }

    public static SandboxResponse Clear(Call call)
    {
        Get(call).Tags.Clear();
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Check(Call call) =>
        Get(call).Tags.Contains(call["tag"]) ? SandboxResponse.Empty(204) : throw Absent(call);

    public static SandboxResponse Add(Call call)
    {
        var server = Get(call);
        if (server.Tags.Contains(call["tag"]))
            return SandboxResponse.Empty(204);
        Check([.. server.Tags, call["tag"]]);
        server.Tags.Add(call["tag"]);
        server.UpdatedAt = call.Now;
        return SandboxResponse.Empty(201);
    }

    public static SandboxResponse Remove(Call call)
    {
        if (!Get(call).Tags.Remove(call["tag"]))
            throw Absent(call);
        return SandboxResponse.Empty(204);
    }

    static Server Get(Call call) =>
        call.Version >= 26 ? Servers.GetReachable(call) : throw ApiFault.NotFound("The resource could not be found.");

    static ApiFault Absent(Call call) => ApiFault.NotFound($"Server {call["id"]} has no tag '{call["tag"]}'");

    static SandboxResponse View(Server server) => SandboxResponse.Json(200, new JsonObject { ["tags"] = server.Tags.ToJson() });
}
