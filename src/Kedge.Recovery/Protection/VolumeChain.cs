using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Protection;

/// <summary>What the next backup of a volume is meant to stand on.</summary>
/// <param name="Known">The chain in the point before, oldest first.</param>
/// <param name="Parent">Its last backup; null: the next one is full.</param>
/// <param name="WhyFull">Why, where a chain is there but not continued.</param>
sealed record VolumeChain(ImmutableArray<string> Known, string? Parent, string? WhyFull)
{
    public static VolumeChain After(RecoveryPoint? before, VolumeBlueprint volume, int fullEvery)
    {
        var copy = before?.Volumes.FirstOrDefault(one => one.Volume == volume.Id);
        if (copy is null || copy.Chain.IsEmpty)
            return new VolumeChain([], null, null);
        var known = copy.Chain.Select(link => link.BackupId).ToImmutableArray();
        if (known.Length - 1 >= fullEvery)
            return new VolumeChain(known, null, $"a new chain begins after {known.Length - 1} incremental ones");
        return copy.SizeGib == volume.SizeGib
            ? new VolumeChain(known, known[^1], null)
            : new VolumeChain(known, null, $"the volume grew from {copy.SizeGib} to {volume.SizeGib} GiB, which Cinder does not do incrementally");
    }
}
