using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Images;

/// <summary>State of an image.</summary>
[JsonConverter(typeof(StatusConverter<ImageStatus>))]
public enum ImageStatus
{
    /// <summary>A state that this library does not know.</summary>
    Unrecognized,

    /// <summary>Known, without bytes.</summary>
    Queued,

    /// <summary>Bytes are being received.</summary>
    Saving,

    /// <summary>Bytes are being staged.</summary>
    Uploading,

    /// <summary>Being imported.</summary>
    Importing,

    /// <summary>Complete.</summary>
    Active,

    /// <summary>Complete, and closed for downloads.</summary>
    Deactivated,

    /// <summary>Failed.</summary>
    Killed,

    /// <summary>Gone.</summary>
    Deleted,

    /// <summary>About to be deleted.</summary>
    PendingDelete,
}

/// <summary>An image. <c>https://docs.openstack.org/api-ref/image/v2/#images</c></summary>
public sealed record Image
{
    /// <summary>Id, which can be asked for when creating.</summary>
    public ImageId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string? Name { get; init; }

    /// <summary>State.</summary>
    public ImageStatus Status { get; init; }

    /// <summary>Such as <c>qcow2</c> or <c>raw</c>.</summary>
    public string? DiskFormat { get; init; }

    /// <summary>Such as <c>bare</c>.</summary>
    public string? ContainerFormat { get; init; }

    /// <summary>Bytes stored; null until active.</summary>
    [JsonPropertyName("size")]
    public long? SizeBytes { get; init; }

    /// <summary>Bytes that a guest sees; null when the cloud does not know.</summary>
    [JsonPropertyName("virtual_size")]
    public long? VirtualSizeBytes { get; init; }

    /// <summary>Smallest disk, GiB.</summary>
    [JsonPropertyName("min_disk")]
    public int MinDiskGib { get; init; }

    /// <summary>Smallest memory, MiB.</summary>
    [JsonPropertyName("min_ram")]
    public int MinRamMib { get; init; }

    /// <summary>MD5 of the bytes, hexadecimal.</summary>
    public string? Checksum { get; init; }

    /// <summary>Algorithm of <see cref="OsHashValue"/>, usually <c>sha512</c>.</summary>
    [JsonPropertyName("os_hash_algo")]
    public string? OsHashAlgorithm { get; init; }

    /// <summary>Hash of the bytes, hexadecimal.</summary>
    public string? OsHashValue { get; init; }

    /// <summary><c>private</c>, <c>shared</c>, <c>community</c> or <c>public</c>.</summary>
    public string Visibility { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it is protected from deletion.</summary>
    [JsonPropertyName("protected")]
    public bool IsProtected { get; init; }

    /// <summary>Whether lists leave it out.</summary>
    [JsonPropertyName("os_hidden")]
    public bool IsHidden { get; init; }

    /// <summary>Owner project.</summary>
    public ProjectId? Owner { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>All other properties, such as <c>hw_firmware_type</c>. Those that start with <c>os_glance_</c> are the cloud's own.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Properties { get; init => field = value ?? Empty.Texts; } = Empty.Texts;
}

/// <summary>An image to be created; its bytes follow. <c>https://docs.openstack.org/api-ref/image/v2/#create-image</c></summary>
public sealed record NewImage
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Such as <c>qcow2</c> or <c>raw</c>.</summary>
    public required string DiskFormat { get; init; }

    /// <summary>Such as <c>bare</c>.</summary>
    public string ContainerFormat { get; init => field = value ?? "bare"; } = "bare";

    /// <summary>Id to have; taken, also by a deleted image, it is a conflict.</summary>
    public ImageId? Id { get; init; }

    /// <summary>Smallest disk, GiB.</summary>
    [JsonPropertyName("min_disk")]
    public int? MinDiskGib { get; init; }

    /// <summary>Smallest memory, MiB.</summary>
    [JsonPropertyName("min_ram")]
    public int? MinRamMib { get; init; }

    /// <summary><c>private</c> or <c>shared</c>; others are for administrators.</summary>
    public string? Visibility { get; init; }

    /// <summary>Whether it is protected from deletion.</summary>
    [JsonPropertyName("protected")]
    public bool? IsProtected { get; init; }

    /// <summary>Whether lists leave it out.</summary>
    [JsonPropertyName("os_hidden")]
    public bool? IsHidden { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Other properties.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Properties { get; init => field = value ?? Empty.Texts; } = Empty.Texts;
}

/// <summary>Which images to list; what is null or empty does not restrict.</summary>
public sealed record ImageFilter
{
    /// <summary>All that the project sees.</summary>
    public static ImageFilter None { get; } = new();

    /// <summary>Those of this owner.</summary>
    public ProjectId? Owner { get; init; }

    /// <summary>Those with exactly this name. Names are not unique: a proposal, never a proof.</summary>
    public string? Name { get; init; }

    /// <summary>Those that have all these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Those of this visibility.</summary>
    public string? Visibility { get; init; }

    /// <summary>Those that have all these other properties with these values.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = Empty.Texts;
}

/// <summary>What was transferred.</summary>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Sha512">SHA-512 of them, hexadecimal.</param>
public sealed record ImageTransfer(long Bytes, string Sha512);
