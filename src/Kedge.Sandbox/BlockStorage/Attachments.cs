using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>
/// /attachments (3.27): made by Nova, or by a host that reads or writes a volume itself. Such a host is told of an NBD export, which the cloud
/// serves once it listens (<see cref="Front.NbdFront"/>), under the attachment's id; no attachment, no export.
/// </summary>
static class Attachments
{
    public static SandboxResponse List(Call call, bool isDetailed)
    {
        NeedVersion(call);
        var seen = call.Cloud.Cinder.Attachments.Where(a => call.Lists(a.Volume.ProjectId) && VolumeView.Fits(call, () => View(call, a, true)));
        return VolumeView.List(call, "attachments", call.Path.TrimStart('/'), seen, a => a.Id, a => View(call, a, isDetailed));
    }

    public static SandboxResponse Show(Call call) => SandboxResponse.Json(200, new JsonObject { ["attachment"] = View(call, Get(call), true) });

    public static SandboxResponse Create(Call call)
    {
        NeedVersion(call);
        var body = call.Body("attachment");
        var volume = Volumes.Get(call, body.RequiredText("volume_uuid"));
        if (volume.Status != "available" && !(volume.Type.IsMultiattach && volume.Status == "in-use"))
            throw ApiFault.Bad($"Invalid volume: Volume {volume.Id} status must be available or downloading to reserve, but the current status is {volume.Status}.");
        var attachment = call.Cloud.Cinder.Reserve(volume, body.Text("instance_uuid"));
        volume.UpdatedAt = call.Now;
        if (body.Object("connector") is { } connector)
            Connect(call, attachment, connector);
        return SandboxResponse.Json(200, new JsonObject { ["attachment"] = View(call, attachment, true) });
    }

    public static SandboxResponse Update(Call call)
    {
        var attachment = Get(call);
        Connect(call, attachment, call.Body("attachment").Object("connector") ?? throw ApiFault.Bad("'connector' is a required property"));
        return SandboxResponse.Json(200, new JsonObject { ["attachment"] = View(call, attachment, true) });
    }

    public static SandboxResponse Act(Call call)
    {
        var attachment = Get(call);
        if (call.Version < 44 || !call.Body().ContainsKey("os-complete"))
            throw ApiFault.NotFound("The resource could not be found.");
        call.Cloud.Cinder.Complete(attachment, attachment.Device, attachment.Host);
        return SandboxResponse.Empty(204);
    }

    static void Connect(Call call, VolumeAttachment attachment, JsonObject connector)
    {
        attachment.Connector = connector;
        attachment.Host = connector.Text("host");
        attachment.Device = connector.Text("mountpoint");
        attachment.AttachedAt = call.Now;
        attachment.Status = "attaching";
        call.Cloud.Cinder.Change(attachment.Volume, "attaching");
    }

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

    static JsonObject View(Call call, VolumeAttachment attachment, bool isDetailed)
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
        view["attached_at"] = attachment.AttachedAt is { } at ? Stamp.Bare(at) : "";
        view["detached_at"] = "";
        view["attach_mode"] = attachment.Volume.IsReadOnly ? "ro" : "rw";
        view["connection_info"] = attachment.Connector is null ? new JsonObject() : ConnectionOf(call.Cloud, attachment);
        return view;
    }

    static JsonObject ConnectionOf(Cloud.CloudState cloud, VolumeAttachment attachment) => new()
    {
        ["driver_volume_type"] = "nbd",
        ["host"] = "127.0.0.1",
        ["port"] = cloud.NbdPort,
        ["export"] = attachment.Id,
        ["volume_id"] = attachment.Volume.Id,
        ["attachment_id"] = attachment.Id,
        ["access_mode"] = attachment.Volume.IsReadOnly ? "ro" : "rw",
        ["encrypted"] = attachment.Volume.Type.Encryption is not null,
    };
}
