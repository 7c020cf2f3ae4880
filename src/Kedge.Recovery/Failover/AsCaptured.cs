using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>Gives a restored volume what the captured one had beside its bytes.</summary>
static class AsCaptured
{
    /// <summary>
    /// The description, which may hold the mark, last. Of the metadata goes what Cinder added about the backup, what the restore brought back from
    /// the time of the backup, and what Kedge noted of the transfer; the two keys that are Cinder's own stay.
    /// </summary>
    public static async Task SetAsync(BlockStorageClient cinder, Volume volume, VolumeBlueprint captured, Mark mark, CancellationToken cancel)
    {
        var metadata = captured.Metadata.AddRange(mark.Metadata);
        if (metadata.Any(m => volume.Metadata.GetValueOrDefault(m.Key) != m.Value))
            await cinder.SetVolumeMetadataAsync(volume.Id, metadata, cancel);
        foreach (var key in volume.Metadata.Keys.Where(key => !metadata.ContainsKey(key) && key is not ("readonly" or "attached_mode")))
            await cinder.DeleteVolumeMetadataAsync(volume.Id, key, cancel);
        if (captured.ImageMetadata.Any(m => volume.ImageMetadata.GetValueOrDefault(m.Key) != m.Value))
            await cinder.SetImageMetadataAsync(volume.Id, captured.ImageMetadata, cancel);
        if (captured.IsBootable != volume.IsBootable)
            await (captured.IsBootable ? cinder.MakeBootableAsync(volume.Id, cancel) : cinder.MakeUnbootableAsync(volume.Id, cancel));
        if (captured.IsReadOnly != volume.IsReadOnly)
            await (captured.IsReadOnly ? cinder.MakeReadOnlyAsync(volume.Id, cancel) : cinder.MakeWritableAsync(volume.Id, cancel));
        if (volume.Name != (captured.Name ?? "") || (volume.Description ?? "") != (captured.Description ?? ""))
            await cinder.RenameVolumeAsync(volume.Id, captured.Name ?? "", captured.Description ?? "", cancel);
    }

    /// <summary>What it does not have, for people.</summary>
    public static ImmutableArray<string> Differences(VolumeBlueprint captured) =>
        captured.Group is null ? [] : [$"Volume {Named(captured)} is in no volume group: groups are not made at the target."];

    public static string Named(VolumeBlueprint captured) => string.IsNullOrEmpty(captured.Name) ? captured.Id.Value : captured.Name;
}
