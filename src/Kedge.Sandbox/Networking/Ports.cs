using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>/ports: list, show, delete.</summary>
static class Ports
{
    public static SandboxResponse List(Call call) => NeutronWire.List(call, "ports", Candidates(call).Where(p => MaySee(call, p)), View);

    public static SandboxResponse Show(Call call) => NeutronWire.One(call, 200, "port", View(call, Get(call, call["id"])));

    public static SandboxResponse Delete(Call call)
    {
        var port = Get(call, call["id"]);
        if (port.DeviceOwner is "network:router_interface" or "network:router_gateway" or "network:floatingip")
            throw new ApiFault(409,
                $"Port {port.Id} cannot be deleted directly via the port API: has device owner {port.DeviceOwner}.", "ServicePortInUse");
        call.Cloud.Nova.ForgetPort(port);
        call.Cloud.Neutron.Remove(port);
        return SandboxResponse.Empty(204);
    }

    public static Port Get(Call call, string id) => call.Cloud.Neutron.Ports.Find(id) is { } port && MaySee(call, port)
        ? port
        : throw NeutronWire.NotFound("Port", id);

    public static JsonObject View(Call call, Port port)
    {
        var view = NeutronWire.Start(port);
        view["network_id"] = port.NetworkId;
        view["mac_address"] = port.Mac;
        view["admin_state_up"] = port.IsAdminUp;
        view["status"] = port.Status;
        view["device_id"] = port.DeviceId;
        view["device_owner"] = port.DeviceOwner;
        view["fixed_ips"] = port.FixedIps.Select(View).ToJson();
        view["allowed_address_pairs"] = port.AddressPairs.DeepClone();
        view["extra_dhcp_opts"] = port.ExtraDhcpOptions.DeepClone();
        view["security_groups"] = port.SecurityGroupIds.ToJson();
        view["port_security_enabled"] = port.HasPortSecurity;
        view["binding:vnic_type"] = port.VnicType;
        view["dns_name"] = port.DnsName;
        view["dns_domain"] = port.DnsDomain;
        view["dns_assignment"] = port.FixedIps.Select(ip => DnsOf(port, ip)).ToJson();
        view["qos_policy_id"] = port.QosPolicyId;
        view["qos_network_policy_id"] = null;
        view["resource_request"] = null;
        view["ip_allocation"] = port.FixedIps.Count > 0 ? "immediate" : "none";
        view["propagate_uplink_status"] = true;
        if (!call.IsAdmin)
            return view;
        view["binding:host_id"] = port.Host;
        view["binding:profile"] = port.Profile.DeepClone();
        view["binding:vif_type"] = port.Host.Length == 0 ? "unbound" : "bridge";
        view["binding:vif_details"] = new JsonObject();
        return view;
    }

    static JsonObject View(FixedIp ip) => new() { ["subnet_id"] = ip.SubnetId, ["ip_address"] = ip.Address.ToString() };

    static JsonObject DnsOf(Port port, FixedIp ip)
    {
        var name = port.DnsName.Length > 0 ? port.DnsName : "host-" + ip.Address.ToString().Replace('.', '-').Replace(':', '-');
        return new JsonObject { ["hostname"] = name, ["ip_address"] = ip.Address.ToString(), ["fqdn"] = name + ".openstacklocal." };
    }

    static bool MaySee(Call call, Port port) =>
        call.Owns(port.ProjectId) || call.Cloud.Neutron.Networks.Find(port.NetworkId)?.ProjectId == call.ProjectId;

    /// <summary>Most lists ask for one server's or one network's ports.</summary>
    static IEnumerable<Port> Candidates(Call call)
    {
        IEnumerable<Port> ports = call.Cloud.Neutron.Ports;
        if (call.Query.All("device_id").ToList() is { Count: > 0 } devices)
            ports = ports.Where(p => devices.Contains(p.DeviceId));
        if (call.Query.All("network_id").ToList() is { Count: > 0 } networks)
            ports = ports.Where(p => networks.Contains(p.NetworkId));
        if (call.Query.All("mac_address").ToList() is { Count: > 0 } macs)
            ports = ports.Where(p => macs.Contains(p.Mac, StringComparer.OrdinalIgnoreCase));
        return ports;
    }
}
