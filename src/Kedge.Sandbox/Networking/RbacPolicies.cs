using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/rbac-policies: networks shared with one project.</summary>
static class RbacPolicies
{
    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "rbac_policies", call.Cloud.Neutron.RbacPolicies.Where(p => call.Owns(p.ProjectId)),
            (_, policy) => View(policy));

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "rbac_policy", View(Get(call)));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("rbac_policy");
        var network = Networks.GetOwn(call, body.RequiredText("object_id"), "create_rbac_policy");
        var target = body.Text("target_tenant") ?? body.RequiredText("target_project");
        if (target == "*" && !call.IsAdmin)
            throw NeutronWire.Denied("create_rbac_policy", "target_tenant");
        var policy = new RbacPolicy
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            ObjectType = body.RequiredText("object_type"),
            ObjectId = network.Id,
            Action = body.RequiredText("action"),
            TargetProject = target,
        };
        call.Cloud.Neutron.RbacPolicies.Add(policy);
        return NeutronWire.One(call, 201, "rbac_policy", View(policy));
    }

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Neutron.RbacPolicies.Remove(Get(call));
        return SandboxResponse.Empty(204);
    }

    static RbacPolicy Get(Call call) => call.Cloud.Neutron.RbacPolicies.Find(call["id"]) is { } policy && call.Owns(policy.ProjectId)
        ? policy
        : throw new ApiFault(404, $"RBAC policy of type network with ID {call["id"]} not found", "RbacPolicyNotFound");

    static JsonObject View(RbacPolicy policy) => new()
    {
        ["id"] = policy.Id,
        ["project_id"] = policy.ProjectId,
        ["tenant_id"] = policy.ProjectId,
        ["object_type"] = policy.ObjectType,
        ["object_id"] = policy.ObjectId,
        ["action"] = policy.Action,
        ["target_tenant"] = policy.TargetProject,
    };
}
