using System.Collections.Immutable;
using System.Globalization;
using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// The volume at the target that stands by for one at the source: found by its metadata, else made. It outlives the run that made it: the next
/// one that finds it takes that run's mark off, so that no cleanup takes it away from points that need it.
/// </summary>
/// <param name="Volume">At the source.</param>
/// <param name="IsEncrypted">At the source, and so it has to be here.</param>
/// <param name="VolumeType">At the target; null: the cloud's default.</param>
/// <param name="AvailabilityZone">At the target; null: the cloud's default.</param>
public sealed record EnsureStandby(string Site, string Workload, SourceId Volume, string VolumeName, int SizeGib, bool IsEncrypted, string? VolumeType, string? AvailabilityZone) : RecoveryStep
{
    /// <summary>On a standby: which volume of the source it stands by for.</summary>
    public const string VolumeKey = "kedge_standby_for";
    public const string WorkloadKey = "kedge_workload";

    /// <summary>On a standby: which disk of which point it holds, or that a transfer into it was begun.</summary>
    public const string HoldsKey = "kedge_holds";
    public const string Unsettled = "unsettled";

    public override string Title => $"Have a standby of {VolumeName} ({SizeGib} GiB) at {Site}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3);

    public override TimeSpan Deadline => TimeSpan.FromMinutes(30);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var mark = Mark.Of(run);
        if (await MarkedVolumes.FindAsync(cinder, Identity, cancel) is not { } standby)
        {
            await cinder.CreateVolumeAsync(Described(mark), cancel);
            return new StepOutcome.NotYet($"the standby of {VolumeName}", TimeSpan.FromSeconds(1));
        }
        if (standby.Status is VolumeStatus.Error or VolumeStatus.ErrorDeleting or VolumeStatus.ErrorExtending)
            return new StepOutcome.Stop(
                $"The standby {standby.Id} of {VolumeName} at {Site} is {standby.Status}.", "See the log of cinder-volume there. Delete it with its snapshots, then resume the run: another is made and filled.");
        if (standby.Status is not (VolumeStatus.Available or VolumeStatus.InUse))
            return new StepOutcome.NotYet($"the standby of {VolumeName} ({standby.Id}), which is {standby.Status}", TimeSpan.FromSeconds(1));
        if (IsEncrypted && !standby.IsEncrypted)
            return InClear(standby.Id);
        if (!mark.IsOn(standby.Metadata))
        {
            foreach (var key in mark.Metadata.Keys.Where(standby.Metadata.ContainsKey))
                await cinder.DeleteVolumeMetadataAsync(standby.Id, key, cancel);
        }
        if (standby.SizeGib < SizeGib)
        {
            await cinder.ExtendVolumeAsync(standby.Id, SizeGib, cancel);
            return new StepOutcome.NotYet($"the standby of {VolumeName} to grow", TimeSpan.FromSeconds(1));
        }
        var holds = standby.Metadata.GetValueOrDefault(HoldsKey);
        return ProtectionJson.Done(
            holds is null ? $"Volume {standby.Id} is new." : $"Volume {standby.Id} holds {holds}.",
            new StandbyFound(standby.Id.Value, ContentOf(holds)),
            ProtectionJson.Default.StandbyFound);
    }

    StepOutcome.Stop InClear(VolumeId id) => new(
        $"Volume {VolumeName} ({Volume}) is encrypted, and its standby {id} at {Site} is not: its type {VolumeType ?? "(the default)"} does not encrypt. Nothing was written to it.",
        $"Choose an encrypted type of {Site} in the mapping (kedge mapping set {Workload}), delete volume {id}, abandon this run and protect again.");

    /// <summary>"SEQUENCE ROOT": the disk's name and series follow from the volume.</summary>
    public static string Holding(DiskInPoint disk) => string.Create(CultureInfo.InvariantCulture, $"{disk.Sequence} {disk.Root}");

    ImmutableSortedDictionary<string, string> Identity => ImmutableSortedDictionary<string, string>.Empty.Add(VolumeKey, Volume.Value).Add(WorkloadKey, Workload);

    TargetContent ContentOf(string? holds) => holds?.Split(' ') is [var sequence, var root] && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? new TargetContent.Holds(new DiskInPoint(ReadDisk.SeriesOf(Volume), number, VolumeName, root))
        : new TargetContent.Unknown();

    NewVolume Described(Mark mark) => new()
    {
        Name = $"kedge-standby-{Workload}-{VolumeName}",
        Description = $"Stands by for volume {Volume} of workload {Workload}. Kedge writes it at each recovery point; do not attach it.",
        SizeGib = SizeGib,
        VolumeType = VolumeType,
        AvailabilityZone = AvailabilityZone,
        Metadata = Identity.AddRange(mark.Metadata),
    };
}

/// <param name="Volume">At the target.</param>
/// <param name="Content">What was known of it before this run wrote to it. It stays right through a transfer that is cut off and done again: each block is then as before, or as it shall be.</param>
sealed record StandbyFound(string Volume, TargetContent Content);
