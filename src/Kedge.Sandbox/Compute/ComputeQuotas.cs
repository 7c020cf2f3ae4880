using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>Nova's limits and their use.</summary>
static class ComputeQuotas
{
    public static void Reserve(Call call, Flavor flavor, ServerGroup? group)
    {
        (string Name, int More)[] wanted = [("instances", 1), ("cores", flavor.Vcpus), ("ram", flavor.RamMebibytes)];
        var quotas = call.Cloud.Nova.Quotas;
        foreach (var (name, more) in wanted)
        {
            var used = Used(call.Cloud.Nova, call.ProjectId, name);
            if (!quotas.Allows(call.ProjectId, name, used, more))
                throw new ApiFault(403,
                    $"Quota exceeded for {name}: Requested {more}, but already used {used} of {quotas.Limit(call.ProjectId, name)} {name}");
        }
        if (group is not null && !quotas.Allows(call.ProjectId, "server_group_members", group.Members.Count, 1))
            throw new ApiFault(403, "Quota exceeded, too many servers in group");
    }

    public static SandboxResponse Show(Call call) => View(call, (project, name) => call.Cloud.Nova.Quotas.Limit(project, name));

    public static SandboxResponse Detail(Call call) => View(call, (project, name) => new JsonObject
    {
        ["limit"] = call.Cloud.Nova.Quotas.Limit(project, name),
        ["in_use"] = Used(call.Cloud.Nova, project, name),
        ["reserved"] = 0,
    });

    public static SandboxResponse Update(Call call)
    {
        foreach (var (name, _) in call.Body("quota_set"))
            if (call.Cloud.Nova.Quotas.Knows(name) && call.Body("quota_set").Number(name) is { } limit)
                call.Cloud.Nova.Quotas.Set(call["project"], name, limit);
        return Show(call);
    }

    public static SandboxResponse Reset(Call call)
    {
        call.Cloud.Nova.Quotas.Reset(call["project"]);
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse Limits(Call call)
    {
        var nova = call.Cloud.Nova;
        var project = call.IsAdmin ? call.Query.First("tenant_id") ?? call.ProjectId : call.ProjectId;
        int Limit(string name) => nova.Quotas.Limit(project, name);
        var absolute = new JsonObject
        {
            ["maxTotalInstances"] = Limit("instances"),
            ["maxTotalCores"] = Limit("cores"),
            ["maxTotalRAMSize"] = Limit("ram"),
            ["maxTotalKeypairs"] = Limit("key_pairs"),
            ["maxServerMeta"] = Limit("metadata_items"),
            ["maxServerGroups"] = Limit("server_groups"),
            ["maxServerGroupMembers"] = Limit("server_group_members"),
            ["totalInstancesUsed"] = Used(nova, project, "instances"),
            ["totalCoresUsed"] = Used(nova, project, "cores"),
            ["totalRAMUsed"] = Used(nova, project, "ram"),
            ["totalServerGroupsUsed"] = Used(nova, project, "server_groups"),
        };
        return SandboxResponse.Json(200,
            new JsonObject { ["limits"] = new JsonObject { ["rate"] = new JsonArray(), ["absolute"] = absolute } });
    }

    static int Used(Nova nova, string projectId, string name) => name switch
    {
        "instances" => nova.Servers.Count(s => s.ProjectId == projectId),
        "cores" => nova.Servers.Where(s => s.ProjectId == projectId).Sum(s => s.Flavor.Vcpus),
        "ram" => nova.Servers.Where(s => s.ProjectId == projectId).Sum(s => s.Flavor.RamMebibytes),
        "server_groups" => nova.ServerGroups.Count(g => g.ProjectId == projectId),
        _ => 0,
    };

    static SandboxResponse View(Call call, Func<string, string, JsonNode> value)
    {
        var project = call["project"];
        if (!call.Owns(project))
            throw ApiFault.Forbidden("os_compute_api:os-quota-sets:show");
        var set = new JsonObject { ["id"] = project };
        foreach (var name in call.Cloud.Nova.Quotas.Names)
            set[name] = value(project, name);
        return SandboxResponse.Json(200, new JsonObject { ["quota_set"] = set });
    }
}
