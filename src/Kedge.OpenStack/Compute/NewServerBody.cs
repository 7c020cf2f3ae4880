using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Compute;

/// <summary>Writes a new server, and finds the lowest microversion that carries it.</summary>
static class NewServerBody
{
    public static VersionRange VersionsFor(NewServer server) => server switch
    {
        { Hostname: { } name } when name.Contains('.', StringComparison.Ordinal) => Exactly(2, 94, "a host name with dots"),
        { Hostname: not null } => Exactly(2, 90, "a host name"),
        { Host: not null } or { HypervisorHostname: not null } => Exactly(2, 74, "a requested host"),
        { BlockDevices: { } devices } when devices.Any(device => device.VolumeType is not null) => Exactly(2, 67, "the type of a volume made at boot"),
        { TrustedImageCertificates: not null } => Exactly(2, 63, "trusted image certificates"),
        { Tags: not null and not [] } => Exactly(2, 52, "tags of a new server"),
        _ => Exactly(2, 42, "device tags and explicit networks of a new server"),
    };

    public static JsonNode Of(NewServer server)
    {
        var body = JsonSerializer.SerializeToNode(server, ComputeJson.Default.NewServer)!.AsObject();
        body.Remove("ports");
        body["networks"] = server.Ports is [] ? "none" : new JsonArray([.. server.Ports.Select(Interface)]);
        if (server.Tags is [])
            body.Remove("tags");
        var hints = new JsonObject();
        foreach (var (name, value) in server.SchedulerHints ?? Wire.Empty.Texts)
            hints[name] = value;
        if (server.Group is { } group)
            hints["group"] = group.Value;
        var envelope = new JsonObject { ["server"] = body };
        if (hints.Count > 0)
            envelope["OS-SCH-HNT:scheduler_hints"] = hints;
        return envelope;
    }

    static JsonNode? Interface(ServerPort port)
    {
        var network = new JsonObject { ["port"] = port.Port.Value };
        if (port.Tag is { } tag)
            network["tag"] = tag;
        return network;
    }

    static VersionRange Exactly(int major, int minor, string need) => VersionRange.Exactly(new(major, minor), need);
}
