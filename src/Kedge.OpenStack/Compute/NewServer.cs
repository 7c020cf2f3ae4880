using System.Text.Json.Serialization;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Network;

namespace Kedge.OpenStack.Compute;

/// <summary>
/// A server to be created. Sent with the lowest microversion that carries the fields that are set, so that older clouds
/// take what they can. <c>https://docs.openstack.org/api-ref/compute/#create-server</c>
/// </summary>
public sealed record NewServer
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Flavor.</summary>
    [JsonPropertyName("flavorRef")]
    public required FlavorId Flavor { get; init; }

    /// <summary>Ports, in the order of the guest's interfaces; none at all makes a server without network. Nova keeps ports that it did not make.</summary>
    public required IReadOnlyList<ServerPort> Ports { get; init; }

    /// <summary>Image to boot from when no block device has boot index 0.</summary>
    [JsonPropertyName("imageRef")]
    public ImageId? Image { get; init; }

    /// <summary>Block devices.</summary>
    [JsonPropertyName("block_device_mapping_v2")]
    public IReadOnlyList<BlockDevice>? BlockDevices { get; init; }

    /// <summary>User data, base64, at most 65535 bytes so encoded.</summary>
    public string? UserData { get; init; }

    /// <summary>Whether to have a config drive; null leaves it to the cloud.</summary>
    public bool? ConfigDrive { get; init; }

    /// <summary>Metadata; keys and values at most 255 characters.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Tags (2.52), at most 50 of 60 characters, without <c>/</c> and <c>,</c>.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Host name for the guest (2.90; with dots 2.94).</summary>
    public string? Hostname { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Keypair of the user who creates.</summary>
    public string? KeyName { get; init; }

    /// <summary>Availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Compute host (2.74, administrators).</summary>
    public string? Host { get; init; }

    /// <summary>Hypervisor's host name (2.74, administrators).</summary>
    public string? HypervisorHostname { get; init; }

    /// <summary><c>AUTO</c> or <c>MANUAL</c>.</summary>
    [JsonPropertyName("OS-DCF:diskConfig")]
    public string? DiskConfig { get; init; }

    /// <summary>IPv4 access address, informational.</summary>
    [JsonPropertyName("accessIPv4")]
    public string? AccessIpv4 { get; init; }

    /// <summary>IPv6 access address, informational.</summary>
    [JsonPropertyName("accessIPv6")]
    public string? AccessIpv6 { get; init; }

    /// <summary>Certificates to verify the image with (2.63).</summary>
    public IReadOnlyList<string>? TrustedImageCertificates { get; init; }

    /// <summary>Server group to become a member of: only possible now.</summary>
    [JsonIgnore]
    public ServerGroupId? Group { get; init; }

    /// <summary>Other hints to the scheduler.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? SchedulerHints { get; init; }
}

/// <summary>A port for a new server.</summary>
/// <param name="Port">The port.</param>
/// <param name="Tag">Device tag for the guest; null for none.</param>
public sealed record ServerPort(PortId Port, string? Tag = null);

/// <summary>A block device of a new server. <c>https://docs.openstack.org/nova/latest/user/block-device-mapping.html</c></summary>
public sealed record BlockDevice
{
    /// <summary>What its content comes from.</summary>
    [JsonPropertyName("source_type")]
    public required BlockDeviceSource Source { get; init; }

    /// <summary>What it becomes.</summary>
    [JsonPropertyName("destination_type")]
    public required BlockDeviceDestination Destination { get; init; }

    /// <summary>Id of the volume, snapshot or image; null for blank.</summary>
    public string? Uuid { get; init; }

    /// <summary>0 is the boot disk; null or -1 is not bootable.</summary>
    public int? BootIndex { get; init; }

    /// <summary>Size in GiB of a volume to be made, or of a blank disk.</summary>
    [JsonPropertyName("volume_size")]
    public int? SizeGib { get; init; }

    /// <summary>Whether it dies with the server.</summary>
    public bool DeleteOnTermination { get; init; }

    /// <summary>Device tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Type of a volume to be made (2.67).</summary>
    public string? VolumeType { get; init; }

    /// <summary><c>disk</c>, <c>cdrom</c> or <c>lun</c>.</summary>
    public string? DeviceType { get; init; }

    /// <summary>Bus, such as <c>virtio</c>.</summary>
    public string? DiskBus { get; init; }

    /// <summary>File system of a blank disk, or <c>swap</c>.</summary>
    public string? GuestFormat { get; init; }

    /// <summary>An existing volume.</summary>
    /// <param name="volume">The volume, available.</param>
    /// <param name="bootIndex">0 for the boot disk, -1 for a data disk.</param>
    public static BlockDevice OfVolume(VolumeId volume, int bootIndex) => new()
    {
        Source = BlockDeviceSource.Volume,
        Destination = BlockDeviceDestination.Volume,
        Uuid = volume.Value,
        BootIndex = bootIndex,
    };

    /// <summary>A local root disk from an image; dies with the server.</summary>
    /// <param name="image">The image.</param>
    public static BlockDevice OfImage(ImageId image) => new()
    {
        Source = BlockDeviceSource.Image,
        Destination = BlockDeviceDestination.Local,
        Uuid = image.Value,
        BootIndex = 0,
        DeleteOnTermination = true,
    };
}

/// <summary>What a block device's content comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BlockDeviceSource>))]
public enum BlockDeviceSource
{
    /// <summary>Empty.</summary>
    [JsonStringEnumMemberName("blank")]
    Blank,

    /// <summary>An image.</summary>
    [JsonStringEnumMemberName("image")]
    Image,

    /// <summary>A volume snapshot.</summary>
    [JsonStringEnumMemberName("snapshot")]
    Snapshot,

    /// <summary>A volume.</summary>
    [JsonStringEnumMemberName("volume")]
    Volume,
}

/// <summary>What a block device becomes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BlockDeviceDestination>))]
public enum BlockDeviceDestination
{
    /// <summary>A disk on the compute host.</summary>
    [JsonStringEnumMemberName("local")]
    Local,

    /// <summary>A Cinder volume.</summary>
    [JsonStringEnumMemberName("volume")]
    Volume,
}
