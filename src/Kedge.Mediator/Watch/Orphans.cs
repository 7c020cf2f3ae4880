using Kedge.Plans;

namespace Kedge.Mediator.Watch;

/// <summary>
/// Runs that were found without anybody who executes them: which of them get a job now. One that comes back again and again (its site's record
/// is gone, say) waits longer each time; one that cannot be executed is told of once.
/// </summary>
sealed class Orphans(TimeProvider clock)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>One that stayed away for so long has lived since then.</summary>
    static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(30);

    readonly HashSet<RunId> left = [];
    readonly Dictionary<RunId, (DateTimeOffset AdoptedAt, TimeSpan Pause)> adopted = [];

    /// <param name="found">All that are found at this time.</param>
    public List<RunSummary> Due(List<RunSummary> found)
    {
        var now = clock.GetUtcNow();
        left.IntersectWith(found.Select(run => run.Run));
        foreach (var old in adopted.Where(each => now - each.Value.AdoptedAt > Forgotten).Select(each => each.Key).ToList())
            adopted.Remove(old);
        return [.. found.Where(run => !left.Contains(run.Run) && (!adopted.TryGetValue(run.Run, out var before) || now - before.AdoptedAt >= before.Pause))];
    }

    public void Adopt(RunId run)
    {
        var pause = adopted.TryGetValue(run, out var before) ? before.Pause * 2 : FirstPause;
        adopted[run] = (clock.GetUtcNow(), pause < LongestPause ? pause : LongestPause);
    }

    /// <summary>Nobody here can execute it.</summary>
    public void Leave(RunId run) => left.Add(run);
}
