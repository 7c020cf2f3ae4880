using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>What this Neutron can do, by alias; and agents and zones.</summary>
static class Extensions
{
    static readonly string[] aliases =
    [
        "agent", "allowed-address-pairs", "availability_zone", "binding", "dhcp_agent_scheduler", "dns-integration", "external-net",
        "extra_dhcp_opt", "extraroute", "extraroute-atomic", "fip-port-details", "filter-validation", "ip_allocation", "net-mtu",
        "net-mtu-writable",
        "network_availability_zone", "pagination", "port-security", "project-id", "provider", "quota_details", "quotas", "rbac-policies",
        "revision-if-match", "router", "router_availability_zone", "security-group", "sorting", "standard-attr-description",
        "standard-attr-revisions", "standard-attr-tag", "standard-attr-timestamp", "stateful-security-group", "subnet_allocation",
    ];

    public static SandboxResponse List(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["extensions"] = aliases.Select(View).ToJson() });

    public static SandboxResponse Show(Call call) => aliases.Contains(call["alias"])
        ? SandboxResponse.Json(200, new JsonObject { ["extension"] = View(call["alias"]) })
        : throw new ApiFault(404, $"Extension with alias {call["alias"]} does not exist", "HTTPNotFound");

    public static SandboxResponse Agents(Call call)
    {
        var host = $"{call.Cloud.Settings.Name}-network";
        return SandboxResponse.Json(200, new JsonObject
        {
            ["agents"] = ((string[])["DHCP agent", "L3 agent", "Linux bridge agent", "Metadata agent"]).Select((type, i) => new JsonObject
            {
                ["id"] = $"00000000-0000-4000-8000-00000000000{i}",
                ["agent_type"] = type,
                ["host"] = host,
                ["availability_zone"] = "nova",
                ["alive"] = true,
                ["admin_state_up"] = true,
                ["binary"] = "neutron-" + type.Split(' ')[0].ToLowerInvariant() + "-agent",
                ["heartbeat_timestamp"] = Stamp.Seconds(call.Now),
            }).ToJson(),
        });
    }

    public static SandboxResponse Zones(Call call) => SandboxResponse.Json(200, new JsonObject
    {
        ["availability_zones"] = ((string[])["network", "router"]).Select(kind => new JsonObject
        {
            ["name"] = "nova",
            ["resource"] = kind,
            ["state"] = "available",
        }).ToJson(),
    });

    static JsonObject View(string alias) => new()
    {
        ["alias"] = alias,
        ["name"] = alias,
        ["description"] = "",
        ["updated"] = "2020-01-01T00:00:00-00:00",
        ["links"] = new JsonArray(),
    };
}
