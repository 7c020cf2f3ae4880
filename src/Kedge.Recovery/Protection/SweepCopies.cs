using Kedge.Plans;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Protection;

/// <summary>
/// The last look of a run that protects: of backups, images, standbys and their snapshots that carry the mark of one step more than once,
/// those that the point does not hold go. Two appear when a call arrives only after a later one had looked. What carries another run's mark,
/// or none, is never touched.
/// </summary>
public sealed record SweepCopies(string Repository, string Workload, string From, string To) : RecoveryStep
{
    public override string Title => "Look for anything that was copied twice, and remove what is too much";

    public override IEnumerable<string> Needs => [ProtectStepIds.WritePoint];

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(From)];

    public override TimeSpan Expected => TimeSpan.FromSeconds(1);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var repository = await PointRepository.OpenAsync(Repository, run.Clock, cancel);
        var point = await repository.GetAsync(Workload, run.ResultOf(ProtectStepIds.WritePoint, ProtectionJson.Default.PointWritten).Point, cancel);
        var standbys = point.Volumes.Select(copy => copy.Blocks?.Standby).OfType<StandbySnapshot>().ToList();
        var removed = await RemoveAsync(sites[From], MadeKind.Backup, Retention.Backups([point]), run, cancel)
            + await RemoveAsync(sites[To], MadeKind.Image, Retention.Images([point]), run, cancel)
            + await RemoveExposedAsync(sites[From], run, cancel)
            + await RemoveAsync(sites[To], MadeKind.Snapshot, [.. standbys.Select(standby => standby.Snapshot)], run, cancel)
            + await RemoveAsync(sites[To], MadeKind.Volume, [.. standbys.Select(standby => standby.Volume)], run, cancel);
        return removed == 0
            ? new StepOutcome.Done("nothing was copied twice")
            : new StepOutcome.NotYet("what was copied twice to be gone", TimeSpan.FromSeconds(2));
    }

    /// <summary>By now every snapshot has been read: what was made of one, perhaps late, is of no use.</summary>
    static async Task<int> RemoveExposedAsync(Site site, StepRun run, CancellationToken cancel)
    {
        var made = await MarkedResource.ListAsync(site.Tenant, MadeKind.VolumeOfSnapshot, run.Mark, cancel).ToListAsync(cancel);
        foreach (var it in made)
            await Removal.RemoveAsync(site, MadeKind.VolumeOfSnapshot, it.Id, cancel);
        return made.Count;
    }

    static async Task<int> RemoveAsync(Site site, MadeKind kind, HashSet<string> held, StepRun run, CancellationToken cancel)
    {
        var made = await MarkedResource.ListAsync(site.Tenant, kind, run.Mark, cancel).ToListAsync(cancel);
        var tooMuch = made.GroupBy(it => it.StepMark).Where(same => same.Any(it => held.Contains(it.Id))).SelectMany(same => same.Where(it => !held.Contains(it.Id))).ToList();
        foreach (var it in tooMuch)
            await Removal.RemoveAsync(site, kind, it.Id, cancel);
        return tooMuch.Count;
    }
}
