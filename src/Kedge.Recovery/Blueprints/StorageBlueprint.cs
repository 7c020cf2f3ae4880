using System.Collections.Immutable;

namespace Kedge.Recovery.Blueprints;

/// <summary>A Glance image that a server was booted from. https://docs.openstack.org/api-ref/image/v2/</summary>
public sealed record ImageBlueprint
{
    public required SourceId Id { get; init; }
    public string? Name { get; init; }
    public required string DiskFormat { get; init; }
    public required string ContainerFormat { get; init; }
    public required string Visibility { get; init; }
    public bool IsProtected { get; init; }
    public bool IsHidden { get; init; }
    public int MinDiskGib { get; init; }
    public int MinRamMib { get; init; }
    public long SizeBytes { get; init; }
    public string? HashAlgorithm { get; init; }
    public string? HashValue { get; init; }
    public string? Checksum { get; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }

    /// <summary>Those that mean something in another cloud; what was left out stands in <see cref="NotPortable"/>.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }
    public ImmutableArray<string> NotPortable { get => field.IsDefault ? [] : field; init; }
}

/// <summary>A Cinder volume. https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes</summary>
public sealed record VolumeBlueprint
{
    public required SourceId Id { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public required int SizeGib { get; init; }
    public string? VolumeType { get; init; }
    public SourceId? VolumeTypeId { get; init; }
    public string? AvailabilityZone { get; init; }
    public bool IsBootable { get; init; }
    public bool IsEncrypted { get; init; }
    public bool IsMultiattach { get; init; }
    public bool IsReadOnly { get; init; }
    public SourceId? Group { get; init; }
    public ImmutableSortedDictionary<string, string> Metadata { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }

    /// <summary>Properties of the image that the volume was made from: without them UEFI and q35 guests do not boot.</summary>
    public ImmutableSortedDictionary<string, string> ImageMetadata { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }
}
