using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Cleanup;

/// <summary>
/// Before anything goes: has the run that is cleaned up after put its point? The journal may not know, where power failed between the two. If
/// it has, what the point needs is kept. If not, it never will: the repository refuses it from now on, should that process still live.
/// </summary>
/// <param name="Repository">The directory.</param>
/// <param name="Run">The run that is cleaned up after.</param>
public sealed record ClosePoint(string Repository, string Workload, string Run) : RecoveryStep
{
    public override string Title => $"See that no point of run {Run} is there, and that none comes";

    public override IEnumerable<string> Lanes => [];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var repository = await PointRepository.OpenAsync(Repository, run.Clock, cancel);
        if ((await repository.ListAsync(Workload, cancel)).Damaged.FirstOrDefault(point => point.Id.EndsWith(Run[^8..], StringComparison.Ordinal)) is { } damaged)
            return new StepOutcome.Stop(
                $"Run {Run} has put point {damaged.Id}, and nobody can read what it needs: {damaged.Why}", $"kedge point delete {Workload} {damaged.Id}, then resume this run.");
        if (await repository.CloseAsync(Workload, Run, cancel) is not { } point)
            return new StepOutcome.Done($"Run {Run} has put no point, and will put none.");
        return new StepOutcome.Done(
            $"Run {Run} has put point {point.Id}: what that needs is kept.", JsonSerializer.SerializeToElement(KeptForPoint.Of(point), CleanupJsonContext.Default.KeptForPoint));
    }
}

/// <summary>What a cleanup leaves, because a point needs it.</summary>
/// <param name="Ids">Of whatever kind, at either site.</param>
sealed record KeptForPoint(string Point, ImmutableArray<string> Ids)
{
    public static KeptForPoint Of(RecoveryPoint point) => new(point.Id,
    [
        .. point.Volumes.SelectMany(copy => copy.Chain).Select(link => link.BackupId),
        .. point.Images.Select(image => image.TargetImageId),
        .. point.Volumes.Select(copy => copy.Blocks).OfType<BlocksCopy>().SelectMany(blocks => new[] { blocks.SourceSnapshot, blocks.Standby?.Snapshot, blocks.Standby?.Volume }).OfType<string>(),
    ]);
}
