using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Networking;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <param name="Port">A port of the caller's; Nova binds it, and gives it back when the server goes.</param>
/// <param name="Network">Where Nova makes a port itself, and deletes it with the server.</param>
/// <param name="FixedIp">The address that such a port shall get.</param>
/// <param name="Tag">Device tag.</param>
sealed record NicWish(Port? Port, Network? Network, string? FixedIp, string? Tag);

/// <summary>The part <c>networks</c> of a new server, and of an interface that is attached later.</summary>
static class ServerNetworks
{
    public static List<NicWish> Read(Call call, JsonObject body)
    {
        if (body["networks"] is JsonValue word && word.GetValueKind() == JsonValueKind.String)
            return word.GetValue<string>() == "none" && call.Version >= 37 ? [] : Automatic(call);
        if (body.List("networks") is null)
            return call.Version >= 37 ? throw ApiFault.Bad(
                "Invalid input for field/attribute server. 'networks' is a required property") : Automatic(call);
        var wishes = body.Objects("networks")
            .Select(w => ReadOne(call, w.Reference("port"), w.Reference("uuid"), w.Reference("fixed_ip"), w.Reference("tag")))
            .ToList();
        if (wishes.Where(w => w.Port is not null).GroupBy(w => w.Port!.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw ApiFault.Bad($"Port {twice.Key} was given twice.");
        return wishes;
    }

    public static NicWish ReadOne(Call call, string? portId, string? networkId, string? fixedIp, string? tag)
    {
        if (portId is not null)
            return new(FreePort(call, portId), null, null, tag);
        var network = networkId is null ? null : call.Cloud.Neutron.Networks.Find(networkId);
        if (network is null || !call.Cloud.Neutron.MaySee(call, network))
            throw ApiFault.Bad($"Network {networkId} could not be found.");
        if (network.IsExternal && !call.IsAdmin && !network.IsShared)
            throw new ApiFault(403, $"It is not allowed to create an interface on external network {network.Id}");
        if (network.SubnetIds.Count == 0)
            throw ApiFault.Bad($"Network {network.Id} requires a subnet in order to boot instances on.");
        return new(null, network, fixedIp, tag);
    }

    public static void Connect(Call call, Server server, List<NicWish> wishes, List<string> securityGroups)
    {
        server.SecurityGroupNames.AddRange(securityGroups.Count > 0 ? securityGroups : ["default"]);
        foreach (var wish in wishes)
            Connect(call, server, wish);
    }

    public static Nic Connect(Call call, Server server, NicWish wish)
    {
        var port = wish.Port ?? MakePort(call, server, wish);
        port.DeviceId = server.Id;
        port.DeviceOwner = "compute:" + Nova.Zone;
        var nic = new Nic(port, wish.Port is null, port.DnsName.Length == 0, wish.Tag);
        if (nic.IsDnsNameOurs)
            port.DnsName = server.Hostname;
        server.Nics.Add(nic);
        return nic;
    }

    /// <summary>The one network of the project, as <c>auto</c> and old clients mean it.</summary>
    static List<NicWish> Automatic(Call call)
    {
        var own = call.Cloud.Neutron.Networks.Where(n => n.ProjectId == call.ProjectId && !n.IsExternal).ToList();
        return own.Count switch
        {
            0 => [],
            1 => [new(null, own[0], null, null)],
            _ => throw ApiFault.Conflict("Multiple possible networks found, use a Network ID to be more specific."),
        };
    }

    static Port FreePort(Call call, string id)
    {
        var port = call.Cloud.Neutron.Ports.Find(id);
        if (port is null || !call.Owns(port.ProjectId))
            throw ApiFault.Bad($"Port {id} could not be found.");
        if (port.DeviceId.Length > 0)
            throw ApiFault.Conflict($"Port {id} is still in use.");
        return port.FixedIps.Count > 0 ? port : throw ApiFault.Bad($"Port {id} requires a FixedIP in order to be used.");
    }

    static Port MakePort(Call call, Server server, NicWish wish)
    {
        var body = new JsonObject { ["network_id"] = wish.Network!.Id };
        if (wish.FixedIp is not null)
            body["fixed_ips"] = new JsonArray(new JsonObject { ["ip_address"] = wish.FixedIp });
        if (wish.Network.HasPortSecurity)
            body["security_groups"] = server.SecurityGroupNames.Select(name => GroupId(call, name)).ToJson();
        return PortCreation.Create(call, body);
    }

    static string GroupId(Call call, string name)
    {
        call.Cloud.Neutron.DefaultGroup(call.ProjectId);
        var found = call.Cloud.Neutron.SecurityGroups.Where(g => g.ProjectId == call.ProjectId && (g.Name == name || g.Id == name))
            .ToList();
        return found.Count switch
        {
            1 => found[0].Id,
            0 => throw ApiFault.Bad($"Security group {name} not found for project {call.ProjectId}."),
            _ => throw ApiFault.Conflict($"Multiple security_group matches found for name '{name}', use an ID to be more specific."),
        };
    }
}
