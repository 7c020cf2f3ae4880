using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>Zones, services and hypervisors.</summary>
static class Hosts
{
    public static SandboxResponse Zones(Call call, bool isDetailed)
    {
        var hosts = new JsonObject();
        foreach (var host in call.Cloud.Nova.Hosts)
            hosts[host.Name] = new JsonObject
            {
                ["nova-compute"] = new JsonObject { ["available"] = !host.IsForcedDown, ["active"] = !host.IsDisabled,
                    ["updated_at"] = Stamp.Bare(call.Now) },
            };
        return SandboxResponse.Json(200, new JsonObject
        {
            ["availabilityZoneInfo"] = new JsonArray(new JsonObject
            {
                ["zoneName"] = Nova.Zone,
                ["zoneState"] = new JsonObject { ["available"] = true },
                ["hosts"] = isDetailed ? hosts : null,
            }),
        });
    }

    public static SandboxResponse Services(Call call)
    {
        var wanted = call.Cloud.Nova.Hosts.Select((host, i) => Service(call, host, i))
            .Where(s => (call.Query.First("binary") ?? s.Text("binary")) == s.Text("binary")
                && (call.Query.First("host") ?? s.Text("host")) == s.Text("host"));
        return SandboxResponse.Json(200, new JsonObject { ["services"] = wanted.ToJson() });
    }

    public static SandboxResponse UpdateService(Call call)
    {
        var index = call.Cloud.Nova.Hosts.FindIndex(h => h.ServiceId == call["id"]);
        if (index < 0 || call.Version < 53)
            throw ApiFault.NotFound($"Service {call["id"]} could not be found.");
        var host = call.Cloud.Nova.Hosts[index];
        var body = call.Body();
        host.IsForcedDown = body.Flag("forced_down") ?? host.IsForcedDown;
        host.IsDisabled = body.Text("status") is { } status ? status == "disabled" : host.IsDisabled;
        host.DisabledReason = host.IsDisabled ? body.Text("disabled_reason") ?? host.DisabledReason : null;
        return SandboxResponse.Json(200, new JsonObject { ["service"] = Service(call, host, index) });
    }

    public static SandboxResponse Hypervisors(Call call, bool isDetailed) => SandboxResponse.Json(200, new JsonObject
    {
        ["hypervisors"] = call.Cloud.Nova.Hosts.Select((host, i) => Hypervisor(call, host, i, isDetailed)).ToJson(),
    });

    static JsonObject Service(Call call, ComputeHost host, int index) => new()
    {
        ["id"] = call.Version >= 53 ? host.ServiceId : index + 1,
        ["binary"] = "nova-compute",
        ["host"] = host.Name,
        ["zone"] = Nova.Zone,
        ["status"] = host.IsDisabled ? "disabled" : "enabled",
        ["state"] = host.IsForcedDown ? "down" : "up",
        ["forced_down"] = host.IsForcedDown,
        ["disabled_reason"] = host.DisabledReason,
        ["updated_at"] = Stamp.Bare(call.Now),
    };

    static JsonObject Hypervisor(Call call, ComputeHost host, int index, bool isDetailed)
    {
        var view = new JsonObject
        {
            ["id"] = call.Version >= 53 ? host.ServiceId : index + 1,
            ["hypervisor_hostname"] = host.Name,
            ["state"] = host.IsForcedDown ? "down" : "up",
            ["status"] = host.IsDisabled ? "disabled" : "enabled",
        };
        if (!isDetailed)
            return view;
        view["hypervisor_type"] = "QEMU";
        view["hypervisor_version"] = 8_000_000;
        view["host_ip"] = "192.0.2." + (index + 1);
        view["service"] = new JsonObject
        {
            ["id"] = call.Version >= 53 ? host.ServiceId : index + 1,
            ["host"] = host.Name,
            ["disabled_reason"] = host.DisabledReason,
        };
        return view;
    }
}
