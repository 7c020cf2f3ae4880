using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/types</summary>
static class VolumeTypes
{
    public static SandboxResponse List(Call call)
    {
        var seen = call.Cloud.Cinder.Types.Where(t => (call.IsAdmin || t.IsPublic) && (call.Query.First("name") ?? t.Name) == t.Name);
        return VolumeView.List(call, "volume_types", "types", seen, t => t.Id, t => View(call, t));
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, new JsonObject { ["volume_type"] = View(call, Get(call)) });

    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("volume_type");
        var name = body.RequiredText("name");
        if (call.Cloud.Cinder.Types.Any(t => t.Name == name))
            throw ApiFault.Conflict($"Volume Type {name} already exists.");
        var type = new VolumeType
        {
            Id = call.Cloud.Ids.Uuid(),
            Name = name,
            Description = body.Text("description"),
            IsPublic = body.Flag("os-volume-type-access:is_public") ?? true,
        };
        foreach (var (key, value) in body.Map("extra_specs"))
            type.ExtraSpecs[key] = value;
        call.Cloud.Cinder.Types.Add(type);
        return SandboxResponse.Json(200, new JsonObject { ["volume_type"] = View(call, type) });
    }

    public static SandboxResponse Delete(Call call)
    {
        var type = Get(call);
        if (call.Cloud.Cinder.Volumes.Any(v => v.Type == type))
            throw ApiFault.Bad("Target volume type is still in use.");
        call.Cloud.Cinder.Types.Remove(type);
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse ExtraSpecs(Call call) =>
        SandboxResponse.Json(200, new JsonObject { ["extra_specs"] = Visible(call, Get(call)) });

    public static SandboxResponse AddExtraSpecs(Call call)
    {
        var type = Get(call);
        foreach (var (key, value) in call.Body().Map("extra_specs"))
            type.ExtraSpecs[key] = value;
        return SandboxResponse.Json(200, new JsonObject { ["extra_specs"] = type.ExtraSpecs.ToJson() });
    }

    public static SandboxResponse ShowEncryption(Call call) =>
        SandboxResponse.Json(200, (JsonObject?)Get(call).Encryption?.DeepClone() ?? []);

    public static SandboxResponse CreateEncryption(Call call)
    {
        var type = Get(call);
        type.Encryption = (JsonObject)call.Body("encryption").DeepClone();
        type.Encryption["volume_type_id"] = type.Id;
        type.Encryption["encryption_id"] = call.Cloud.Ids.Uuid();
        return SandboxResponse.Json(200, new JsonObject { ["encryption"] = type.Encryption.DeepClone() });
    }

    static VolumeType Get(Call call)
    {
        var cinder = call.Cloud.Cinder;
        var type = call["id"] == "default" ? cinder.DefaultType : cinder.Types.Find(call["id"]);
        return type is not null && (type.IsPublic || call.IsAdmin) ? type : throw ApiFault.NotFound(
            $"Volume type {call["id"]} could not be found.");
    }

    public static JsonObject View(Call call, VolumeType type)
    {
        var view = new JsonObject
        {
            ["id"] = type.Id,
            ["name"] = type.Name,
            ["description"] = type.Description,
            ["is_public"] = type.IsPublic,
            ["os-volume-type-access:is_public"] = type.IsPublic,
            ["extra_specs"] = Visible(call, type),
        };
        if (call.IsAdmin)
            view["qos_specs_id"] = null;
        return view;
    }

    /// <summary>Members see only what concerns them.</summary>
    static JsonObject Visible(Call call, VolumeType type) =>
        type.ExtraSpecs.Where(s => call.IsAdmin || s.Key is "multiattach" or "RESKEY:availability_zones" or "replication_enabled").ToJson();
}
