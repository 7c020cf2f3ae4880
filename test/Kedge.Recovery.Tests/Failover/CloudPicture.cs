using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Sandbox;

namespace Kedge.Recovery.Tests.Failover;

/// <summary>
/// All that a cloud holds, as text that is equal for two clouds with the same things in them: without ids, times and what a cloud chooses by
/// chance; things are called by their kind and name, or by the mark of the step that made them.
/// </summary>
static class CloudPicture
{
    static readonly ResourceKind[] Kinds =
    [
        ResourceKind.Server, ResourceKind.KeyPair, ResourceKind.ServerGroup, ResourceKind.Volume, ResourceKind.Backup, ResourceKind.Image, ResourceKind.Network,
        ResourceKind.Subnet, ResourceKind.Port, ResourceKind.Router, ResourceKind.SecurityGroup, ResourceKind.FloatingIp,
    ];

    /// <summary>Chosen by the cloud or told by the clock.</summary>
    static readonly HashSet<string> Chosen =
    [
        "created", "created_at", "updated", "updated_at", "revision_number", "launched_at", "OS-SRV-USG:launched_at", "hostId", "OS-EXT-SRV-ATTR:host",
        "OS-EXT-SRV-ATTR:hypervisor_hostname", "OS-EXT-SRV-ATTR:instance_name", "OS-EXT-SRV-ATTR:reservation_id", "binding:host_id", "attachment_id", "attached_at", "links",
        "floating_ip_address", "external_fixed_ips", "standard_attr_id", "segments", "dns_assignment", "provider:segmentation_id", "host_name", "addresses", "binding:profile", "device", "id",
    ];

    public static string Of(SandboxCloud cloud, string run)
    {
        var all = Kinds.SelectMany(kind => cloud.World.List(kind).Select(resource => (Kind: kind, Resource: resource))).ToList();
        var names = all.Where(r => r.Resource["id"] is not null).DistinctBy(r => r.Resource["id"]!.ToString()).ToDictionary(r => r.Resource["id"]!.ToString(), r => NameOf(r.Kind, r.Resource));
        var lines = all.Select(r => $"{r.Kind} {Plain(r.Resource, names, run)!.ToJsonString()}");
        var volumes = all.Where(r => r.Kind is ResourceKind.Volume).Select(r => r.Resource["id"]!.ToString())
            .Select(id => $"bytes of {Renamed(names[id], names, run)}: {cloud.World.FingerprintVolume(id)}");
        return string.Join('\n', lines.Concat(volumes).Order(StringComparer.Ordinal));
    }

    static string NameOf(ResourceKind kind, JsonObject resource)
    {
        var marked = resource["metadata"]?["kedge_step"]?.ToString() ?? resource["tags"]?.ToJsonString();
        var address = resource["fixed_ips"]?.AsArray().FirstOrDefault()?["ip_address"]?.ToString();
        return $"<{kind} {resource["name"]} {marked} {(resource["device_owner"]?.ToString() is "network:router_gateway" ? "gateway" : address)}>";
    }

    static string Renamed(string line, Dictionary<string, string> names, string run)
    {
        var text = new StringBuilder(line);
        foreach (var (id, name) in names)
            text.Replace(id, name);
        return text.Replace(run, "RUN").ToString();
    }

    /// <summary>Without what is chosen; lists in the order of their text, since a cloud has no order.</summary>
    static JsonNode? Plain(JsonNode? node, Dictionary<string, string> names, string run) => node switch
    {
        JsonObject json => new JsonObject(json.Where(p => !Chosen.Contains(p.Key) && !IsTheClouds(p.Key, json["device_owner"]?.ToString() ?? ""))
            .OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Plain(p.Value, names, run)))),
        JsonArray array => new JsonArray([.. array.Select(item => Plain(item, names, run)).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => JsonValue.Create(Renamed(value.GetValue<string>(), names, run)),
        _ => node?.DeepClone(),
    };

    /// <summary>Of ports that the cloud makes for itself.</summary>
    static bool IsTheClouds(string field, string owner) => (field, owner) switch
    {
        ("mac_address", _) => owner.StartsWith("network:", StringComparison.Ordinal),
        ("fixed_ips", "network:router_gateway" or "network:floatingip") => true,
        ("device_id", "network:dhcp") => true,
        _ => false,
    };
}
