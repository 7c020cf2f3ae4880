using System.Globalization;
using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Has a mover of the target write what changed into the standby, and read all of it back. Its snapshots of earlier points are not touched:
/// a failover can clone them all the while.
/// </summary>
/// <param name="Repository">Its name in the movers' settings.</param>
public sealed record BringForward(string Site, SourceId Volume, string VolumeName, int SizeGib, string Repository) : RecoveryStep
{
    /// <summary>On a standby: a person was told of a mismatch while it was brought to this disk of this point.</summary>
    const string ToldKey = "kedge_mismatch_told";

    public override string Title => $"Bring the standby of {VolumeName} forward at {Site}";

    public override IEnumerable<string> Needs => [ProtectStepIds.Read(Volume), ProtectStepIds.Standby(Volume)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.Movers(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3 + (3.0 * SizeGib));

    public override TimeSpan Deadline => TimeSpan.FromHours(4) + TimeSpan.FromMinutes(9.0 * SizeGib);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        if (Move.Without(sites, Site) is { } stop)
            return stop;
        var (site, cinder) = (sites[Site], sites[Site].Tenant.BlockStorage);
        var standby = run.ResultOf(ProtectStepIds.Standby(Volume), ProtectionJson.Default.StandbyFound);
        var disk = run.ResultOf(ProtectStepIds.Read(Volume), ProtectionJson.Default.DiskRead).Copy.InPoint;
        var id = new VolumeId(standby.Volume);
        var volume = await cinder.GetVolumeAsync(id, cancel);
        if (volume.Metadata.GetValueOrDefault(EnsureStandby.HoldsKey) is var holds && holds == EnsureStandby.Holding(disk))
            return await LetGoAsync(cinder, volume, cancel);

        var (device, instead) = await HostAttachment.EnsureAsync(site, id, $"standby of {VolumeName}", cancel);
        if (device is null)
            return instead!;
        if (holds != EnsureStandby.Unsettled)
            await cinder.SetVolumeMetadataAsync(id, Holds(EnsureStandby.Unsettled), cancel);
        var (result, notYet) = Move.Order(sites, run, Site, device, Repository, new MoveWork.Write(disk, standby.Content), "write");
        if (result is null)
            return notYet!;
        if (!result.Mismatches.IsEmpty)
        {
            var wrong = result;
            (result, notYet) = Move.Order(sites, run, Site, device, Repository, new MoveWork.Repair(disk), "repair");
            if (result is null)
                return notYet!;
            if (!result.IsVerified)
            {
                Move.Drop(sites, run, "write", "repair");
                return Mismatched(id, wrong, result);
            }
            if (volume.Metadata.GetValueOrDefault(ToldKey) != EnsureStandby.Holding(disk))
            {
                await cinder.SetVolumeMetadataAsync(id, new Dictionary<string, string> { [ToldKey] = EnsureStandby.Holding(disk) }, cancel);
                return Mismatched(id, wrong, result);
            }
        }
        await cinder.SetVolumeMetadataAsync(id, Holds(EnsureStandby.Holding(disk)), cancel);
        run.Progress(string.Create(CultureInfo.InvariantCulture, $"{result.WrittenBytes / 1048576.0:0.0} MiB written, all read back"));
        return await LetGoAsync(cinder, volume, cancel);
    }

    async Task<StepOutcome> LetGoAsync(BlockStorageClient cinder, Volume standby, CancellationToken cancel) => await HostAttachment.ReleaseAsync(cinder, standby.Id, cancel)
        ? ProtectionJson.Done($"Standby {standby.Id} holds the point, verified.", new StandbyForward(1), ProtectionJson.Default.StandbyForward)
        : new StepOutcome.NotYet($"the standby of {VolumeName} to be let go", TimeSpan.FromSeconds(1));

    StepOutcome.Stop Mismatched(VolumeId id, MoveResult wrong, MoveResult repair) => new(
        $"The standby {id} of {VolumeName} at {Site} does not read back as what was written, at {Mismatches.Text(wrong)}.",
        repair.IsVerified
            ? "It was repaired from the repository and reads back right as a whole now. Find out what the storage of that site did to it; then resume the run, and the point is finished."
            : $"The repair did not help: it is still wrong at {Mismatches.Text(repair)}. Look into the storage of that site; then resume the run, which writes and repairs it again.");

    static Dictionary<string, string> Holds(string what) => new() { [EnsureStandby.HoldsKey] = what };
}

/// <param name="ReadBack">The share of the standby that was read back and hashed.</param>
sealed record StandbyForward(double ReadBack);
