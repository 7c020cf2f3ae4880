using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers/{id}/os-interface</summary>
static class ServerInterfaces
{
    public static SandboxResponse List(Call call)
    {
        var server = Servers.GetReachable(call);
        return SandboxResponse.Json(200, new JsonObject { ["interfaceAttachments"] = server.Nics.Select(n => View(call, n)).ToJson() });
    }

    public static SandboxResponse Attach(Call call)
    {
        var server = Servers.GetReachable(call);
        Servers.RefuseLocked(call, server);
        if (server.VmState is not ("active" or "stopped" or "paused"))
            throw ApiFault.Conflict($"Cannot 'attach_interface' instance {server.Id} while it is in vm_state {server.VmState}");
        var body = call.Body("interfaceAttachment");
        var fixedIp = body.Objects("fixed_ips").FirstOrDefault()?.Reference("ip_address");
        var wish = ServerNetworks.ReadOne(call, body.Reference("port_id"), body.Reference("net_id"), fixedIp, body.Reference("tag"));
        var nic = ServerNetworks.Connect(call, server, wish);
        nic.Port.Host = server.Host ?? "";
        nic.Port.Status = "ACTIVE";
        return SandboxResponse.Json(200, new JsonObject { ["interfaceAttachment"] = View(call, nic) });
    }

    public static SandboxResponse Detach(Call call)
    {
        var server = Servers.GetReachable(call);
        Servers.RefuseLocked(call, server);
        var nic = server.Nics.Find(n => n.Port.Id == call["port"]) ?? throw ApiFault.NotFound(
            $"Port id {call["port"]} could not be found.");
        server.Nics.Remove(nic);
        ServerLife.Release(call.Cloud.Nova, nic);
        return SandboxResponse.Empty(202);
    }

    static JsonObject View(Call call, Nic nic)
    {
        var view = new JsonObject
        {
            ["port_id"] = nic.Port.Id,
            ["net_id"] = nic.Port.NetworkId,
            ["mac_addr"] = nic.Port.Mac,
            ["port_state"] = nic.Port.Status,
            ["fixed_ips"] = nic.Port.FixedIps.Select(ip => new JsonObject { ["subnet_id"] = ip.SubnetId,
                ["ip_address"] = ip.Address.ToString() }).ToJson(),
        };
        if (call.Version >= 70)
            view["tag"] = nic.Tag;
        return view;
    }
}
