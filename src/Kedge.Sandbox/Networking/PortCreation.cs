using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>POST /ports, one or many.</summary>
static class PortCreation
{
    public static SandboxResponse Create(Call call)
    {
        var all = call.Body();
        if (!all.ContainsKey("ports"))
            return NeutronWire.One(call, 201, "port", Ports.View(call, Create(call, call.Body("port"))));
        var made = new List<Port>();
        try
        {
            foreach (var body in all.Objects("ports"))
                made.Add(Create(call, body));
        }
        catch (ApiFault)
        {
            made.ForEach(call.Cloud.Neutron.Remove);
            throw;
        }
        return SandboxResponse.Json(201, new JsonObject { ["ports"] = made.Select(port => Ports.View(call, port)).ToJson() });
    }

    /// <summary>Also what Nova does for a server that was given a network and no port.</summary>
    public static Port Create(Call call, JsonObject body)
    {
        var network = Networks.Get(call, body.RequiredText("network_id"));
        var project = NeutronWire.ProjectFor(call, body, "create_port");
        PortPolicy.Check(call, body, network, "create_port");
        NeutronWire.Reserve(call, project, "port");

        var port = new Port
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = project,
            NetworkId = network.Id,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            HasPortSecurity = body.Flag("port_security_enabled") ?? network.HasPortSecurity,
        };
        port.Mac = Mac(call, body, network);
        var addresses = call.Cloud.Neutron.Addresses.Choose(network, body.List("fixed_ips"), port.Mac, []);
        port.SecurityGroupIds = Groups(call, body, port, project);
        Set(port, body);
        network.Macs.Add(port.Mac);
        call.Cloud.Neutron.Addresses.Take(port, addresses);
        call.Cloud.Neutron.Ports.Add(port);
        return port;
    }

    /// <summary>What can be set at any time.</summary>
    public static void Set(Port port, JsonObject body)
    {
        NeutronWire.Rename(body, port);
        port.IsAdminUp = body.Flag("admin_state_up") ?? port.IsAdminUp;
        port.DeviceId = body.Text("device_id") ?? port.DeviceId;
        port.DeviceOwner = body.Text("device_owner") ?? port.DeviceOwner;
        port.VnicType = body.Text("binding:vnic_type") ?? port.VnicType;
        port.Host = body.Text("binding:host_id") ?? port.Host;
        port.Profile = (JsonObject?)body.Object("binding:profile")?.DeepClone() ?? port.Profile;
        port.DnsName = body.Text("dns_name") ?? port.DnsName;
        port.DnsDomain = body.Text("dns_domain") ?? port.DnsDomain;
        port.QosPolicyId = body.Reference("qos_policy_id") ?? port.QosPolicyId;
        port.ExtraDhcpOptions = (JsonArray?)body.List("extra_dhcp_opts")?.DeepClone() ?? port.ExtraDhcpOptions;
        if (body.List("allowed_address_pairs") is not null)
            port.AddressPairs = Pairs(port, body);
        if (!port.HasPortSecurity && port.AddressPairs.Count > 0)
            throw new ApiFault(409,
                "Port Security must be enabled in order to have allowed address pairs on a port.", "AddressPairAndPortSecurityRequired");
        if (!port.HasPortSecurity && port.SecurityGroupIds.Count > 0)
            throw new ApiFault(409,
                "Port has security group associated. Cannot disable port security or IP address until security group is removed.",
                "PortSecurityPortHasSecurityGroup");
    }

    public static string Mac(Call call, JsonObject body, Network network)
    {
        if (body.Reference("mac_address") is not { } asked)
            return call.Cloud.Neutron.Addresses.NewMac(network);
        var mac = asked.ToLowerInvariant();
        if (mac.Split(':') is not { Length: 6 } parts || !parts.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit)))
            throw new ApiFault(400, $"Invalid input for mac_address. Reason: '{asked}' is not a valid MAC address.", "HTTPBadRequest");
        return network.Macs.Contains(mac)
            ? throw new ApiFault(409,
                $"Unable to complete operation for network {network.Id}. The mac address {mac} is in use.", "MacAddressInUse")
            : mac;
    }

    static List<string> Groups(Call call, JsonObject body, Port port, string project)
    {
        if (body.List("security_groups") is not null)
            return KnownGroups(call, body);
        return port.HasPortSecurity ? [call.Cloud.Neutron.DefaultGroup(project).Id] : [];
    }

    public static List<string> KnownGroups(Call call, JsonObject body)
    {
        var asked = body.Texts("security_groups").Distinct().ToList();
        foreach (var id in asked)
            SecurityGroups.Get(call, id);
        return asked;
    }

    static JsonArray Pairs(Port port, JsonObject body) => body.Objects("allowed_address_pairs").Select(pair => new JsonObject
    {
        ["ip_address"] = pair.RequiredText("ip_address"),
        ["mac_address"] = pair.Reference("mac_address")?.ToLowerInvariant() ?? port.Mac,
    }).ToJson();
}
