using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Points;
using Kedge.Recovery.Protection;

namespace Kedge.Mediator.Protecting;

/// <summary>How long the last points of a workload took, from the moment of their data until they were there.</summary>
static class PointTimes
{
    /// <summary>Enough to have seen a slow one, few enough to forget it.</summary>
    const int LookedAt = 20;

    public static async Task<ImmutableArray<TimeSpan>> OfAsync(IJournal journal, PointRepository repository, string workload, CancellationToken cancel)
    {
        var points = (await repository.ListAsync(workload, cancel)).Points.TakeLast(2 * LookedAt).ToDictionary(stored => stored.Point.Run, stored => stored.Point);
        var took = ImmutableArray.CreateBuilder<TimeSpan>();
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = ProtectRunbook.Kind, Subject = workload, IsOpen = false, Most = LookedAt }, cancel))
        {
            // The end of the run is a little later than the point: what is left then is tidying up, and the next one cannot begin before it.
            if (run.Phase is RunPhase.Finished && points.TryGetValue(run.Run.Value, out var point) && run.LastEventAt > point.DataAt)
                took.Add(run.LastEventAt - point.DataAt);
        }
        return took.ToImmutable();
    }
}
