using System.Text.Json.Nodes;
using Kedge.Sandbox.BlockStorage;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Networking;

namespace Kedge.Sandbox.Compute;

sealed class Flavor
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required int RamMebibytes { get; init; }
    public required int Vcpus { get; init; }
    public required int DiskGibibytes { get; init; }
    public int EphemeralGibibytes { get; init; }
    public int SwapMebibytes { get; init; }
    public bool IsPublic { get; init; } = true;
    public string? Description { get; set; }
    public SortedDictionary<string, string> ExtraSpecs { get; } = new(StringComparer.Ordinal);
}

sealed record KeyPair(string Name, string UserId, string PublicKey, string Type, string Fingerprint, DateTimeOffset CreatedAt);

sealed class ServerGroup
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required string Policy { get; init; }
    public int? MaxServersPerHost { get; init; }
    public List<string> Members { get; } = [];
}

/// <param name="Port">What it is plugged into.</param>
/// <param name="IsNovaMade">The port goes with the server.</param>
/// <param name="IsDnsNameOurs">Nova gave the port its DNS name, and takes it away again.</param>
/// <param name="Tag">Device tag.</param>
sealed record Nic(Port Port, bool IsNovaMade, bool IsDnsNameOurs, string? Tag);

sealed class Disk
{
    public required Volume Volume { get; init; }
    public required VolumeAttachment Attachment { get; init; }
    public required string BdmId { get; init; }
    public required string Device { get; init; }
    public bool IsRoot { get; init; }
    public bool IsDeletedOnTermination { get; set; }
    public string? Tag { get; init; }
}

sealed record InstanceAction(string Action, DateTimeOffset At, string? Message);

sealed record ServerFault(int Code, string Message, DateTimeOffset At);

sealed class Server
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required Flavor Flavor { get; init; }
    public required string ReservationId { get; init; }
    public string Name { get; set; } = "";
    public string? Description { get; set; }
    public string Hostname { get; set; } = "";
    public string? ImageId { get; init; }
    public string? KeyName { get; init; }
    public string? UserData { get; init; }
    public bool HasConfigDrive { get; init; }
    public string? PinnedZone { get; init; }
    public string? RequestedHost { get; init; }
    public string DiskConfig { get; set; } = "MANUAL";
    public string AccessIpv4 { get; set; } = "";
    public string AccessIpv6 { get; set; } = "";
    public string RootDevice { get; init; } = "/dev/vda";
    public ServerGroup? Group { get; init; }
    public JsonObject SchedulerHints { get; init; } = [];
    public string? ShelvedImageId { get; set; }
    public SortedDictionary<string, string> Metadata { get; set; } = new(StringComparer.Ordinal);
    public List<string> Tags { get; set; } = [];
    public List<string> SecurityGroupNames { get; } = [];
    public List<Nic> Nics { get; } = [];
    public List<Disk> Disks { get; } = [];
    public List<InstanceAction> Actions { get; } = [];

    public string VmState { get; set; } = "building";
    public string? TaskState { get; set; } = "scheduling";
    public int PowerState { get; set; }
    public bool IsDeleted { get; set; }
    public string? Host { get; set; }
    public string? LockedBy { get; set; }
    public string? LockedReason { get; set; }
    public ServerFault? Fault { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? LaunchedAt { get; set; }
    public DateTimeOffset? TerminatedAt { get; set; }

    /// <summary>The disk of an image-booted server; null when a volume is the root.</summary>
    public SparseBytes? RootDisk { get; set; }

    /// <summary>How far the root disk may hold anything: the image's length, or the end of the furthest write.</summary>
    public long RootDiskUsedBytes { get; set; }

    public string Status => (VmState, TaskState) switch
    {
        ("active", "rebooting") => "REBOOT",
        ("building", _) => "BUILD",
        ("stopped", _) => "SHUTOFF",
        (var state, _) => state.ToUpperInvariant(),
    };
}
