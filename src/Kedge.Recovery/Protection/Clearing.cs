using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Images;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>What is left of a retired point's data after a look.</summary>
enum Leftover
{
    Nothing,

    /// <summary>Something is being deleted, or waits for that.</summary>
    UnderWay,

    /// <summary>The cloud would not.</summary>
    Refused,
}

/// <summary>Removes the backups and images that only retired points refer to: newest first, source before target, and none that Kedge did not make.</summary>
/// <param name="forget">Has a disk forgotten in a block repository; null: nobody here can.</param>
sealed class Clearing(Site from, Site to, ImmutableArray<RecoveryPoint>? live, Func<BlocksCopy, Leftover>? forget)
{
    readonly HashSet<string> neededBackups = Retention.Backups(live ?? []);
    readonly HashSet<string> neededSnapshots = Retention.Snapshots(live ?? []);
    readonly HashSet<string> neededDisks = Retention.Disks(live ?? []);
    readonly HashSet<string> neededImages = Retention.Images(live ?? []);
    readonly Dictionary<string, Leftover> seen = new(StringComparer.Ordinal);
    readonly SortedSet<string> refused = new(StringComparer.Ordinal);

    /// <summary>What could not be removed, with the reason.</summary>
    public IReadOnlyCollection<string> Refused => refused;

    public async Task<Leftover> ClearAsync(RecoveryPoint point, CancellationToken cancel)
    {
        var worst = Leftover.Nothing;
        foreach (var volume in point.Volumes)
        {
            // A backup that others stand on goes after them: one whose child is still there waits for the next look.
            var child = Leftover.Nothing;
            foreach (var link in volume.Chain.Reverse().Where(link => !neededBackups.Contains(link.BackupId)))
            {
                child = child == Leftover.Nothing ? await OnceAsync(link.BackupId, () => ClearBackupAsync(link.BackupId, cancel)) : child;
                worst = Worse(worst, child);
            }
        }
        foreach (var blocks in point.Volumes.Select(volume => volume.Blocks).OfType<BlocksCopy>())
        {
            if (blocks.Standby is { } standby && !neededSnapshots.Contains(standby.Snapshot))
                worst = Worse(worst, await OnceAsync(standby.Snapshot, () => ClearSnapshotAsync(to, standby.Snapshot, cancel)));
            if (blocks.SourceSnapshot is { } kept && !neededSnapshots.Contains(kept))
                worst = Worse(worst, await OnceAsync(kept, () => ClearSnapshotAsync(from, kept, cancel)));
            if (!neededDisks.Contains(Retention.DiskOf(blocks)))
                worst = Worse(worst, await OnceAsync(Retention.DiskOf(blocks), () => Task.FromResult(Forget(blocks))));
        }
        foreach (var image in point.Images.Where(image => !neededImages.Contains(image.TargetImageId)))
            worst = Worse(worst, await OnceAsync(image.TargetImageId, () => ClearImageAsync(image.TargetImageId, cancel)));
        return worst;
    }

    Leftover Forget(BlocksCopy disk)
    {
        var left = forget?.Invoke(disk) ?? Leftover.Refused;
        if (left == Leftover.Refused)
            refused.Add($"{disk.Series}/{disk.Sequence} in the block repository {disk.Repository}: no mover of {to.Name} that reaches it took it away");
        return left;
    }

    /// <summary>Two points may refer to the same thing: it is looked at once per pass.</summary>
    async Task<Leftover> OnceAsync(string id, Func<Task<Leftover>> clear)
    {
        if (!seen.TryGetValue(id, out var left))
            seen[id] = left = await clear();
        return left;
    }

    async Task<Leftover> ClearBackupAsync(string id, CancellationToken cancel)
    {
        var backup = await from.Tenant.BlockStorage.FindBackupAsync(new BackupId(id), cancel);
        // A parent that Cinder chose, but somebody else made: it is theirs, here and as an import at the target.
        if (backup is not null && !backup.Metadata.ContainsKey(Mark.RunKey))
            return Leftover.Nothing;
        var left = await DeleteBackupAsync(from, backup, cancel);
        return left == Leftover.Nothing
            ? await DeleteBackupAsync(to, await to.Tenant.BlockStorage.FindBackupAsync(new BackupId(id), cancel), cancel)
            : left;
    }

    async Task<Leftover> DeleteBackupAsync(Site site, Backup? backup, CancellationToken cancel)
    {
        switch (backup)
        {
            case null or { Status: BackupStatus.Deleted }:
                return Leftover.Nothing;
            case { Status: BackupStatus.Deleting }:
                return Leftover.UnderWay;
            case { Status: BackupStatus.ErrorDeleting }:
                refused.Add($"backup {backup.Id} at {site.Name}: the cloud failed to delete it");
                return Leftover.Refused;
            case { HasDependentBackups: true }:
                refused.Add($"backup {backup.Id} at {site.Name}: backups that are not of Kedge's points stand on it");
                return Leftover.Refused;
            default:
                return await TryAsync($"backup {backup.Id} at {site.Name}", () => site.Tenant.BlockStorage.DeleteBackupAsync(backup.Id, cancel));
        }
    }

    /// <summary>One that a failover has cloned may not go before the clone: some storages refuse, and Cinder then says that it is available.</summary>
    async Task<Leftover> ClearSnapshotAsync(Site site, string id, CancellationToken cancel)
    {
        var snapshot = await site.Tenant.BlockStorage.FindSnapshotAsync(new SnapshotId(id), cancel);
        return snapshot switch
        {
            null or { Status: SnapshotStatus.Deleted } => Leftover.Nothing,
            { Status: SnapshotStatus.Deleting } => Leftover.UnderWay,
            _ when !snapshot.Metadata.ContainsKey(Mark.RunKey) => Leftover.Nothing,
            _ => await TryAsync($"snapshot {id} at {site.Name}", () => site.Tenant.BlockStorage.DeleteSnapshotAsync(snapshot.Id, cancel)),
        };
    }

    async Task<Leftover> ClearImageAsync(string id, CancellationToken cancel)
    {
        var image = await to.Tenant.Images.FindImageAsync(new ImageId(id), cancel);
        if (image is null or { Status: ImageStatus.Deleted or ImageStatus.PendingDelete } || !image.Properties.ContainsKey(Mark.RunKey))
            return Leftover.Nothing;
        return await TryAsync($"image {id} at {to.Name}", () => to.Tenant.Images.DeleteImageAsync(image.Id, cancel));
    }

    /// <summary>A refusal is an expected answer: a running server may still use the image. What passes by itself is left to the executor.</summary>
    async Task<Leftover> TryAsync(string what, Func<Task> delete)
    {
        try
        {
            await delete();
            return Leftover.UnderWay;
        }
        catch (OpenStackException e) when (e.Fault is Fault.Forbidden or Fault.Conflict or Fault.BadRequest)
        {
            refused.Add($"{what}: {e.CloudMessage ?? e.Message}");
            return Leftover.Refused;
        }
    }

    static Leftover Worse(Leftover one, Leftover other) =>
        one == Leftover.UnderWay || other == Leftover.UnderWay ? Leftover.UnderWay : (Leftover)Math.Max((int)one, (int)other);
}
