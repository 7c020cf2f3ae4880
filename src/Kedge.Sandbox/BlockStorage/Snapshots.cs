using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/snapshots</summary>
static class Snapshots
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        var seen = call.Cloud.Cinder.Snapshots.NewestFirst()
            .Where(s => call.Lists(s.ProjectId) && VolumeView.Fits(call, () => View(call, s, true)));
        return VolumeView.List(call, "snapshots", call.Path.TrimStart('/'), seen, s => s.Id, s => View(call, s, isDetailed));
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["snapshot"] = View(call, Get(call, call["id"]), true) });

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("snapshot");
        var volume = Volumes.Get(call, body.RequiredText("volume_id"));
        var force = body.Flag("force");
        if (call.Version >= 66 && force == false)
            throw ApiFault.Bad("Invalid value for 'force'. Since microversion 3.66 only 'True' is accepted.");
        var mayBeInUse = force == true || call.Version >= 66;
        if (volume.Status != "available" && !(volume.Status == "in-use" && mayBeInUse))
            throw ApiFault.Bad($"Invalid volume: Volume {volume.Id} status must be available, but current status is: {volume.Status}.");
        VolumeQuotas.Reserve(call, volume.ProjectId, volume.Type, "snapshots", volume.SizeGibibytes);

        var snapshot = call.Cloud.Cinder.TakeSnapshot(volume, body.Text("name"));
        snapshot.Description = body.Text("description");
        snapshot.Metadata = new(body.Map("metadata"), StringComparer.Ordinal);
        return SandboxResponse.Json(202, new JsonObject { ["snapshot"] = View(call, snapshot, true) });
    }

    public static SandboxResponse Update(Call call)
    {
        var snapshot = Get(call, call["id"]);
        var body = call.Body("snapshot");
        if (body.ContainsKey("name"))
            snapshot.Name = body.Text("name");
        if (body.ContainsKey("description"))
            snapshot.Description = body.Text("description");
        return SandboxResponse.Json(200, new JsonObject { ["snapshot"] = View(call, snapshot, true) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var snapshot = Get(call, call["id"]);
        if (snapshot.Status is not ("available" or "error") || snapshot.GroupSnapshotId is not null)
            throw ApiFault.Bad("Invalid snapshot: Snapshot status must be available or error, and must not belong to a group snapshot.");
        snapshot.Status = "deleting";
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () => call.Cloud.Cinder.Snapshots.Remove(snapshot));
        return SandboxResponse.Empty(202);
    }

    public static Snapshot Get(Call call, string id) =>
        call.Cloud.Cinder.Snapshots.Find(id) is { } snapshot && call.Owns(snapshot.ProjectId)
        ? snapshot
        : throw ApiFault.NotFound($"Snapshot {id} could not be found.");

    public static JsonObject View(Call call, Snapshot snapshot, bool isDetailed)
    {
        var view = new JsonObject
        {
            ["id"] = snapshot.Id,
            ["name"] = snapshot.Name,
            ["description"] = snapshot.Description,
            ["volume_id"] = snapshot.VolumeId,
            ["status"] = snapshot.Status,
            ["size"] = snapshot.SizeGibibytes,
            ["created_at"] = Stamp.Bare(snapshot.CreatedAt),
            ["updated_at"] = Stamp.Bare(snapshot.UpdatedAt),
            ["metadata"] = snapshot.Metadata.ToJson(),
        };
        if (isDetailed)
        {
            view["os-extended-snapshot-attributes:project_id"] = snapshot.ProjectId;
            view["os-extended-snapshot-attributes:progress"] = snapshot.Status == "available" ? "100%" : "0%";
        }
        if (call.Version >= 14)
            view["group_snapshot_id"] = snapshot.GroupSnapshotId;
        if (call.Version >= 41)
            view["user_id"] = snapshot.UserId;
        if (call.Version >= 65)
            view["consumes_quota"] = true;
        return view;
    }
}
