using Kedge.Home;
using Kedge.Output;
using Kedge.Plans;

namespace Kedge.Commands;

/// <summary>The run that a command begun again goes on with.</summary>
static class InterruptedRun
{
    /// <summary>
    /// An unfinished run of that kind whose process is no more, or that has stopped; null where there is none. One whose process lives, or may
    /// live on another machine, is a conflict.
    /// </summary>
    /// <exception cref="RunConflictException">Somebody is at it.</exception>
    public static async Task<RunId?> FindAsync(IJournal journal, string kind, string exclusiveKey, Surroundings around, CancellationToken cancel)
    {
        await foreach (var summary in journal.ListAsync(cancel))
        {
            if (summary.IsEnded || summary.Kind != kind || summary.ExclusiveKey != exclusiveKey)
                continue;
            if (summary.Phase is not RunPhase.Stopped && RunOwner.IsAlive(summary.Owner) is not false)
                throw new RunConflictException(summary.ExclusiveKey, summary.Run, summary.Title);
            around.Error.WriteLine($"Run {summary.Run} of {Moments.Text(summary.AcceptedAt)} is not finished: going on with it.");
            return summary.Run;
        }
        return null;
    }
}
