using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>What operators look at: services, zones, pools.</summary>
static class BackEnds
{
    public static SandboxResponse Services(Call call)
    {
        var host = call.Cloud.Cinder.BackupHost;
        (string Binary, string Host)[] services = [("cinder-scheduler", host), ("cinder-volume", host + "@lvm"), ("cinder-backup", host)];
        return SandboxResponse.Json(200, new JsonObject
        {
            ["services"] = services.Select(s => new JsonObject
            {
                ["binary"] = s.Binary,
                ["host"] = s.Host,
                ["zone"] = Cinder.Zone,
                ["status"] = "enabled",
                ["state"] = "up",
                ["updated_at"] = Stamp.Bare(call.Now),
                ["disabled_reason"] = null,
                ["cluster"] = null,
                ["replication_status"] = "disabled",
                ["active_backend_id"] = null,
                ["frozen"] = false,
                ["backend_state"] = "up",
            }).ToJson(),
        });
    }

    public static SandboxResponse Zones(Call _) => SandboxResponse.Json(200, new JsonObject
    {
        ["availabilityZoneInfo"] = new JsonArray(new JsonObject
        {
            ["zoneName"] = Cinder.Zone,
            ["zoneState"] = new JsonObject { ["available"] = true },
        }),
    });

    public static SandboxResponse Pools(Call call) => SandboxResponse.Json(200, new JsonObject
    {
        ["pools"] = new JsonArray(new JsonObject
        {
            ["name"] = call.Cloud.Cinder.Host,
            ["capabilities"] = new JsonObject { ["volume_backend_name"] = "lvm", ["total_capacity_gb"] = "infinite",
                ["free_capacity_gb"] = "infinite" },
        }),
    });
}
