using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.BlockStorage;

/// <summary>POST /volumes/{id}/action</summary>
static class VolumeActions
{
    public static SandboxResponse Do(Call call)
    {
        var volume = Volumes.Get(call, call["id"]);
        var body = call.Body();
        var (name, _) = body.FirstOrDefault();
        var action = body[name ?? ""] as JsonObject ?? [];
        var cinder = call.Cloud.Cinder;
        switch (name)
        {
            case "os-set_bootable":
                volume.IsBootable = action.Flag("bootable") ?? throw ApiFault.Bad("Invalid input for field/attribute bootable.");
                return SandboxResponse.Empty(200);
            case "os-set_image_metadata":
                foreach (var (key, value) in action.Map("metadata"))
                    volume.ImageMetadata[key] = value;
                return SandboxResponse.Json(200, new JsonObject { ["metadata"] = volume.ImageMetadata.ToJson() });
            case "os-unset_image_metadata":
                return volume.ImageMetadata.Remove(action.RequiredText("key"))
                    ? SandboxResponse.Empty(200)
                    : throw ApiFault.NotFound("Metadata does not exist.");
            case "os-show_image_metadata":
                return SandboxResponse.Json(200, new JsonObject { ["metadata"] = volume.ImageMetadata.ToJson() });
            case "os-update_readonly_flag":
                volume.IsReadOnly = action.Flag("readonly") ?? false;
                volume.Metadata["readonly"] = volume.IsReadOnly ? "True" : "False";
                return SandboxResponse.Empty(202);
            case "os-extend":
                return Extend(call, volume, action.Number("new_size") ?? 0);
            case "os-retype":
                volume.Type = cinder.FindType(action.RequiredText("new_type"));
                return SandboxResponse.Empty(202);
            case "os-volume_upload_image":
                return UploadToImage(call, volume, action);
            case "os-reset_status":
                call.NeedAdmin("volume_extension:volume_admin_actions:reset_status");
                cinder.Change(volume, action.Text("status") ?? volume.Status);
                return SandboxResponse.Empty(202);
            case "os-force_delete":
                call.NeedAdmin("volume_extension:volume_admin_actions:force_delete");
                cinder.Delete(volume);
                return SandboxResponse.Empty(202);
            default:
                return Reserve(call, volume, name, action);
        }
    }

    /// <summary>What Nova of old, and people, call around an attachment.</summary>
    static SandboxResponse Reserve(Call call, Volume volume, string? name, JsonObject action)
    {
        var cinder = call.Cloud.Cinder;
        switch (name)
        {
            case "os-reserve" when volume.Status == "available":
                cinder.Change(volume, "attaching");
                break;
            case "os-unreserve" when volume.Status == "attaching":
                cinder.Change(volume, "available");
                break;
            case "os-begin_detaching" when volume.Status == "in-use":
                cinder.Change(volume, "detaching");
                break;
            case "os-roll_detaching" when volume.Status == "detaching":
                cinder.Change(volume, "in-use");
                break;
            case "os-attach":
                cinder.Complete(cinder.Reserve(volume, action.RequiredText("instance_uuid")), action.Text("mountpoint"), null);
                break;
            case "os-detach" or "os-force_detach":
                foreach (var attachment in volume.Attachments.Where(a => (action.Text("attachment_id") ?? a.Id) == a.Id).ToList())
                    cinder.Detach(attachment);
                break;
            case "os-reserve" or "os-unreserve" or "os-begin_detaching" or "os-roll_detaching":
                throw ApiFault.Bad($"Invalid volume: Volume {volume.Id} status {volume.Status} does not allow {name}.");
            default:
                throw ApiFault.Bad($"There is no such action: {name}");
        }
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse Extend(Call call, Volume volume, int newSize)
    {
        if (volume.Status != "available" && !(volume.Status == "in-use" && call.Version >= 42))
            throw ApiFault.Bad(
                $"Invalid volume: Volume {volume.Id} status must be '{{'available'}}' to extend, currently {volume.Status}.");
        if (newSize <= volume.SizeGibibytes)
            throw ApiFault.Bad(
                $"Invalid input received: New size for extend must be greater than current size. (current: {volume.SizeGibibytes}, extended: {newSize}).");
        VolumeQuotas.Reserve(call, volume.ProjectId, volume.Type, null, newSize - volume.SizeGibibytes);
        var before = volume.Status;
        var cinder = call.Cloud.Cinder;
        cinder.Change(volume, "extending");
        call.Cloud.In(call.Cloud.Latencies.VolumeAction, () =>
        {
            volume.SizeGibibytes = newSize;
            volume.Content.Grow(newSize * Volume.BytesPerGibibyte);
            cinder.Change(volume, before);
        });
        return SandboxResponse.Empty(202);
    }

    static SandboxResponse UploadToImage(Call call, Volume volume, JsonObject action)
    {
        if (volume.Status != "available" && !(volume.Status == "in-use" && action.Flag("force") == true))
            throw ApiFault.Bad($"Invalid volume: Volume {volume.Id} status must be available, but current status is: {volume.Status}.");
        var before = volume.Status;
        var image = call.Cloud.Glance.Add(call.Cloud.Ids.Uuid(), call.ProjectId, action.RequiredText("image_name"));
        image.ContainerFormat = action.Text("container_format") ?? "bare";
        image.DiskFormat = action.Text("disk_format") ?? "raw";
        image.Visibility = action.Text("visibility") ?? "shared";
        foreach (var (key, value) in volume.ImageMetadata)
            if (key is not ("image_id" or "image_name" or "checksum" or "size" or "container_format" or "disk_format" or "min_disk" or "min_ram"))
                image.Properties[key] = value;
        // A raw image would carry gibibytes of zeroes; like qcow2 it ends where the data does.
        var content = volume.Content.Head(volume.Content.UsedBytes);
        call.Cloud.Cinder.Change(volume, "uploading");
        call.Cloud.In(call.Cloud.Latencies.ImageCreate, () =>
        {
            image.Fill(content, call.Cloud.Now);
            call.Cloud.Cinder.Change(volume, before);
        });
        return SandboxResponse.Json(202, new JsonObject
        {
            ["os-volume_upload_image"] = new JsonObject
            {
                ["id"] = volume.Id,
                ["image_id"] = image.Id,
                ["image_name"] = image.Name,
                ["status"] = "uploading",
                ["size"] = volume.SizeGibibytes,
                ["container_format"] = image.ContainerFormat,
                ["disk_format"] = image.DiskFormat,
                ["volume_type"] = new JsonObject { ["name"] = volume.Type.Name },
            },
        });
    }
}
