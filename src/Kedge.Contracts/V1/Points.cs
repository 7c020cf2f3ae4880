using System.Text.Json.Serialization;

namespace Kedge.Contracts.V1;

/// <summary>A recovery point in short.</summary>
public sealed record Point
{
    /// <summary>Sorts by time.</summary>
    public required string Id { get; init; }

    /// <summary>Whose.</summary>
    public required string Workload { get; init; }

    /// <summary>Nothing that was written before it is lost.</summary>
    public required DateTimeOffset DataAt { get; init; }

    /// <summary>When this was asked, by the clock of who answers.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Of how many volumes.</summary>
    public required int Volumes { get; init; }

    /// <summary>Of how many images and root disks.</summary>
    public required int Images { get; init; }

    /// <summary>Between its disks.</summary>
    public required PointConsistency Consistency { get; init; }

    /// <summary>Seconds between the first and the last snapshot of its disks.</summary>
    public required double SkewSeconds { get; init; }

    /// <summary>What a person should know.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>How the disks of a point belong together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PointConsistency>))]
public enum PointConsistency
{
    /// <summary>No disks, or one.</summary>
    Single,

    /// <summary>All at one instant.</summary>
    Group,

    /// <summary>One after the other: see the skew.</summary>
    PerVolume,
}

/// <summary>A point that cannot be read, and is never chosen.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Why">What is wrong with it.</param>
public sealed record DamagedPoint(string Id, string Why);

/// <summary>The points of a workload, newest first.</summary>
/// <param name="Items">Those that are whole.</param>
/// <param name="Damaged">The others, on the first page.</param>
/// <param name="Next">Cursor of the next page; null: this is the last.</param>
public sealed record PointPage(IReadOnlyList<Point> Items, IReadOnlyList<DamagedPoint> Damaged, string? Next);

/// <summary>A recovery point: what it holds of which disk, and what could not be captured.</summary>
public sealed record PointDetails
{
    /// <summary>In short.</summary>
    public required Point Point { get; init; }

    /// <summary>Source site.</summary>
    public required string From { get; init; }

    /// <summary>Target site.</summary>
    public required string To { get; init; }

    /// <summary>Run that took it.</summary>
    public required string Run { get; init; }

    /// <summary>Hash of the blueprint.</summary>
    public required string Blueprint { get; init; }

    /// <summary>When the definition was captured.</summary>
    public required DateTimeOffset BlueprintAt { get; init; }

    /// <summary>Names of its servers.</summary>
    public required IReadOnlyList<string> Servers { get; init; }

    /// <summary>Copies of volumes.</summary>
    public required IReadOnlyList<VolumeCopy> Volumes { get; init; }

    /// <summary>Copies of images and root disks.</summary>
    public required IReadOnlyList<ImageCopy> Images { get; init; }

    /// <summary>Fields that could not be read, each with the reason.</summary>
    public required IReadOnlyList<string> Unreadable { get; init; }

    /// <summary>Id of the point before it; null for the first.</summary>
    public string? Previous { get; init; }
}

/// <summary>The data of one volume.</summary>
/// <param name="Volume">Id at the source.</param>
/// <param name="SizeGib">Its size.</param>
/// <param name="DataAt">Of which moment.</param>
/// <param name="Backups">The chain of backups, oldest first; empty where it is kept as blocks.</param>
public sealed record VolumeCopy(string Volume, int SizeGib, DateTimeOffset DataAt, IReadOnlyList<string> Backups);

/// <summary>An image, or the root disk of a server, at the target.</summary>
/// <param name="Image">The source image; null where it is a root disk.</param>
/// <param name="RootDiskOf">The server whose root disk it is; null where it is an image.</param>
/// <param name="TargetImage">Its id at the target.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record ImageCopy(string? Image, string? RootDiskOf, string TargetImage, long SizeBytes);
