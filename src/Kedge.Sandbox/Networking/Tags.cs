using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/{resource}/{id}/tags</summary>
static class Tags
{
    /// <summary>Neutron's max_tags.</summary>
    const int MaxTags = 50;

    public static SandboxResponse List(Call call, string kind) => View(Find(call, kind));

    public static SandboxResponse Replace(Call call, string kind)
    {
        var resource = Find(call, kind);
        var tags = call.Body().Texts("tags").Distinct().ToList();
        if (tags.Count > MaxTags)
            throw ApiFault.Bad($"Invalid input for tags. Reason: more than {MaxTags} tags.");
        resource.Tags.Clear();
        resource.Tags.AddRange(tags);
        NeutronWire.Touch(call, resource);
        return View(resource);
    }

    public static SandboxResponse Clear(Call call, string kind)
    {
        Find(call, kind).Tags.Clear();
        return SandboxResponse.Empty(204);
    }

    public static SandboxResponse Check(Call call, string kind) => Find(call, kind).Tags.Contains(call["tag"])
        ? SandboxResponse.Empty(204)
        : throw new ApiFault(404, $"Tag {call["tag"]} could not be found.", "TagNotFound");

    public static SandboxResponse Add(Call call, string kind)
    {
        var resource = Find(call, kind);
        if (!resource.Tags.Contains(call["tag"]))
            resource.Tags.Add(call["tag"]);
        NeutronWire.Touch(call, resource);
        return SandboxResponse.Empty(201);
    }

    public static SandboxResponse Remove(Call call, string kind)
    {
        if (!Find(call, kind).Tags.Remove(call["tag"]))
            throw new ApiFault(404, $"Tag {call["tag"]} could not be found.", "TagNotFound");
        return SandboxResponse.Empty(204);
    }

    static NeutronResource Find(Call call, string kind)
    {
        var neutron = call.Cloud.Neutron;
        var id = call["id"];
        NeutronResource? found = kind switch
        {
            "networks" => neutron.Networks.Find(id),
            "subnets" => neutron.Subnets.Find(id),
            "ports" => neutron.Ports.Find(id),
            "routers" => neutron.Routers.Find(id),
            "security-groups" => neutron.SecurityGroups.Find(id),
            _ => neutron.FloatingIps.Find(id),
        };
        return found is not null && call.Owns(found.ProjectId)
            ? found
            : throw new ApiFault(404, $"Resource {kind} {id} could not be found.", "TagResourceNotFound");
    }

    static SandboxResponse View(NeutronResource resource) =>
        SandboxResponse.Json(200, new JsonObject { ["tags"] = resource.Tags.ToJson() });
}
