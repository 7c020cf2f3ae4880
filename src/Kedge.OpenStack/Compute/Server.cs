using System.Text.Json.Serialization;
using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>A server as two reads of it tell: the older one for the flavor's id, the newest for everything else.</summary>
/// <remarks>
/// <c>https://docs.openstack.org/api-ref/compute/#show-server-details</c>. A null says "not set" only when the field is not in
/// <see cref="Unreadable"/>. A server of a cell that is down is <see cref="IsPartial"/>: never let it replace an earlier, whole one.
/// </remarks>
public sealed record Server
{
    /// <summary>Id.</summary>
    public ServerId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Status.</summary>
    public ServerStatus Status { get; init; }

    /// <summary>What Nova is doing with it; null when nothing.</summary>
    [JsonPropertyName("OS-EXT-STS:task_state")]
    public string? TaskState { get; init; }

    /// <summary>Nova's inner state, such as <c>active</c> or <c>stopped</c>.</summary>
    [JsonPropertyName("OS-EXT-STS:vm_state")]
    public string? VmState { get; init; }

    /// <summary>Power state.</summary>
    [JsonPropertyName("OS-EXT-STS:power_state")]
    public PowerState PowerState { get; init; }

    /// <summary>Owner project.</summary>
    [JsonPropertyName("tenant_id")]
    public ProjectId ProjectId { get; init; }

    /// <summary>User who created it; its keypair is that user's.</summary>
    public UserId UserId { get; init; }

    /// <summary>Image it was booted from; null when booted from a volume.</summary>
    [JsonConverter(typeof(ServerImageConverter))]
    public ImageId? Image { get; init; }

    /// <summary>Properties of the image at the time of the boot (2.98); null when not told.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? ImageProperties { get; init; }

    /// <summary>The flavor it was built with, which may differ from today's flavor of that id.</summary>
    public ServerFlavor Flavor { get; init => field = value ?? new(); } = new();

    /// <summary>Metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? Empty.Texts; } = Empty.Texts;

    /// <summary>Tags (2.26).</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>Addresses by name of network. A summary for people: the ports say what is.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ServerAddress>> Addresses { get; init => field = value ?? Empty.Addresses; } = Empty.Addresses;

    /// <summary>Names of the security groups; the ports say which ones.</summary>
    public IReadOnlyList<ServerSecurityGroup> SecurityGroups { get; init => field = value ?? []; } = [];

    /// <summary>Volumes attached to it.</summary>
    [JsonPropertyName("os-extended-volumes:volumes_attached")]
    public IReadOnlyList<AttachedVolume> Volumes { get; init => field = value ?? []; } = [];

    /// <summary>Name of the keypair, which belongs to <see cref="UserId"/>.</summary>
    public string? KeyName { get; init; }

    /// <summary>Description (2.19).</summary>
    public string? Description { get; init; }

    /// <summary>Whether it has a config drive.</summary>
    [JsonConverter(typeof(LooseBooleanConverter))]
    public bool ConfigDrive { get; init; }

    /// <summary>Whether it is locked against its owner's actions (2.9).</summary>
    public bool Locked { get; init; }

    /// <summary>Why it is locked (2.73).</summary>
    public string? LockedReason { get; init; }

    /// <summary>Availability zone it is in now, not the one that was asked for.</summary>
    [JsonPropertyName("OS-EXT-AZ:availability_zone")]
    public string? AvailabilityZone { get; init; }

    /// <summary>Availability zone that was asked for (2.96).</summary>
    [JsonPropertyName("pinned_availability_zone")]
    public string? PinnedAvailabilityZone { get; init; }

    /// <summary>How the disk was partitioned: <c>AUTO</c> or <c>MANUAL</c>.</summary>
    [JsonPropertyName("OS-DCF:diskConfig")]
    public string? DiskConfig { get; init; }

    /// <summary>IPv4 access address, informational.</summary>
    [JsonPropertyName("accessIPv4")]
    public string? AccessIpv4 { get; init; }

    /// <summary>IPv6 access address, informational.</summary>
    [JsonPropertyName("accessIPv6")]
    public string? AccessIpv6 { get; init; }

    /// <summary>Server groups it is a member of (2.71).</summary>
    public IReadOnlyList<ServerGroupId> ServerGroups { get; init => field = value ?? []; } = [];

    /// <summary>Certificates its image was verified with (2.63).</summary>
    public IReadOnlyList<string>? TrustedImageCertificates { get; init; }

    /// <summary>Hints given to the scheduler (2.100), by name.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? SchedulerHints { get; init; }

    /// <summary>Host name as the guest's metadata has it (administrators; all since 2.90).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:hostname")]
    public string? Hostname { get; init; }

    /// <summary>User data, base64 (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:user_data")]
    public string? UserData { get; init; }

    /// <summary>Name of the root device (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:root_device_name")]
    public string? RootDeviceName { get; init; }

    /// <summary>Kernel image of an AMI-like image (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:kernel_id")]
    public string? KernelId { get; init; }

    /// <summary>RAM disk image of an AMI-like image (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:ramdisk_id")]
    public string? RamdiskId { get; init; }

    /// <summary>Reservation (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:reservation_id")]
    public string? ReservationId { get; init; }

    /// <summary>Index within a multi-create (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:launch_index")]
    public int? LaunchIndex { get; init; }

    /// <summary>Compute host (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:host")]
    public string? Host { get; init; }

    /// <summary>Hypervisor's host name (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:hypervisor_hostname")]
    public string? HypervisorHostname { get; init; }

    /// <summary>Name of the instance on its hypervisor (administrators).</summary>
    [JsonPropertyName("OS-EXT-SRV-ATTR:instance_name")]
    public string? InstanceName { get; init; }

    /// <summary>Opaque id of the host, different for each project.</summary>
    [JsonPropertyName("hostId")]
    public string? HostId { get; init; }

    /// <summary>State of the host: <c>UP</c>, <c>DOWN</c>, <c>UNKNOWN</c>, <c>MAINTENANCE</c> (2.16, administrators).</summary>
    public string? HostStatus { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? Updated { get; init; }

    /// <summary>When it was first started.</summary>
    [JsonPropertyName("OS-SRV-USG:launched_at")]
    public DateTimeOffset? LaunchedAt { get; init; }

    /// <summary>Progress of a build, percent.</summary>
    public int? Progress { get; init; }

    /// <summary>Why it is in error; null when it is not.</summary>
    public ServerFault? Fault { get; init; }

    /// <summary>Its cell was down and most fields are missing.</summary>
    [JsonIgnore]
    public bool IsPartial { get; init; }

    /// <summary>Fields of the restore contract that the cloud did not tell, with the reason.</summary>
    [JsonIgnore]
    public IReadOnlyList<UnreadableField> Unreadable { get; init; } = [];

    /// <summary>The microversions it was read with.</summary>
    [JsonIgnore]
    public IReadOnlyList<Microversion> ReadWith { get; init; } = [];
}
