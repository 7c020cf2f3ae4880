using System.Collections.Immutable;

namespace Kedge.Plans;

/// <summary>
/// Where runs are written down. Everything a run knows is a fold of this; whoever returns from a write knows that it is on disk.
/// Implementations inherit one conformance suite.
/// </summary>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Writes the plan as the first event. Beginning the same run again answers with what is there.</summary>
    /// <exception cref="RunConflictException">An unfinished run holds <paramref name="exclusiveKey"/>.</exception>
    Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel);

    /// <summary>Raises the epoch and writes <see cref="RunTakenOver"/>, in one atomic step. Every earlier owner is refused from here on.</summary>
    /// <returns>The new epoch.</returns>
    /// <exception cref="RunNotFoundException">No such run.</exception>
    /// <exception cref="RunEndedException">It is finished or abandoned.</exception>
    Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel);

    /// <summary>Appends all of the events or none.</summary>
    /// <exception cref="SupersededException">The epoch is not the run's: somebody else took it over.</exception>
    /// <exception cref="RunEndedException">It is finished or abandoned.</exception>
    /// <exception cref="JournalException">It could not be written.</exception>
    Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel);

    /// <summary>Asked before each push into the world, so that an owner who was only paused does not push beside his successor.</summary>
    /// <exception cref="SupersededException">The epoch is not the run's.</exception>
    Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel);

    /// <summary>The events after <paramref name="afterSeq"/> in order; none when there is no such run.</summary>
    IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, CancellationToken cancel);

    /// <summary>The runs that the filter lets through, newest first.</summary>
    IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, CancellationToken cancel);

    /// <summary>Null when there is no such run.</summary>
    Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel);
}

/// <summary>What every journal can do with the above.</summary>
public static class Journals
{
    /// <summary>All runs, newest first.</summary>
    public static IAsyncEnumerable<RunSummary> ListAsync(this IJournal journal, CancellationToken cancel) => journal.ListAsync(RunFilter.All, cancel);

    /// <inheritdoc cref="IJournal.AppendAsync"/>
    public static async Task<RecordedEvent> AppendAsync(this IJournal journal, RunId run, long epoch, RunEvent e, CancellationToken cancel) =>
        (await journal.AppendAsync(run, epoch, [e], cancel))[0];

    /// <summary>The run as it stands.</summary>
    /// <exception cref="RunNotFoundException">No such run.</exception>
    public static async Task<RunState> GetStateAsync(this IJournal journal, RunId run, CancellationToken cancel)
    {
        RunState? state = null;
        await foreach (var recorded in journal.ReadAsync(run, 0, cancel))
            state = state is null ? RunState.Begin(recorded) : state.Apply(recorded);
        return state ?? throw new RunNotFoundException(run);
    }
}
