using Kedge.OpenStack.BlockStorage;

namespace Kedge.Recovery.Steps;

/// <summary>Volumes and their snapshots, found by what their metadata says. The oldest counts, and those that are being deleted do not.</summary>
static class MarkedVolumes
{
    public static Task<Volume?> FindAsync(BlockStorageClient cinder, Mark mark, CancellationToken cancel) => FindAsync(cinder, mark.Metadata, cancel);

    public static async Task<Volume?> FindAsync(BlockStorageClient cinder, IReadOnlyDictionary<string, string> metadata, CancellationToken cancel)
    {
        Volume? oldest = null;
        await foreach (var volume in cinder.ListVolumesAsync(new BlockStorageFilter { Metadata = metadata }, cancel))
        {
            if (volume.Status is not VolumeStatus.Deleting && (oldest is null || (volume.CreatedAt, volume.Id.Value).CompareTo((oldest.CreatedAt, oldest.Id.Value)) < 0))
                oldest = volume;
        }
        return oldest;
    }

    public static async Task<Snapshot?> FindSnapshotAsync(BlockStorageClient cinder, Mark mark, CancellationToken cancel)
    {
        Snapshot? oldest = null;
        await foreach (var snapshot in cinder.ListSnapshotsAsync(new BlockStorageFilter { Metadata = mark.Metadata }, cancel))
        {
            if (snapshot.Status is not SnapshotStatus.Deleting && (oldest is null || (snapshot.CreatedAt, snapshot.Id.Value).CompareTo((oldest.CreatedAt, oldest.Id.Value)) < 0))
                oldest = snapshot;
        }
        return oldest;
    }
}
