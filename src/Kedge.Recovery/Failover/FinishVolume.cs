using Kedge.OpenStack.BlockStorage;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>Gives a filled volume its name, metadata, and what a guest needs to boot from it. From then on its server may have it.</summary>
public sealed record FinishVolume(string Site, VolumeBlueprint Volume, VolumeCopy Copy) : RecoveryStep
{
    public override string Title => $"Give volume {AsCaptured.Named(Volume)} what it had beside its bytes";

    public override IEnumerable<string> Needs => [StepIds.VolumeMade(Volume.Id), StepIds.VolumeFilled(Volume.Id)];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var cinder = sites[Site].Tenant.BlockStorage;
        var made = run.ResultOf(StepIds.VolumeMade(Volume.Id), FillingJson.Default.VolumeMade);
        var filled = run.ResultOf(StepIds.VolumeFilled(Volume.Id), FillingJson.Default.VolumeFilled);
        var volume = await cinder.GetVolumeAsync(new VolumeId(made.Id), cancel);
        // In use already: the server that has it was made by a process that knew this step as done.
        if (volume.Status is VolumeStatus.Available)
            await AsCaptured.SetAsync(cinder, volume, Volume, new Mark(run.Run.Value, made.StepMark), cancel);
        return new Made(made.Id)
        {
            NotAsCaptured =
            [
                .. AsCaptured.Differences(Volume),
                .. filled.RepairedBytes > 0 ? new[] { $"Volume {AsCaptured.Named(Volume)} was wrong at first: {filled.RepairedBytes} bytes were repaired from the repository." } : [],
            ],
        }.Done($"volume {AsCaptured.Named(Volume)} is {made.Id}, with the data of {Copy.DataAt:u}; {(filled.Fraction >= 1 ? "verified" : "not verified as a whole")}");
    }
}
