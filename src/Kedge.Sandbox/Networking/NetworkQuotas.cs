using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/quotas of Neutron.</summary>
static class NetworkQuotas
{
    public static int Used(Neutron neutron, string projectId, string resource) => resource switch
    {
        "network" => neutron.Networks.Count(n => n.ProjectId == projectId),
        "subnet" => neutron.Subnets.Count(s => s.ProjectId == projectId),
        "port" => neutron.Ports.Count(p => p.ProjectId == projectId),
        "router" => neutron.Routers.Count(r => r.ProjectId == projectId),
        "floatingip" => neutron.FloatingIps.Count(f => f.ProjectId == projectId),
        "security_group" => neutron.SecurityGroups.Count(g => g.ProjectId == projectId),
        "security_group_rule" => neutron.Rules.Count(r => r.ProjectId == projectId),
        "rbac_policy" => neutron.RbacPolicies.Count(p => p.ProjectId == projectId),
        _ => 0,
    };

    public static SandboxResponse List(Call call) => SandboxResponse.Json(200, new JsonObject { ["quotas"] = new JsonArray() });

    public static SandboxResponse Show(Call call) => View(call, (project, name) => call.Cloud.Neutron.Quotas.Limit(project, name));

    public static SandboxResponse Details(Call call) => View(call, (project, name) => new JsonObject
    {
        ["limit"] = call.Cloud.Neutron.Quotas.Limit(project, name),
        ["used"] = Used(call.Cloud.Neutron, project, name),
        ["reserved"] = 0,
    });

    public static SandboxResponse Update(Call call)
    {
        foreach (var (name, _) in call.Body("quota"))
            if (call.Cloud.Neutron.Quotas.Knows(name) && call.Body("quota").Number(name) is { } limit)
                call.Cloud.Neutron.Quotas.Set(call["project"], name, limit);
        return Show(call);
    }

    public static SandboxResponse Reset(Call call)
    {
        call.Cloud.Neutron.Quotas.Reset(call["project"]);
        return SandboxResponse.Empty(204);
    }

    static SandboxResponse View(Call call, Func<string, string, JsonNode> value)
    {
        if (!call.Owns(call["project"]))
            throw NeutronWire.Denied("get_quota");
        var quota = new JsonObject();
        foreach (var name in call.Cloud.Neutron.Quotas.Names)
            quota[name] = value(call["project"], name);
        return SandboxResponse.Json(200, new JsonObject { ["quota"] = quota });
    }
}
