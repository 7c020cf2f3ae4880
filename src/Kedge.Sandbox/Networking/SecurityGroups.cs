using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/security-groups</summary>
static class SecurityGroups
{
    public static SandboxResponse List(Call call)
    {
        call.Cloud.Neutron.DefaultGroup(call.ProjectId);
        return NeutronWire.List(call, "security_groups", call.Cloud.Neutron.SecurityGroups.Where(g => call.Owns(g.ProjectId)),
            (_, group) => View(group));
    }

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "security_group", View(Get(call, call["id"])));

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("security_group");
        var project = NeutronWire.ProjectFor(call, body, "create_security_group");
        var name = body.Text("name") ?? "";
        call.Cloud.Neutron.DefaultGroup(project);
        if (name == "default")
            throw new ApiFault(409, "Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
        NeutronWire.Reserve(call, project, "security_group");
        var group = call.Cloud.Neutron.AddGroup(project, name, body.Text("description") ?? "");
        group.IsStateful = body.Flag("stateful") ?? true;
        return NeutronWire.One(call, 201, "security_group", View(group));
    }

    public static SandboxResponse Update(Call call)
    {
        var group = Get(call, call["id"]);
        var body = call.Body("security_group");
        if (group.Name == "default" && body.Text("name") is { } name && name != "default")
            throw new ApiFault(409, "Updating default security group not allowed.", "SecurityGroupCannotUpdateDefault");
        NeutronWire.Rename(body, group);
        group.IsStateful = body.Flag("stateful") ?? group.IsStateful;
        NeutronWire.Touch(call, group);
        return NeutronWire.One(call, 200, "security_group", View(group));
    }

    public static SandboxResponse Delete(Call call)
    {
        var group = Get(call, call["id"]);
        var neutron = call.Cloud.Neutron;
        if (group.Name == "default" && !call.IsAdmin)
            throw new ApiFault(409, "Insufficient rights for removing default security group.", "SecurityGroupCannotRemoveDefault");
        if (neutron.Ports.Any(p => p.SecurityGroupIds.Contains(group.Id)))
            throw new ApiFault(409, $"Security Group {group.Id} in use.", "SecurityGroupInUse");
        neutron.SecurityGroups.Remove(group);
        foreach (var other in neutron.SecurityGroups)
            other.Rules.RemoveAll(r => r.RemoteGroupId == group.Id);
        return SandboxResponse.Empty(204);
    }

    public static SecurityGroup Get(Call call, string id) =>
        call.Cloud.Neutron.SecurityGroups.Find(id) is { } group && call.Owns(group.ProjectId)
        ? group
        : throw new ApiFault(404, $"Security group {id} does not exist", "SecurityGroupNotFound");

    public static JsonObject View(SecurityGroup group)
    {
        var view = NeutronWire.Start(group);
        view["stateful"] = group.IsStateful;
        view["shared"] = false;
        view["security_group_rules"] = group.Rules.Select(SecurityGroupRules.View).ToJson();
        return view;
    }
}
