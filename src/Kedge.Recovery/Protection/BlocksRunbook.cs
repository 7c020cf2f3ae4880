using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>The part of a protect plan that brings one volume to the target by blocks.</summary>
static class BlocksRunbook
{
    /// <summary>Snapshot, read by the movers of the source; then, where a standby waits at the target, brought forward there and kept as a snapshot.</summary>
    /// <returns>The step after which the source's snapshot is not needed any more.</returns>
    public static string Add(Runbook book, ProtectInputs inputs, VolumeBlueprint volume, List<string> pointNeeds)
    {
        var (from, name) = (inputs.From, NameOf(volume));
        var before = BlocksBefore(inputs, volume.Id);
        var pool = inputs.ReadsInPlace ? inputs.Movers!.SnapshotPool : null;
        var repository = inputs.Movers!.Repository;

        book.Add(ProtectStepIds.Exposed(volume.Id), new ExposeSnapshot(from, inputs.Workload.Name, volume.Id, name, volume.SizeGib, volume.IsEncrypted, pool), [ProtectStepIds.Snapshot]);
        var read = book.Add(
            ProtectStepIds.Read(volume.Id),
            new ReadDisk(from, volume.Id, name, volume.SizeGib, repository, before?.Sequence, pool is null ? null : before?.SourceSnapshot),
            [ProtectStepIds.Exposed(volume.Id)]);
        pointNeeds.Add(read);
        if (inputs.Workload.Replication?.Standby is StandbyKind.Warm && inputs.Mapping is { } mapping)
            pointNeeds.Add(AddStandby(book, inputs, volume, mapping, repository));
        return pool is null ? book.Add(ProtectStepIds.RemoveExposed(volume.Id), new RemoveExposed(from, volume.Id, name), [read]) : read;
    }

    /// <summary>Of the point before, where it was kept for its differences; by then this point has its own, or needs none.</summary>
    public static ImmutableArray<string> SnapshotsKeptBefore(ProtectInputs inputs) =>
        [.. (inputs.Before?.Volumes ?? []).Select(copy => copy.Blocks?.SourceSnapshot).OfType<string>()];

    static string AddStandby(Runbook book, ProtectInputs inputs, VolumeBlueprint volume, SiteMapping mapping, string repository)
    {
        var (to, workload, name) = (inputs.To, inputs.Workload.Name, NameOf(volume));
        book.Add(
            ProtectStepIds.Standby(volume.Id),
            new EnsureStandby(to, workload, volume.Id, name, volume.SizeGib, volume.IsEncrypted, mapping.VolumeTypeOf(volume), mapping.VolumeZoneOf(volume)),
            []);
        book.Add(ProtectStepIds.BroughtForward(volume.Id), new BringForward(to, volume.Id, name, volume.SizeGib, repository), []);
        return book.Add(ProtectStepIds.StandbySnapshot(volume.Id), new SnapshotStandby(to, workload, volume.Id, name), []);
    }

    static BlocksCopy? BlocksBefore(ProtectInputs inputs, SourceId volume) =>
        inputs.Before?.Volumes.FirstOrDefault(copy => copy.Volume == volume)?.Blocks is { } blocks && blocks.Repository == inputs.Movers!.Repository ? blocks : null;

    static string NameOf(VolumeBlueprint volume) => volume.Name is { Length: > 0 } given ? given : volume.Id.Value;
}
