using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/groups (3.13) and /group_types (3.11): volumes that are snapshotted at one moment.</summary>
static class Groups
{
    public static SandboxResponse ListTypes(Call call)
    {
        Need(call, 11);
        return SandboxResponse.Json(200, new JsonObject { ["group_types"] = call.Cloud.Cinder.GroupTypes.Select(TypeView).ToJson() });
    }

    public static SandboxResponse ShowType(Call call)
    {
        Need(call, 11);
        var type = call.Cloud.Cinder.GroupTypes.Find(call["id"]) ?? throw ApiFault.NotFound($"Group type {call["id"]} could not be found.");
        return SandboxResponse.Json(200, new JsonObject { ["group_type"] = TypeView(type) });
    }

    public static SandboxResponse CreateType(Call call)
    {
        Need(call, 11);
        var body = call.Body("group_type");
        var type = new GroupType { Id = call.Cloud.Ids.Uuid(), Name = body.RequiredText("name") };
        foreach (var (key, value) in body.Map("group_specs"))
            type.Specs[key] = value;
        call.Cloud.Cinder.GroupTypes.Add(type);
        return SandboxResponse.Json(202, new JsonObject { ["group_type"] = TypeView(type) });
    }

    public static SandboxResponse List(Call call, bool isDetailed)
    {
        Need(call, 13);
        var seen = call.Cloud.Cinder.Groups.NewestFirst()
            .Where(g => call.Lists(g.ProjectId) && VolumeView.Fits(call, () => View(call, g, true)));
        return VolumeView.List(call, "groups", call.Path.TrimStart('/'), seen, g => g.Id, g => View(call, g, isDetailed));
    }

    public static SandboxResponse Show(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["group"] = View(call, Get(call, call["id"]), true) });

    public static SandboxResponse Create(Call call)
    {
        Need(call, 13);
        var body = call.Body("group");
        var asked = body.RequiredText("group_type");
        var cinder = call.Cloud.Cinder;
        var group = new VolumeGroup
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = call.ProjectId,
            CreatedAt = call.Now,
            Type = cinder.GroupTypes.Find(asked) ?? cinder.GroupTypes.FirstOrDefault(t => t.Name == asked)
                ?? throw ApiFault.NotFound($"Group type {asked} could not be found."),
            VolumeTypes = [.. body.Texts("volume_types").Select(cinder.FindType)],
            Name = body.Text("name"),
            Description = body.Text("description"),
        };
        cinder.Groups.Add(group);
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () => group.Status = "available");
        return SandboxResponse.Json(202, new JsonObject { ["group"] = View(call, group, false) });
    }

    public static SandboxResponse Update(Call call)
    {
        var group = Get(call, call["id"]);
        var body = call.Body("group");
        foreach (var volume in Named(call, body.Text("add_volumes")))
        {
            if (!group.VolumeTypes.Contains(volume.Type) || volume.GroupId is not null)
                throw ApiFault.Bad(
                    $"Invalid volume: Cannot add volume {volume.Id} to group {group.Id}: wrong type, or in a group already.");
            volume.GroupId = group.Id;
        }
        foreach (var volume in Named(call, body.Text("remove_volumes")))
            volume.GroupId = null;
        group.Name = body.Text("name") ?? group.Name;
        group.Description = body.Text("description") ?? group.Description;
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse Act(Call call)
    {
        var group = Get(call, call["id"]);
        var action = call.Body().Object("delete") ?? throw ApiFault.Bad($"There is no such action: {call.Body().FirstOrDefault().Key}");
        var cinder = call.Cloud.Cinder;
        var members = cinder.Volumes.Where(v => v.GroupId == group.Id).ToList();
        if (members.Count > 0 && action.Flag("delete-volumes") != true)
            throw ApiFault.Bad(
                $"Invalid group: Group {group.Id} still contains volumes. The delete-volumes flag is required to delete it.");
        if (cinder.GroupSnapshots.Any(s => s.GroupId == group.Id))
            throw ApiFault.Bad($"Invalid group: Group {group.Id} has existing group snapshots.");
        foreach (var volume in members)
            cinder.Delete(volume);
        cinder.Groups.Remove(group);
        return SandboxResponse.Empty(202);
    }

    public static VolumeGroup Get(Call call, string id)
    {
        Need(call, 13);
        return call.Cloud.Cinder.Groups.Find(id) is { } group && call.Owns(group.ProjectId)
            ? group
            : throw ApiFault.NotFound($"Group {id} could not be found.");
    }

    public static void Need(Call call, int version)
    {
        if (call.Version < version)
            throw ApiFault.NotFound("The resource could not be found.");
    }

    static List<Volume> Named(Call call, string? ids) =>
        (ids ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(id => Volumes.Get(call, id))
            .ToList();

    static JsonObject TypeView(GroupType type) => new()
    {
        ["id"] = type.Id,
        ["name"] = type.Name,
        ["description"] = null,
        ["is_public"] = true,
        ["group_specs"] = type.Specs.ToJson(),
    };

    static JsonObject View(Call call, VolumeGroup group, bool isDetailed)
    {
        var view = new JsonObject { ["id"] = group.Id, ["name"] = group.Name };
        if (!isDetailed)
            return view;
        view["description"] = group.Description;
        view["status"] = group.Status;
        view["availability_zone"] = Cinder.Zone;
        view["created_at"] = Stamp.Bare(group.CreatedAt);
        view["group_type"] = group.Type.Id;
        view["volume_types"] = group.VolumeTypes.Select(t => t.Id).ToJson();
        view["group_snapshot_id"] = group.SourceGroupSnapshotId;
        view["source_group_id"] = null;
        view["replication_status"] = "disabled";
        if (call.Version >= 25)
            view["volumes"] = call.Cloud.Cinder.Volumes.Where(v => v.GroupId == group.Id).Select(v => v.Id).ToJson();
        if (call.Version >= 58)
            view["project_id"] = group.ProjectId;
        return view;
    }
}
