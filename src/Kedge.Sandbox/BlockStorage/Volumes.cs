using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/volumes: list, show, update, delete.</summary>
static class Volumes
{
    static readonly string[] deletable = ["available", "error", "error_restoring", "error_extending", "error_managing"];

    public static SandboxResponse List(Call call, Func<Call, Volume, JsonObject> view)
    {
        var seen = call.Cloud.Cinder.Volumes.NewestFirst()
            .Where(v => call.Lists(v.ProjectId) && VolumeView.Fits(call, () => VolumeView.Detail(call, v)));
        return VolumeView.List(call, "volumes", call.Path.TrimStart('/'), seen, v => v.Id, v => view(call, v));
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["volume"] = VolumeView.Detail(call, Get(call, call["id"])) });

    public static SandboxResponse Update(Call call)
    {
        var volume = Get(call, call["id"]);
        var body = call.Body("volume");
        if (body.ContainsKey("name"))
            volume.Name = body.Text("name");
        if (body.ContainsKey("description"))
            volume.Description = body.Text("description");
        if (body.ContainsKey("metadata"))
            volume.Metadata = new(body.Map("metadata"), StringComparer.Ordinal);
        volume.UpdatedAt = call.Now;
        return SandboxResponse.Json(200, new JsonObject { ["volume"] = VolumeView.Detail(call, volume) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var volume = Get(call, call["id"]);
        var cinder = call.Cloud.Cinder;
        var snapshots = cinder.Snapshots.Where(s => s.VolumeId == volume.Id).ToList();
        var isForced = call.Query.Flag("force") && call.IsAdmin;
        if ((!deletable.Contains(volume.Status) && !isForced) || volume.Attachments.Count > 0 || volume.GroupId is not null
            || (snapshots.Count > 0 && !call.Query.Flag("cascade")))
            throw ApiFault.Bad(
                "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing "
                + "and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots "
                + "after volume transfer.");
        foreach (var snapshot in snapshots)
            cinder.Snapshots.Remove(snapshot);
        cinder.Delete(volume);
        return SandboxResponse.Empty(202);
    }

    public static Volume Get(Call call, string id) => call.Cloud.Cinder.Volumes.Find(id) is { } volume && call.Owns(volume.ProjectId)
        ? volume
        : throw ApiFault.NotFound($"Volume {id} could not be found.");
}
