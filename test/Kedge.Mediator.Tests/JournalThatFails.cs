using System.Collections.Immutable;
using Kedge.Plans;

namespace Kedge.Mediator.Tests;

/// <summary>A journal to which the way is cut for some take-overs, before they are written.</summary>
sealed class JournalThatFails(IJournal inner) : IJournal
{
    /// <summary>Take-overs that will not arrive.</summary>
    public int TakeOversToLose { get; set; }

    public Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel) => inner.BeginAsync(run, plan, exclusiveKey, owner, cancel);

    public Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel) => TakeOversToLose-- > 0
        ? throw new JournalException(JournalFault.Inaccessible, "The database is away.", "Wait.")
        : inner.TakeOverAsync(run, owner, cancel);

    public Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel) => inner.AppendAsync(run, epoch, events, cancel);

    public Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel) => inner.EnsureCurrentAsync(run, epoch, cancel);

    public IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, CancellationToken cancel) => inner.ReadAsync(run, afterSeq, cancel);

    public IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, CancellationToken cancel) => inner.ListAsync(filter, cancel);

    public Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel) => inner.FindAsync(run, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
