using System.Text.Json.Serialization;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Network;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>The flavor inside a server: its id from the older read, its contents from the newer.</summary>
public sealed record ServerFlavor
{
    /// <summary>Id of the flavor; null when only the contents could be read.</summary>
    public FlavorId? Id { get; init; }

    /// <summary>Name of the flavor when the server was built (2.47).</summary>
    public string? OriginalName { get; init; }

    /// <summary>Virtual CPUs (2.47).</summary>
    public int? Vcpus { get; init; }

    /// <summary>Memory, MiB (2.47).</summary>
    [JsonPropertyName("ram")]
    public int? RamMib { get; init; }

    /// <summary>Root disk, GiB (2.47).</summary>
    [JsonPropertyName("disk")]
    public int? DiskGib { get; init; }

    /// <summary>Ephemeral disk, GiB (2.47).</summary>
    [JsonPropertyName("ephemeral")]
    public int? EphemeralGib { get; init; }

    /// <summary>Swap disk, MiB (2.47).</summary>
    [JsonPropertyName("swap")]
    public int? SwapMib { get; init; }

    /// <summary>Extra specs (2.47, policy); null when not told.</summary>
    public IReadOnlyDictionary<string, string>? ExtraSpecs { get; init; }
}

/// <summary>One address of a server.</summary>
public sealed record ServerAddress
{
    /// <summary>The address.</summary>
    [JsonPropertyName("addr")]
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>4 or 6.</summary>
    public int Version { get; init; }

    /// <summary>MAC address of the port.</summary>
    [JsonPropertyName("OS-EXT-IPS-MAC:mac_addr")]
    public string? MacAddress { get; init; }

    /// <summary><c>fixed</c> or <c>floating</c>.</summary>
    [JsonPropertyName("OS-EXT-IPS:type")]
    public string? Type { get; init; }
}

/// <summary>A security group by name, as Nova shows it.</summary>
public sealed record ServerSecurityGroup(string Name);

/// <summary>A volume of a server, in short.</summary>
public sealed record AttachedVolume
{
    /// <summary>The volume.</summary>
    public VolumeId Id { get; init; }

    /// <summary>Whether the volume dies with the server (2.3).</summary>
    public bool DeleteOnTermination { get; init; }
}

/// <summary>Why a server is in error.</summary>
public sealed record ServerFault
{
    /// <summary>HTTP-like code.</summary>
    public int Code { get; init; }

    /// <summary>What Nova says.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>More of it, for administrators.</summary>
    public string? Details { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? Created { get; init; }
}

/// <summary>A volume's attachment as Nova has it. <c>https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments</c></summary>
public sealed record VolumeAttachment
{
    /// <summary>The volume.</summary>
    [JsonPropertyName("volumeId")]
    public VolumeId VolumeId { get; init; }

    /// <summary>The server.</summary>
    [JsonPropertyName("serverId")]
    public ServerId ServerId { get; init; }

    /// <summary>Device name that Nova wrote down; libvirt does not promise that the guest sees it.</summary>
    public string? Device { get; init; }

    /// <summary>Device tag (2.70).</summary>
    public string? Tag { get; init; }

    /// <summary>Whether the volume dies with the server (2.79); null when not told.</summary>
    public bool? DeleteOnTermination { get; init; }

    /// <summary>Cinder's attachment (2.89).</summary>
    public AttachmentId? AttachmentId { get; init; }

    /// <summary>Nova's block device mapping (2.89).</summary>
    public string? BdmUuid { get; init; }
}

/// <summary>A port's attachment to a server.</summary>
public sealed record InterfaceAttachment
{
    /// <summary>The port.</summary>
    public PortId PortId { get; init; }

    /// <summary>Its network.</summary>
    [JsonPropertyName("net_id")]
    public NetworkId NetworkId { get; init; }

    /// <summary>State of the port.</summary>
    public string? PortState { get; init; }

    /// <summary>MAC address.</summary>
    [JsonPropertyName("mac_addr")]
    public string? MacAddress { get; init; }

    /// <summary>Device tag (2.70).</summary>
    public string? Tag { get; init; }
}
