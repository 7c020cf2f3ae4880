using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Images;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>What a snapshot of one disk of a workload has become.</summary>
enum DiskState
{
    Coming,
    Ready,
    Going,
    Failed,
}

/// <summary>A snapshot of a volume, or of the root disk of an image-booted server, that a run of ours has made.</summary>
/// <param name="Of">The volume, or the server.</param>
/// <param name="Id">Of the snapshot, or of the image.</param>
/// <param name="IsRoot">It is an image.</param>
/// <param name="At">The moment it shows, by the cloud's clock.</param>
/// <param name="Attempt">Which burst of calls asked for it.</param>
sealed record Disk(SourceId Of, string Id, bool IsRoot, DateTimeOffset At, string Attempt, DiskState State, string? GroupSnapshot);

/// <summary>Finds, by their marks, the snapshots that a step has made.</summary>
static class Disks
{
    /// <summary>On every snapshot: the burst of calls that it belongs to. Those of one burst are as close together as the cloud could do it.</summary>
    public const string AttemptKey = "kedge_attempt";

    /// <summary>On the image of a root disk: its server, which the image itself tells only to some.</summary>
    public const string ServerKey = "kedge_server";

    /// <summary>A group snapshot carries no metadata: its name is the mark, and its members are known by it.</summary>
    const string GroupAttempt = "group";

    public static async Task<ImmutableArray<Disk>> FindAsync(Cloud cloud, Mark mark, bool grouped, bool rooted, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<Disk>();
        var groupSnapshots = grouped ? await FindGroupSnapshotsAsync(cloud, mark, cancel) : [];
        var filter = grouped ? BlockStorageFilter.None : new BlockStorageFilter { Metadata = mark.Metadata };
        await foreach (var snapshot in cloud.BlockStorage.ListSnapshotsAsync(filter, cancel))
        {
            if (!grouped || (snapshot.GroupSnapshotId is { } group && groupSnapshots.Contains(group)))
                found.Add(Of(snapshot));
        }
        if (rooted)
        {
            await foreach (var image in cloud.Images.ListImagesAsync(new ImageFilter { Properties = mark.Metadata }, cancel))
            {
                if (mark.IsOn(image.Properties))
                    found.Add(Of(image));
            }
        }
        return [.. found.OrderBy(disk => disk.At).ThenBy(disk => disk.Id, StringComparer.Ordinal)];
    }

    public static async Task<ImmutableArray<GroupSnapshotId>> FindGroupSnapshotsAsync(Cloud cloud, Mark mark, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<GroupSnapshotId>();
        await foreach (var group in cloud.BlockStorage.ListGroupSnapshotsAsync(cancel))
        {
            if (group.Name == mark.Tag && group.Status != SnapshotStatus.Deleted)
                found.Add(group.Id);
        }
        return found.ToImmutable();
    }

    /// <summary>Asks that all of them go. What is on its way already, or gone, is left alone.</summary>
    public static async Task DeleteAsync(Cloud cloud, IEnumerable<Disk> disks, CancellationToken cancel)
    {
        var going = disks.Where(disk => disk.State != DiskState.Going).ToList();
        foreach (var group in going.Select(disk => disk.GroupSnapshot).OfType<string>().Distinct())
            await cloud.BlockStorage.DeleteGroupSnapshotAsync(new GroupSnapshotId(group), cancel);
        foreach (var disk in going.Where(disk => disk.GroupSnapshot is null))
        {
            await (disk.IsRoot
                ? cloud.Images.DeleteImageAsync(new ImageId(disk.Id), cancel)
                : cloud.BlockStorage.DeleteSnapshotAsync(new SnapshotId(disk.Id), cancel));
        }
    }

    static Disk Of(Snapshot snapshot) => new(
        new SourceId(snapshot.VolumeId.Value),
        snapshot.Id.Value,
        IsRoot: false,
        snapshot.CreatedAt ?? DateTimeOffset.MinValue,
        snapshot.Metadata.GetValueOrDefault(AttemptKey, GroupAttempt),
        snapshot.Status switch
        {
            SnapshotStatus.Available or SnapshotStatus.BackingUp => DiskState.Ready,
            SnapshotStatus.Deleting or SnapshotStatus.Deleted => DiskState.Going,
            SnapshotStatus.Error or SnapshotStatus.ErrorDeleting => DiskState.Failed,
            _ => DiskState.Coming,
        },
        snapshot.GroupSnapshotId is { Value.Length: > 0 } group ? group.Value : null);

    static Disk Of(Image image) => new(
        new SourceId(image.Properties.GetValueOrDefault(ServerKey, "")),
        image.Id.Value,
        IsRoot: true,
        image.CreatedAt ?? DateTimeOffset.MinValue,
        image.Properties.GetValueOrDefault(AttemptKey, ""),
        image.Status switch
        {
            // Its bytes come while the backups are made: nobody has to wait for them here.
            ImageStatus.Active or ImageStatus.Queued or ImageStatus.Saving or ImageStatus.Uploading or ImageStatus.Importing => DiskState.Ready,
            ImageStatus.Killed => DiskState.Failed,
            ImageStatus.Deleted or ImageStatus.PendingDelete => DiskState.Going,
            _ => DiskState.Coming,
        },
        GroupSnapshot: null);
}
