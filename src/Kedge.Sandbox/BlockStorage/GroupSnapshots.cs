using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/group_snapshots (3.14): one moment of all volumes of a group.</summary>
static class GroupSnapshots
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        Groups.Need(call, 14);
        var seen = call.Cloud.Cinder.GroupSnapshots.NewestFirst()
            .Where(s => call.Lists(s.ProjectId) && VolumeView.Fits(call, () => View(call, s, true)));
        return VolumeView.List(call, "group_snapshots", call.Path.TrimStart('/'), seen, s => s.Id, s => View(call, s, isDetailed));
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["group_snapshot"] = View(call, Get(call), true) });

    public static SandboxResponse Create(Call call)
    {
        Groups.Need(call, 14);
        var body = call.Body("group_snapshot");
        var group = Groups.Get(call, body.RequiredText("group_id"));
        var cinder = call.Cloud.Cinder;
        var members = cinder.Volumes.Where(v => v.GroupId == group.Id).ToList();
        if (members.Count == 0)
            throw ApiFault.Bad("Invalid group: Source group is empty. No group snapshot will be created.");
        if (members.Find(v => v.Status is not ("available" or "in-use")) is { } unfit)
            throw ApiFault.Bad($"Invalid volume: Snapshot cannot be created, because volume {unfit.Id} is currently {unfit.Status}.");
        foreach (var volume in members)
            VolumeQuotas.Reserve(call, call.ProjectId, volume.Type, "snapshots", volume.SizeGibibytes);

        var snapshot = new GroupSnapshot
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            GroupId = group.Id,
            Type = group.Type,
            CreatedAt = call.Now,
            Name = body.Text("name"),
            Description = body.Text("description"),
        };
        cinder.GroupSnapshots.Add(snapshot);
        foreach (var volume in members)
            cinder.TakeSnapshot(volume, snapshot.Name, snapshot.Id);
        call.Cloud.In(call.Cloud.Latencies.Snapshot, () => snapshot.Status = "available");
        return SandboxResponse.Json(202, new JsonObject { ["group_snapshot"] = View(call, snapshot, false) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var snapshot = Get(call);
        var cinder = call.Cloud.Cinder;
        snapshot.Status = "deleting";
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () =>
        {
            foreach (var member in cinder.Snapshots.Where(s => s.GroupSnapshotId == snapshot.Id).ToList())
                cinder.Snapshots.Remove(member);
            cinder.GroupSnapshots.Remove(snapshot);
        });
        return SandboxResponse.Empty(202);
    }

    static GroupSnapshot Get(Call call)
    {
        Groups.Need(call, 14);
        return call.Cloud.Cinder.GroupSnapshots.Find(call["id"]) is { } snapshot && call.Owns(snapshot.ProjectId)
            ? snapshot
            : throw ApiFault.NotFound($"GroupSnapshot {call["id"]} could not be found.");
    }

    static JsonObject View(Call call, GroupSnapshot snapshot, bool isDetailed)
    {
        var view = new JsonObject { ["id"] = snapshot.Id, ["name"] = snapshot.Name, ["group_type_id"] = snapshot.Type.Id };
        if (!isDetailed)
            return view;
        view["group_id"] = snapshot.GroupId;
        view["status"] = snapshot.Status;
        view["description"] = snapshot.Description;
        view["created_at"] = Stamp.Bare(snapshot.CreatedAt);
        if (call.Version >= 58)
            view["project_id"] = snapshot.ProjectId;
        return view;
    }
}
