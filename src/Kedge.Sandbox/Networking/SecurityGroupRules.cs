using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/security-group-rules, one or many.</summary>
static class SecurityGroupRules
{
    public static SandboxResponse List(Call call) =>
        NeutronWire.List(call, "security_group_rules", call.Cloud.Neutron.Rules.Where(r => call.Owns(r.ProjectId)),
            (_, rule) => View(rule));

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "security_group_rule", View(Get(call)));

    public static SandboxResponse Create(Call call)
    {
        var all = call.Body();
        if (!all.ContainsKey("security_group_rules"))
            return NeutronWire.One(call, 201, "security_group_rule", View(Create(call, call.Body("security_group_rule"))));
        var made = all.Objects("security_group_rules").Select(body => View(Create(call, body))).ToList();
        return SandboxResponse.Json(201, new JsonObject { ["security_group_rules"] = made.ToJson() });
    }

    public static SandboxResponse Delete(Call call)
    {
        var rule = Get(call);
        call.Cloud.Neutron.SecurityGroups.Find(rule.GroupId)!.Rules.Remove(rule);
        return SandboxResponse.Empty(204);
    }

    public static JsonObject View(SecurityGroupRule rule)
    {
        var view = NeutronWire.Start(rule);
        view.Remove("name");
        view["security_group_id"] = rule.GroupId;
        view["direction"] = rule.Direction;
        view["ethertype"] = rule.EtherType;
        view["protocol"] = rule.Protocol;
        view["port_range_min"] = rule.PortMin;
        view["port_range_max"] = rule.PortMax;
        view["remote_ip_prefix"] = rule.RemoteIpPrefix;
        view["remote_group_id"] = rule.RemoteGroupId;
        view["remote_address_group_id"] = null;
        view["normalized_cidr"] = rule.RemoteIpPrefix;
        return view;
    }

    static SecurityGroupRule Create(Call call, JsonObject body)
    {
        var group = SecurityGroups.Get(call, body.RequiredText("security_group_id"));
        if (body.Text("direction") is not ("ingress" or "egress"))
            throw ApiFault.Bad($"Invalid input for direction. Reason: '{body.Text("direction")}' is not in ['ingress', 'egress'].");
        if (body.Reference("remote_group_id") is { } remote)
        {
            SecurityGroups.Get(call, remote);
            if (body.Reference("remote_ip_prefix") is not null)
                throw new ApiFault(400,
                    "Only one of remote_ip_prefix, remote_group_id may be provided.", "SecurityGroupMultipleRemoteEntites");
        }
        if (body.Number("port_range_min") is not null && body.Reference("protocol") is null)
            throw new ApiFault(400, "Must also specify protocol if port range is given.", "SecurityGroupProtocolRequiredWithPorts");
        var rule = Read(call, body, group);
        if (group.Rules.Find(known => Same(known, rule)) is { } existing)
            throw new ApiFault(409, $"Security group rule already exists. Rule id is {existing.Id}.", "SecurityGroupRuleExists");
        NeutronWire.Reserve(call, group.ProjectId, "security_group_rule");
        group.Rules.Add(rule);
        return rule;
    }

    static SecurityGroupRule Read(Call call, JsonObject body, SecurityGroup group) => new()
    {
        Id = call.Cloud.Ids.Uuid(),
        ProjectId = group.ProjectId,
        CreatedAt = call.Now,
        UpdatedAt = call.Now,
        Description = body.Text("description") ?? "",
        GroupId = group.Id,
        Direction = body.RequiredText("direction"),
        EtherType = body.Text("ethertype") ?? "IPv4",
        Protocol = body.Reference("protocol")?.ToLowerInvariant(),
        PortMin = body.Number("port_range_min"),
        PortMax = body.Number("port_range_max"),
        RemoteIpPrefix = body.Reference("remote_ip_prefix"),
        RemoteGroupId = body.Reference("remote_group_id"),
    };

    static bool Same(SecurityGroupRule a, SecurityGroupRule b) =>
        (a.Direction, a.EtherType, a.Protocol, a.PortMin, a.PortMax, a.RemoteIpPrefix, a.RemoteGroupId)
        == (b.Direction, b.EtherType, b.Protocol, b.PortMin, b.PortMax, b.RemoteIpPrefix, b.RemoteGroupId);

    static SecurityGroupRule Get(Call call) => call.Cloud.Neutron.Rules.FirstOrDefault(r => r.Id == call["id"] && call.Owns(r.ProjectId))
        ?? throw new ApiFault(404, $"Security group rule {call["id"]} does not exist", "SecurityGroupRuleNotFound");
}
