using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>/servers/{id}/os-volume_attachments</summary>
static class ServerVolumes
{
    public static SandboxResponse List(Call call)
    {
        var server = Servers.GetReachable(call);
        return SandboxResponse.Json(200,
            new JsonObject { ["volumeAttachments"] = server.Disks.Select(d => View(call, server, d)).ToJson() });
    }

    public static SandboxResponse Show(Call call)
    {
        var server = Servers.GetReachable(call);
        return SandboxResponse.Json(200, new JsonObject { ["volumeAttachment"] = View(call, server, Get(call, server)) });
    }

    public static SandboxResponse Attach(Call call)
    {
        var server = Servers.GetReachable(call);
        Servers.RefuseLocked(call, server);
        if (server.VmState is not ("active" or "stopped" or "paused" or "suspended" or "shelved" or "shelved_offloaded"))
            throw ApiFault.Conflict($"Cannot 'attach_volume' instance {server.Id} while it is in vm_state {server.VmState}");
        var body = call.Body("volumeAttachment");
        var id = body.RequiredText("volumeId");
        if (call.Cloud.Cinder.Volumes.Find(id) is not { } known || !call.Owns(known.ProjectId))
            throw ApiFault.NotFound($"Volume {id} could not be found.");
        if (body.ContainsKey("tag") && call.Version < 49)
            throw Servers.Unexpected("tag");
        if (body.ContainsKey("delete_on_termination") && call.Version < 79)
            throw Servers.Unexpected("delete_on_termination");
        if (server.Disks.Any(attached => attached.Volume.Id == id))
            throw ApiFault.Bad($"Invalid volume: volume {id} already attached to instance {server.Id}");
        var volume = BlockDevices.Available(call, id);
        var disk = BlockDevices.Connect(call.Cloud.Cinder, server, volume, false, body.Flag("delete_on_termination") ?? false,
            body.Reference("tag"), server.RootDisk is null);
        server.Actions.Add(new("attach_volume", call.Now, null));
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () =>
        {
            if (server.Disks.Contains(disk))
                call.Cloud.Cinder.Complete(disk.Attachment, disk.Device, server.Host);
        });
        return SandboxResponse.Json(200, new JsonObject { ["volumeAttachment"] = View(call, server, disk) });
    }

    public static SandboxResponse Update(Call call)
    {
        var server = Servers.GetReachable(call);
        var disk = Get(call, server);
        var body = call.Body("volumeAttachment");
        if (call.Version < 85 || body.RequiredText("volumeId") != disk.Volume.Id)
            throw ApiFault.Bad("Swapping volumes is not supported here.");
        disk.IsDeletedOnTermination = body.Flag("delete_on_termination") ?? disk.IsDeletedOnTermination;
        return SandboxResponse.Empty(202);
    }

    public static SandboxResponse Detach(Call call)
    {
        var server = Servers.GetReachable(call);
        Servers.RefuseLocked(call, server);
        var disk = Get(call, server);
        if (disk.IsRoot && server.VmState != "shelved_offloaded")
            throw new ApiFault(403, "Cannot detach a root device volume");
        call.Cloud.Cinder.Change(disk.Volume, "detaching");
        server.Actions.Add(new("detach_volume", call.Now, null));
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () =>
        {
            if (server.Disks.Remove(disk))
                call.Cloud.Cinder.Detach(disk.Attachment);
        });
        return SandboxResponse.Empty(202);
    }

    static Disk Get(Call call, Server server) => server.Disks.Find(d => d.Volume.Id == call["volume"])
        ?? throw ApiFault.NotFound($"Instance {server.Id} is not attached to volume {call["volume"]}");

    static JsonObject View(Call call, Server server, Disk disk)
    {
        var view = new JsonObject { ["volumeId"] = disk.Volume.Id, ["serverId"] = server.Id, ["device"] = disk.Device };
        if (call.Version < 89)
            view["id"] = disk.Volume.Id;
        if (call.Version >= 70)
            view["tag"] = disk.Tag;
        if (call.Version >= 79)
            view["delete_on_termination"] = disk.IsDeletedOnTermination;
        if (call.Version >= 89)
        {
            view["attachment_id"] = disk.Attachment.Id;
            view["bdm_uuid"] = disk.BdmId;
        }
        return view;
    }
}
