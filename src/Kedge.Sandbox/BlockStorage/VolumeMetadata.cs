using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/volumes/{id}/metadata</summary>
static class VolumeMetadata
{
    public static SandboxResponse List(Call call) => View(Volumes.Get(call, call["id"]));

    public static SandboxResponse Add(Call call)
    {
        var volume = Volumes.Get(call, call["id"]);
        foreach (var (key, value) in call.Body().Map("metadata"))
            volume.Metadata[key] = value;
        return View(volume);
    }

    public static SandboxResponse Replace(Call call)
    {
        var volume = Volumes.Get(call, call["id"]);
        volume.Metadata = new(call.Body().Map("metadata"), StringComparer.Ordinal);
        return View(volume);
    }

    public static SandboxResponse Remove(Call call)
    {
        if (!Volumes.Get(call, call["id"]).Metadata.Remove(call["key"]))
            throw ApiFault.NotFound($"Volume {call["id"]} has no metadata with key {call["key"]}.");
        return SandboxResponse.Empty(200);
    }

    static SandboxResponse View(Volume volume) => SandboxResponse.Json(200, new JsonObject { ["metadata"] = volume.Metadata.ToJson() });
}
