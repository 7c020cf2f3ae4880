using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.BlockStorage;

/// <summary>Id of a volume.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<VolumeId>))]
public readonly record struct VolumeId(string Value) : IResourceId<VolumeId>
{
    /// <inheritdoc/>
    public static VolumeId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume snapshot.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<SnapshotId>))]
public readonly record struct SnapshotId(string Value) : IResourceId<SnapshotId>
{
    /// <inheritdoc/>
    public static SnapshotId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume backup.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<BackupId>))]
public readonly record struct BackupId(string Value) : IResourceId<BackupId>
{
    /// <inheritdoc/>
    public static BackupId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume type.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<VolumeTypeId>))]
public readonly record struct VolumeTypeId(string Value) : IResourceId<VolumeTypeId>
{
    /// <inheritdoc/>
    public static VolumeTypeId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume group.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<GroupId>))]
public readonly record struct GroupId(string Value) : IResourceId<GroupId>
{
    /// <inheritdoc/>
    public static GroupId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume group type.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<GroupTypeId>))]
public readonly record struct GroupTypeId(string Value) : IResourceId<GroupTypeId>
{
    /// <inheritdoc/>
    public static GroupTypeId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a group snapshot.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<GroupSnapshotId>))]
public readonly record struct GroupSnapshotId(string Value) : IResourceId<GroupSnapshotId>
{
    /// <inheritdoc/>
    public static GroupSnapshotId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Id of a volume attachment.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<AttachmentId>))]
public readonly record struct AttachmentId(string Value) : IResourceId<AttachmentId>
{
    /// <inheritdoc/>
    public static AttachmentId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
