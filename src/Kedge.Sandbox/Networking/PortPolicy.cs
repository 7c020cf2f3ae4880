using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>
/// Neutron's default policies of ports: what touches the addressing of a network is for its owner, what touches hosts is for admins. On a
/// network that somebody else shares, a tenant takes what it gets.
/// </summary>
static class PortPolicy
{
    public static void Check(Call call, JsonObject body, Network network, string policy)
    {
        if (call.IsAdmin)
            return;
        if (body.Text("binding:host_id") is { Length: > 0 })
            throw NeutronWire.Denied(policy, "binding:host_id");
        if (body.Object("binding:profile") is { Count: > 0 })
            throw NeutronWire.Denied(policy, "binding:profile");
        if (body.Reference("mac_address") is not null && policy == "update_port")
            throw NeutronWire.Denied(policy, "mac_address");
        if (network.ProjectId == call.ProjectId)
            return;
        if (!call.Cloud.Neutron.IsSharedWith(network, call.ProjectId))
            throw NeutronWire.Denied(policy);
        if (body.Reference("mac_address") is not null)
            throw NeutronWire.Denied(policy, "mac_address");
        if (body.Objects("fixed_ips").Any(ip => ip.Reference("ip_address") is not null))
            throw NeutronWire.Denied(policy, "fixed_ips:ip_address");
        if (body.ContainsKey("port_security_enabled"))
            throw NeutronWire.Denied(policy, "port_security_enabled");
        if (body.List("allowed_address_pairs") is { Count: > 0 })
            throw NeutronWire.Denied(policy, "allowed_address_pairs");
        if (body.Text("device_owner")?.StartsWith("network:", StringComparison.Ordinal) == true)
            throw NeutronWire.Denied(policy, "device_owner");
    }
}
