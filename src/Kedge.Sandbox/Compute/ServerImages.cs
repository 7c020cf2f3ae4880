using System.Text.Json.Nodes;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <summary>
/// createImage: of an image-booted server the bytes of its disk; of a volume-backed one an empty image that only names snapshots in this
/// very cloud.
/// </summary>
static class ServerImages
{
    public static SandboxResponse Create(Call call, Server server, JsonObject action)
    {
        if (server.VmState is not ("active" or "stopped" or "paused" or "suspended"))
            throw ApiFault.Conflict($"Cannot 'createImage' instance {server.Id} while it is in vm_state {server.VmState}");
        if (server.TaskState is { } task)
            throw ApiFault.Conflict($"Cannot 'createImage' instance {server.Id} while it is in task_state {task}");
        var image = server.RootDisk is null
            ? OfVolumes(call, server, action.RequiredText("name"))
            : OfDisk(call, server, action.RequiredText("name"));
        foreach (var (key, value) in action.Map("metadata"))
            image.Properties[key] = value;
        return call.Version >= 45
            ? SandboxResponse.Json(202, new JsonObject { ["image_id"] = image.Id })
            : SandboxResponse.Empty(202).With("Location", $"{call.Origin}/image/v2/images/{image.Id}");
    }

    /// <summary>The disk of a shelved server; null when it lies on a volume.</summary>
    public static string? Shelve(Call call, Server server)
    {
        if (server.RootDisk is null)
        {
            server.TaskState = "shelving";
            return null;
        }
        var image = OfDisk(call, server, server.Name + "-shelved");
        server.TaskState = "shelving_image_uploading";
        return image.Id;
    }

    static Image OfDisk(Call call, Server server, string name)
    {
        var image = Start(call, server, name);
        var original = call.Cloud.Glance.Images.Find(server.ImageId ?? "");
        foreach (var (key, value) in original?.Properties ?? [])
            image.Properties.TryAdd(key, value);
        image.Properties["image_location"] = "snapshot";
        image.Properties["image_state"] = "available";
        image.MinRamMebibytes = original?.MinRamMebibytes ?? 0;
        image.MinDiskGibibytes = Math.Max(server.Flavor.DiskGibibytes, original?.MinDiskGibibytes ?? 0);
        image.DiskFormat = original?.DiskFormat ?? "raw";
        image.ContainerFormat = "bare";
        var content = server.RootDisk!.Head(server.RootDiskUsedBytes);
        server.TaskState = "image_uploading";
        call.Cloud.In(call.Cloud.Latencies.ImageCreate, () =>
        {
            if (server.TaskState == "image_uploading")
                server.TaskState = null;
            if (call.Cloud.Glance.Images.Has(image.Id))
                image.FillByClone(content, call.Cloud.Now);
        });
        return image;
    }

    static Image OfVolumes(Call call, Server server, string name)
    {
        var image = Start(call, server, name);
        var mapping = server.Disks.Select(disk =>
        {
            var snapshot = call.Cloud.Cinder.TakeSnapshot(disk.Volume, $"snapshot for {name}");
            return new JsonObject
            {
                ["source_type"] = "snapshot",
                ["destination_type"] = "volume",
                ["snapshot_id"] = snapshot.Id,
                ["volume_size"] = disk.Volume.SizeGibibytes,
                ["boot_index"] = disk.IsRoot ? 0 : null,
                ["delete_on_termination"] = disk.IsDeletedOnTermination,
                ["device_name"] = disk.Device,
                ["device_type"] = "disk",
                ["disk_bus"] = "virtio",
                ["guest_format"] = null,
                ["image_id"] = null,
                ["volume_id"] = null,
                ["volume_type"] = disk.Volume.Type.Id,
                ["no_device"] = null,
                ["tag"] = null,
            };
        }).ToJson();
        image.Properties["bdm_v2"] = "True";
        image.Properties["root_device_name"] = server.RootDevice;
        image.Properties["block_device_mapping"] = mapping.ToJsonString();
        image.DiskFormat = "raw";
        image.ContainerFormat = "bare";
        image.Fill(new Bytes.SparseBytes(0), call.Now);
        return image;
    }

    static Image Start(Call call, Server server, string name)
    {
        var image = call.Cloud.Glance.Add(call.Cloud.Ids.Uuid(), server.ProjectId, name);
        image.Visibility = "private";
        image.Properties["image_type"] = "snapshot";
        image.Properties["instance_uuid"] = server.Id;
        image.Properties["user_id"] = server.UserId;
        image.Properties["base_image_ref"] = server.ImageId ?? "";
        return image;
    }
}
