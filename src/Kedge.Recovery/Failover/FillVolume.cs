using System.Globalization;
using System.Text.Json;
using Kedge.Contracts.Moving;
using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// Has a mover of the target fill an empty volume from the repository, or leave a clone of the standby as it is, and read back what stands
/// there. What is not what the point says is repaired from the repository, and the run stops once to tell a person.
/// </summary>
/// <param name="ReadBack">The share that is read back and hashed, above 0 to 1.</param>
public sealed record FillVolume(string Site, VolumeBlueprint Volume, VolumeCopy Copy, double ReadBack) : RecoveryStep
{
    /// <summary>On the volume until it is finished: the root that was proven on it.</summary>
    const string ProvenKey = "kedge_proven";

    /// <summary>On the volume until it is finished: a person was told of a mismatch, of so many bytes.</summary>
    const string ToldKey = "kedge_mismatch_told";

    string Named => AsCaptured.Named(Volume);

    public override string Title => Copy.Blocks?.Standby is null
        ? string.Create(CultureInfo.InvariantCulture, $"Fill volume {Named}, {Volume.SizeGib} GiB, and read {ReadBack:P0} of it back")
        : string.Create(CultureInfo.InvariantCulture, $"Read {ReadBack:P0} of volume {Named} back, {Volume.SizeGib} GiB");

    public override IEnumerable<string> Needs => [StepIds.VolumeMade(Volume.Id)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.Movers(Site)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(3 + (Volume.SizeGib * (Copy.Blocks?.Standby is null ? 10 : 5 * ReadBack)));

    public override TimeSpan Deadline => TimeSpan.FromHours(4) + TimeSpan.FromMinutes(9 * Volume.SizeGib);

    DiskInPoint Disk => Copy.Blocks!.InPoint;

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        if (Move.Without(sites, Site) is { } stop)
            return stop;
        var cinder = sites[Site].Tenant.BlockStorage;
        var made = run.ResultOf(StepIds.VolumeMade(Volume.Id), FillingJson.Default.VolumeMade);
        var id = new VolumeId(made.Id);
        var volume = await cinder.GetVolumeAsync(id, cancel);
        if (Proven(volume) is { } proven)
            return await LetGoAsync(cinder, id, proven, cancel);

        var (device, instead) = await HostAttachment.EnsureAsync(sites[Site], id, Named, cancel);
        if (device is null)
            return instead!;
        (MoveResult?, StepOutcome?) Order(MoveWork work, string purpose) => Move.Order(sites, run, Site, device, Copy.Blocks!.Repository, work, purpose);

        var (result, notYet) = made.IsWarm
            ? Order(new MoveWork.Verify(Disk, ReadBack), "verify")
            : Order(new MoveWork.Write(Disk, Content(device), ReadBack), "write");
        if (result is null)
            return notYet!;
        var told = volume.Metadata.GetValueOrDefault(ToldKey);
        if (!result.Mismatches.IsEmpty)
        {
            var wrong = result;
            (result, notYet) = Order(new MoveWork.Repair(Disk), "repair");
            if (result is null)
                return notYet!;
            if (!result.IsVerified)
                Move.Drop(sites, run, "verify", "write", "repair");
            if (!result.IsVerified || told is null)
            {
                await cinder.SetVolumeMetadataAsync(id, new Dictionary<string, string> { [ToldKey] = result.RepairedBytes.ToString(CultureInfo.InvariantCulture) }, cancel);
                return Mismatched(id, wrong, result);
            }
        }
        var filled = new VolumeFilled(result.VerifiedFraction ?? 0, made.IsWarm, told is null ? 0 : long.Parse(told, CultureInfo.InvariantCulture), result.WrittenBytes, Disk.Root);
        await cinder.SetVolumeMetadataAsync(id, new Dictionary<string, string> { [ProvenKey] = filled.ToText() }, cancel);
        return await LetGoAsync(cinder, id, filled, cancel);
    }

    VolumeFilled? Proven(Volume volume) => volume.Metadata.GetValueOrDefault(ProvenKey) is { } text && VolumeFilled.FindIn(text) is { } filled && filled.Root == Disk.Root ? filled : null;

    /// <summary>A new RBD image reads as zeros; of other back ends nobody promises that.</summary>
    static TargetContent Content(MoveDevice device) => device is MoveDevice.Rbd ? new TargetContent.Blank() : new TargetContent.Unknown();

    async Task<StepOutcome> LetGoAsync(BlockStorageClient cinder, VolumeId id, VolumeFilled filled, CancellationToken cancel) => await HostAttachment.ReleaseAsync(cinder, id, cancel)
        ? new StepOutcome.Done(filled.Text(Named), JsonSerializer.SerializeToElement(filled, FillingJson.Default.VolumeFilled))
        : new StepOutcome.NotYet($"volume {Named} to be let go by the mover", TimeSpan.FromSeconds(1));

    StepOutcome.Stop Mismatched(VolumeId id, MoveResult wrong, MoveResult repair) => new(
        $"What stands on volume {Named} ({id}) at {Site} is not what point {Disk.Series}/{Disk.Sequence} holds, at {Mismatches.Text(wrong)}.",
        repair.IsVerified
            ? "It was repaired from the repository and reads back right as a whole now. Find out what the storage of that site did to it; then resume the run, and its server boots."
            : $"The repair did not help: it is still wrong at {Mismatches.Text(repair)}. Do not boot from it. Delete volume {id}, abandon this run, and fail over from another point.");
}

/// <summary>What was proven of a volume before its server boots.</summary>
/// <param name="Fraction">The share that was read back and hashed.</param>
/// <param name="IsWarm">It came from the standby.</param>
/// <param name="RepairedBytes">What was wrong at first and was written anew.</param>
/// <param name="WrittenBytes">By the mover.</param>
/// <param name="Root">The Merkle root that it has.</param>
sealed record VolumeFilled(double Fraction, bool IsWarm, long RepairedBytes, long WrittenBytes, string Root)
{
    public string Text(string volume) => Fraction >= 1
        ? $"Volume {volume} is verified: all of it was read back and is what the point holds."
        : string.Create(CultureInfo.InvariantCulture, $"Volume {volume} is not verified as a whole: {Fraction:P1} of it was read back, and is what the point holds.");

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Root} {Fraction:0.######} {(IsWarm ? "warm" : "cold")} {RepairedBytes} {WrittenBytes}");

    public static VolumeFilled? FindIn(string text) => text.Split(' ') is [var root, var fraction, var kind, var repaired, var written]
        && double.TryParse(fraction, NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
        && long.TryParse(repaired, NumberStyles.None, CultureInfo.InvariantCulture, out var again)
        && long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new VolumeFilled(share, kind == "warm", again, bytes, root)
            : null;
}
