using System.Collections.Immutable;
using Kedge.Contracts.Moving;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Points;

/// <summary>
/// The manifest of a recovery point: the definition and the data of a workload at one moment, with all that a target needs to restore it
/// without asking the cloud it came from. Format: docs/formats/points.md.
/// </summary>
public sealed record RecoveryPoint
{
    /// <summary>Without data in blocks a point is written as schema 1, which older programs read.</summary>
    public const int CurrentSchema = 2;

    public required int Schema { get; init; }

    /// <summary>The moment and the run that took it, e.g. <c>20261124T081500Z-3f2a91c0</c>: sorts by time.</summary>
    public required string Id { get; init; }
    public required string Workload { get; init; }
    public required string SourceSite { get; init; }

    /// <summary>Where its images were copied to, and its backups can be imported.</summary>
    public required string TargetSite { get; init; }
    public required string Run { get; init; }

    /// <summary>Name of the blueprint in the repository: SHA-256 of its bytes.</summary>
    public required string Blueprint { get; init; }
    public required DateTimeOffset BlueprintAt { get; init; }

    /// <summary>The moment of the oldest disk: nothing that was written before it is lost.</summary>
    public required DateTimeOffset DataAt { get; init; }

    /// <summary>Between the first and the last snapshot of its disks.</summary>
    public required TimeSpan Skew { get; init; }
    public required PointConsistency Consistency { get; init; }
    public ImmutableArray<VolumeCopy> Volumes { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<ImageCopy> Images { get => field.IsDefault ? [] : field; init; }

    /// <summary>What a person should know, e.g. that a full backup was made because the chain was broken.</summary>
    public ImmutableArray<string> Remarks { get => field.IsDefault ? [] : field; init; }

    /// <summary>The point before it and the SHA-256 of its manifest's bytes; null for the first.</summary>
    public PointLink? Previous { get; init; }
}

public sealed record PointLink(string Id, string Hash);

public enum PointConsistency
{
    /// <summary>No disks, or one.</summary>
    Single,

    /// <summary>All disks at one instant, by a consistent group snapshot.</summary>
    Group,

    /// <summary>One after the other, as close as the API allows: see the skew.</summary>
    PerVolume,
}

/// <summary>The data of one volume: a chain of backups, oldest first, the last of which is this point's; or its blocks in a repository.</summary>
public sealed record VolumeCopy
{
    public required SourceId Volume { get; init; }
    public required DateTimeOffset DataAt { get; init; }
    public required int SizeGib { get; init; }
    public ImmutableArray<BackupLink> Chain { get => field.IsDefault ? [] : field; init; }

    /// <summary>Null where it is a chain of backups.</summary>
    public BlocksCopy? Blocks { get; init; }
}

/// <summary>A disk as movers have put it into a block repository (docs/formats/repository.md), and what of it waits at the target.</summary>
public sealed record BlocksCopy
{
    /// <summary>The repository's name in the settings of the movers.</summary>
    public required string Repository { get; init; }

    /// <summary>The chain of points in it that this disk has.</summary>
    public required string Series { get; init; }
    public required long Sequence { get; init; }
    public required string Disk { get; init; }

    /// <summary>The Merkle root over its blocks: what it is restored to has the same one.</summary>
    public required string Root { get; init; }
    public required long SizeBytes { get; init; }
    public required int BlockBytes { get; init; }

    /// <summary>In blocks that differ from the point before.</summary>
    public long ChangedBytes { get; init; }

    /// <summary>What was new to the repository, compressed and encrypted.</summary>
    public long StoredBytes { get; init; }

    /// <summary>A snapshot at the source that is kept until the next point is there, because the storage tells the difference to it. Null: none is.</summary>
    public string? SourceSnapshot { get; init; }

    /// <summary>What waits at the target; null: nothing, a failover fills an empty volume.</summary>
    public StandbySnapshot? Standby { get; init; }

    internal DiskInPoint InPoint => new(Series, Sequence, Disk, Root);
}

/// <summary>A warm standby as it was at the point: a failover clones the snapshot.</summary>
/// <param name="Volume">At the target.</param>
/// <param name="Snapshot">Of that volume.</param>
/// <param name="ReadBack">The share of it that was read back and hashed before the snapshot was taken, 0 to 1.</param>
public sealed record StandbySnapshot(string Volume, string Snapshot, double ReadBack);

/// <summary>A Cinder backup and its exported record, as <c>GET /backups/{id}/export_record</c> gave it.</summary>
public sealed record BackupLink
{
    public required string BackupId { get; init; }
    public string? ParentId { get; init; }
    public required string Service { get; init; }

    /// <summary>Base64 of Cinder's own JSON of the backup.</summary>
    public required string Url { get; init; }
    public long? ObjectCount { get; init; }
}

/// <summary>An image, or the root disk of an image-booted server, as it was copied to the target's Glance.</summary>
public sealed record ImageCopy
{
    /// <summary>The source image, or null where it is a root disk.</summary>
    public SourceId? Image { get; init; }

    /// <summary>The server whose root disk it is, or null where it is an image.</summary>
    public SourceId? RootDiskOf { get; init; }
    public required string TargetImageId { get; init; }
    public required long SizeBytes { get; init; }
    public required string HashAlgorithm { get; init; }
    public required string HashValue { get; init; }

    /// <summary>For a root disk: when its snapshot was asked for. For an image: null, images do not change.</summary>
    public DateTimeOffset? DataAt { get; init; }
}
