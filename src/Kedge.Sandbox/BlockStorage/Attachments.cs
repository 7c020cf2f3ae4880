using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>/attachments (3.27); they are made by Nova.</summary>
static class Attachments
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        NeedVersion(call);
        var seen = call.Cloud.Cinder.Attachments.Where(a => call.Lists(a.Volume.ProjectId) && VolumeView.Fits(call, () => View(a, true)));
        return VolumeView.List(call, "attachments", call.Path.TrimStart('/'), seen, a => a.Id, a => View(a, isDetailed));
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, new JsonObject { ["attachment"] = View(Get(call), true) });

    public static SandboxResponse Delete(Call call)
    {
        call.Cloud.Cinder.Detach(Get(call));
        return SandboxResponse.Json(200, new JsonObject { ["attachments"] = new JsonArray() });
    }

    static VolumeAttachment Get(Call call)
    {
        NeedVersion(call);
        return call.Cloud.Cinder.Attachments.Find(call["id"]) is { } attachment && call.Owns(attachment.Volume.ProjectId)
            ? attachment
            : throw ApiFault.NotFound($"Volume attachment could not be found with filter: attachment_id = {call["id"]}.");
    }

    static void NeedVersion(Call call)
    {
        if (call.Version < 27)
            throw ApiFault.NotFound("The resource could not be found.");
    }

    static JsonObject View(VolumeAttachment attachment, bool isDetailed)
    {
        var view = new JsonObject
        {
            ["id"] = attachment.Id,
            ["status"] = attachment.Status,
            ["instance"] = attachment.ServerId,
            ["volume_id"] = attachment.Volume.Id,
        };
        if (!isDetailed)
            return view;
        view["attached_at"] = Stamp.Bare(attachment.AttachedAt);
        view["detached_at"] = null;
        view["attach_mode"] = attachment.Volume.IsReadOnly ? "ro" : "rw";
        view["connection_info"] = new JsonObject();
        return view;
    }
}
