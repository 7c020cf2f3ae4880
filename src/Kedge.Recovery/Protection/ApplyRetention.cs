using System.Collections.Immutable;
using Kedge.Contracts.Moving;
using Kedge.Plans;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>
/// Retires points that the policy no longer keeps, and removes what only they referred to. Nothing here can make the run fail: what cannot be
/// removed is said, and tried again by the next run.
/// </summary>
public sealed record ApplyRetention(string Repository, string Workload, string From, string To, RetentionPolicy Policy) : RecoveryStep
{
    /// <summary>Deleting is the cloud's work in the background: after so long the rest is left to the next run.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(20);

    public override string Title => $"Remove points of {Workload} older than the last {Policy.KeepLast}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.BlockStorage(From)];

    public override TimeSpan Deadline => TimeSpan.FromHours(1);

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var repository = await PointRepository.OpenAsync(Repository, run.Clock, cancel);
        var list = await repository.ListAsync(Workload, cancel);
        if (list.Damaged is [var damaged, ..])
            return new StepOutcome.Done($"Nothing was removed, because point {damaged.Id} is damaged and nobody knows what it needs: kedge point delete {Workload} {damaged.Id}");
        var points = list.Points.Select(stored => stored.Point).ToImmutableArray();
        var usable = await repository.FindNewestUsableAsync(Workload, cancel);
        foreach (var point in Retention.ToRetire(points, usable, await sites.PointsInUseAsync(Workload, cancel), Policy))
            await repository.DeleteAsync(Workload, point.Id, cancel);

        var retired = await repository.ListRetiredAsync(Workload, cancel);
        var live = await LiveAsync(repository, cancel);
        if (live is null)
            return new StepOutcome.Done("Nothing was removed, because the repository holds damaged points of other workloads: kedge point list");
        var clearing = new Clearing(sites[From], sites[To], live, disk => Forget(sites, run, disk));
        var isUnderWay = false;
        foreach (var point in retired)
        {
            var left = await clearing.ClearAsync(point, cancel);
            if (left == Leftover.Nothing)
                await repository.ForgetRetiredAsync(Workload, point.Id, cancel);
            isUnderWay |= left == Leftover.UnderWay;
        }
        if (isUnderWay && run.Clock.GetUtcNow() - run.StartedAt < LongestWait)
            return new StepOutcome.NotYet("old backups to be gone", TimeSpan.FromSeconds(2));
        await repository.ClearBlueprintsAsync(cancel);
        return new StepOutcome.Done(NoteOf(retired.Length, clearing.Refused));
    }

    /// <summary>All points that are offered, of every workload; null where some cannot be read.</summary>
    static async Task<ImmutableArray<RecoveryPoint>?> LiveAsync(PointRepository repository, CancellationToken cancel)
    {
        var live = ImmutableArray.CreateBuilder<RecoveryPoint>();
        foreach (var workload in repository.Workloads())
        {
            var list = await repository.ListAsync(workload, cancel);
            if (list.Damaged.Length > 0)
                return null;
            live.AddRange(list.Points.Select(stored => stored.Point));
        }
        return live.ToImmutable();
    }

    /// <summary>By a mover of the target: the source may be lost. Where none is at work nobody waits for one.</summary>
    Leftover Forget(SiteSet sites, StepRun run, BlocksCopy disk)
    {
        if (sites.Movers is not { } board || !board.Movers.Any(seen => seen.Mover.Site == To && seen.Offer.Repositories.Contains(disk.Repository)))
            return Leftover.Refused;
        var (result, outcome) = Move.Order(sites, run, To, new MoveDevice.None(), disk.Repository, new MoveWork.Forget(disk.InPoint), $"forget/{disk.Series}/{disk.Sequence}");
        return result is not null ? Leftover.Nothing : outcome is StepOutcome.NotYet ? Leftover.UnderWay : Leftover.Refused;
    }

    static string NoteOf(int retired, IReadOnlyCollection<string> refused) => (retired, refused.Count) switch
    {
        (0, _) => "Nothing had to go.",
        (_, 0) => $"{retired} points retired.",
        _ => $"{retired} points retired; not removed, and tried again by the next run: {string.Join("; ", refused.Take(5))}{(refused.Count > 5 ? $" and {refused.Count - 5} more" : "")}",
    };
}
