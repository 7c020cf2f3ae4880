using System.Text.Json.Nodes;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Imaging;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Compute;

/// <param name="Volume">An existing volume; null when Nova makes one.</param>
/// <param name="Source">What Nova makes it from: the body of a volume's creation.</param>
/// <param name="IsRoot">Boot index 0.</param>
/// <param name="IsDeletedOnTermination">Goes with the server.</param>
/// <param name="Tag">Device tag.</param>
sealed record BlockDevice(Volume? Volume, JsonObject? Source, bool IsRoot, bool IsDeletedOnTermination, string? Tag);

/// <summary>block_device_mapping_v2: which volumes a server gets, and which of them it boots from.</summary>
static class BlockDevices
{
    /// <summary>Names as the guest sees them; those that a caller asks for are not honoured.</summary>
    const string Letters = "abcdefghijklmnopqrstuvwxyz";

    public static List<BlockDevice> Read(Call call, JsonObject body, Image? image)
    {
        var mappings = body.Objects("block_device_mapping_v2").ToList();
        var devices = mappings.Where(m => m.Text("destination_type") != "local" || m.Text("source_type") is "volume" or "snapshot")
            .Select(m => Read(call, m)).ToList();
        var roots = devices.Count(d => d.IsRoot);
        if (roots > 1 || (roots == 0 && image is null))
            throw Invalid("Boot sequence for the instance and image/block device mapping combination is not valid.");
        if (devices.Find(d => d is { IsRoot: true, Volume.IsBootable: false }) is { } unfit)
            throw ApiFault.Bad($"Block Device {unfit.Volume!.Id} is not bootable.");
        if (devices.Where(d => d.Volume is not null).GroupBy(d => d.Volume!.Id).Any(g => g.Count() > 1))
            throw Invalid("the same volume is named twice.");
        if (devices.Count > Letters.Length - 1)
            throw ApiFault.Bad("The maximum allowed number of disk devices is exceeded.");
        return devices;
    }

    public static void Connect(Call call, Server server, List<BlockDevice> devices, Image? image)
    {
        var cinder = call.Cloud.Cinder;
        foreach (var device in devices.OrderByDescending(d => d.IsRoot))
        {
            var volume = device.Volume ?? Make(call, device.Source!);
            Connect(cinder, server, volume, device.IsRoot, device.IsDeletedOnTermination, device.Tag, devices.Exists(d => d.IsRoot));
        }
        if (image?.Content is not { } content || devices.Exists(d => d.IsRoot))
            return;
        server.RootDisk = content.Copy(Math.Max(1, server.Flavor.DiskGibibytes) * Volume.BytesPerGibibyte);
        server.RootDiskUsedBytes = content.LengthBytes;
    }

    public static Disk Connect(Cinder cinder, Server server, Volume volume, bool isRoot, bool isDeleted, string? tag, bool hasVolumeRoot)
    {
        var used = server.Disks.Select(d => d.Device).ToHashSet();
        var free = Letters.Skip(hasVolumeRoot ? 0 : 1).Select(letter => "/dev/vd" + letter).FirstOrDefault(name => !used.Contains(name))
            ?? throw ApiFault.Bad("The maximum allowed number of disk devices is exceeded.");
        var disk = new Disk
        {
            Volume = volume,
            Attachment = cinder.Reserve(volume, server.Id),
            BdmId = cinder.Cloud.Ids.Uuid(),
            Device = free,
            IsRoot = isRoot,
            IsDeletedOnTermination = isDeleted,
            Tag = tag,
        };
        server.Disks.Add(disk);
        return disk;
    }

    public static Volume Available(Call call, string id)
    {
        var volume = call.Cloud.Cinder.Volumes.Find(id);
        if (volume is null || !call.Owns(volume.ProjectId))
            throw Invalid($"failed to get volume {id}.");
        var isShared = volume.Type.IsMultiattach && volume.Status == "in-use" && call.Version >= 60;
        return volume.Status == "available" || isShared
            ? volume
            : throw ApiFault.Bad($"Invalid volume: volume '{id}' status must be 'available'. Currently in '{volume.Status}'");
    }

    static BlockDevice Read(Call call, JsonObject mapping)
    {
        var isRoot = mapping.Text("boot_index") == "0";
        var isDeleted = mapping.Flag("delete_on_termination") ?? false;
        var tag = mapping.Reference("tag");
        if (tag is not null && call.Version is not 32 and < 42)
            throw ApiFault.Bad("Invalid input for field/attribute 0. Additional properties are not allowed ('tag' was unexpected)");
        if (mapping.ContainsKey("volume_type") && call.Version < 67)
            throw ApiFault.Bad("Invalid input for field/attribute 0. Additional properties are not allowed ('volume_type' was unexpected)");
        var id = mapping.Reference("uuid");
        var source = mapping.Text("source_type") ?? "volume";
        if (source == "volume")
            return new(Available(call, id ?? throw Invalid("a volume needs its uuid.")), null, isRoot, isDeleted, tag);
        var volume = new JsonObject { ["size"] = mapping.Number("volume_size"), ["volume_type"] = mapping.Text("volume_type"),
            ["name"] = "" };
        if (source is "image" or "snapshot")
            volume[source == "image" ? "imageRef" : "snapshot_id"] = id ?? throw Invalid($"a {source} needs its uuid.");
        if (source == "image" && mapping.Number("volume_size") is null)
            throw Invalid("Images with destination_type 'volume' need to have a non-zero size specified");
        return new(null, volume, isRoot, isDeleted, tag);
    }

    static Volume Make(Call call, JsonObject source)
    {
        var inner = new Call(call.Request, call.Cloud, call.Api, call.Query, call.Path)
        {
            MaybeToken = call.MaybeToken,
            Json = new JsonObject { ["volume"] = source },
            Version = call.Cloud.Settings.CinderMicroversion,
        };
        VolumeCreation.Create(inner);
        return call.Cloud.Cinder.Volumes.NewestFirst().First();
    }

    static ApiFault Invalid(string why) => ApiFault.Bad("Block Device Mapping is Invalid: " + why);
}
