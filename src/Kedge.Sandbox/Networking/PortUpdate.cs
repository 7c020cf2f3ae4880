using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>PUT /ports/{id}</summary>
static class PortUpdate
{
    public static SandboxResponse Update(Call call)
    {
        var port = Ports.Get(call, call["id"]);
        var neutron = call.Cloud.Neutron;
        var network = neutron.Networks.Find(port.NetworkId)!;
        var body = Changed(call.Body("port"), port);
        PortPolicy.Check(call, body, network, "update_port");
        var mac = body.ContainsKey("mac_address") ? PortCreation.Mac(call, body, network) : port.Mac;
        if (mac != port.Mac && port.DeviceId.Length > 0 && port.Host.Length > 0)
            throw new ApiFault(409,
                $"Unable to complete operation on port {port.Id}, port is already bound, port type: bridge, old_mac {port.Mac}, new_mac {mac}.",
                "PortBound");
        if (body.List("fixed_ips") is { } asked)
        {
            var addresses = neutron.Addresses.Choose(network, asked, mac, port.FixedIps);
            neutron.Addresses.Release(port);
            neutron.Addresses.Take(port, addresses);
        }
        network.Macs.Remove(port.Mac);
        network.Macs.Add(mac);
        port.Mac = mac;
        port.HasPortSecurity = body.Flag("port_security_enabled") ?? port.HasPortSecurity;
        if (body.List("security_groups") is not null)
            port.SecurityGroupIds = PortCreation.KnownGroups(call, body);
        PortCreation.Set(port, body);
        if (port.DeviceId.Length == 0)
            port.Status = "DOWN";
        NeutronWire.Touch(call, port);
        return NeutronWire.One(call, 200, "port", Ports.View(call, port));
    }

    /// <summary>A client may send back the MAC that it read.</summary>
    static JsonObject Changed(JsonObject body, Port port)
    {
        if (string.Equals(body.Text("mac_address"), port.Mac, StringComparison.OrdinalIgnoreCase))
            body.Remove("mac_address");
        return body;
    }
}
