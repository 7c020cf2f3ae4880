using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Protection;

/// <summary>What <see cref="SnapshotWorkload"/> leaves to the steps after it.</summary>
sealed record SnapshotsTaken
{
    /// <summary>The step part of the mark on all of them.</summary>
    public required string StepMark { get; init; }
    public ImmutableArray<VolumeSnapshot> Volumes { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<RootSnapshot> RootDisks { get => field.IsDefault ? [] : field; init; }

    /// <summary>Null where the snapshots were taken one by one.</summary>
    public string? GroupSnapshot { get; init; }
    public TimeSpan Skew { get; init; }
    public PointConsistency Consistency { get; init; }
    public ImmutableArray<string> Remarks { get => field.IsDefault ? [] : field; init; }
}

sealed record VolumeSnapshot(SourceId Volume, string Snapshot, DateTimeOffset At);

sealed record RootSnapshot(SourceId Server, string Image, DateTimeOffset At);

/// <summary>What <see cref="BackupVolume"/> made.</summary>
/// <param name="Backup">Id, which is the same in every cloud that imports it.</param>
/// <param name="Remark">Why it is a full one; null for an incremental, or the first.</param>
sealed record BackedUp(string Backup, string? Remark);

/// <summary>The records of a chain as far as they are new.</summary>
/// <param name="KnownUpTo">The chain of the point before continues from this backup of it; null: nothing of it is used.</param>
/// <param name="Links">Oldest first; the last one is this point's.</param>
/// <param name="Remark">What is not as it was expected.</param>
sealed record ChainExported(string? KnownUpTo, ImmutableArray<BackupLink> Links, string? Remark);

sealed record ImageCopied(ImageCopy Copy);

sealed record PointWritten(string Point, DateTimeOffset DataAt, TimeSpan Skew);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotsTaken))]
[JsonSerializable(typeof(BackedUp))]
[JsonSerializable(typeof(ChainExported))]
[JsonSerializable(typeof(ImageCopied))]
[JsonSerializable(typeof(Exposed))]
[JsonSerializable(typeof(DiskRead))]
[JsonSerializable(typeof(StandbyFound))]
[JsonSerializable(typeof(StandbyForward))]
[JsonSerializable(typeof(StandbySnapshot))]
[JsonSerializable(typeof(PointWritten))]
[JsonSerializable(typeof(ProtectFacts))]
sealed partial class ProtectionJson : JsonSerializerContext
{
    public static StepOutcome.Done Done<T>(string note, T result, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        new(note, JsonSerializer.SerializeToElement(result, type));
}
