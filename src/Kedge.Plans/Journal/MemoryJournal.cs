using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Kedge.Plans;

/// <summary>The power went away. Thrown by the hooks of a <see cref="MemoryJournal"/>; the journal keeps what was written before.</summary>
public sealed class PowerLostException(string where) : Exception($"The power was lost {where}.");

/// <summary>When a hook of a <see cref="MemoryJournal"/> is called.</summary>
public enum WriteMoment
{
    /// <summary>The write did not happen yet: throwing here loses it.</summary>
    Before,

    /// <summary>The write is there, but the writer has not heard of it: throwing here leaves him in doubt.</summary>
    After,
}

/// <summary>
/// A journal that forgets with its process: for rehearsals, and for simulations, in which it plays the disk that survives a crash.
/// Keeps JSON and nothing else, so that what cannot be written down cannot be remembered either.
/// </summary>
public sealed class MemoryJournal(TimeProvider clock) : IJournal
{
    private readonly Lock gate = new();
    private readonly Dictionary<RunId, Kept> runs = [];

    /// <summary>Called around each write with what is written; may throw <see cref="PowerLostException"/>.</summary>
    public Action<WriteMoment, ImmutableArray<RunEvent>>? OnWrite { get; set; }

    public Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (runs.TryGetValue(run, out var known))
                return Task.FromResult(known.Read(0));
            if (runs.Values.FirstOrDefault(r => !r.Summary.IsEnded && r.Summary.ExclusiveKey == exclusiveKey) is { } holder)
                throw new RunConflictException(exclusiveKey, holder.Summary.Run, holder.Summary.Title);
            var accepted = new RunAccepted(plan, exclusiveKey, owner);
            return Task.FromResult(Written([accepted], () =>
            {
                var kept = new Kept(Summaries.Of(run, accepted, clock.GetUtcNow()));
                kept.Add(JournalJson.Write(accepted), clock.GetUtcNow());
                runs.Add(run, kept);
                return kept.Read(0);
            }));
        }
    }

    public Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
        {
            var kept = Open_HoldsLock(run);
            var e = new RunTakenOver(owner);
            return Task.FromResult(Written([e], () =>
            {
                kept.Summary = kept.Summary with { Epoch = kept.Summary.Epoch + 1, Owner = owner };
                kept.Add([e], clock.GetUtcNow());
                return kept.Summary.Epoch;
            }));
        }
    }

    public Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
        {
            var kept = Open_HoldsLock(run);
            kept.Refuse(epoch);
            return Task.FromResult(Written(events, () => kept.Add(events, clock.GetUtcNow())));
        }
    }

    public Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
            Open_HoldsLock(run).Refuse(epoch);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        for (var at = (int)afterSeq; ; at++)
        {
            cancel.ThrowIfCancellationRequested();
            RecordedEvent recorded;
            lock (gate)
            {
                if (!runs.TryGetValue(run, out var kept) || at >= kept.Count)
                    yield break;
                recorded = kept.Read(at);
            }

            yield return recorded;
        }
    }

    public async IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        List<RunSummary> all;
        lock (gate)
            all = [.. runs.Values.Select(r => r.Summary).Where(filter.Lets).OrderByDescending(s => s.AcceptedAt).ThenByDescending(s => s.Run).Take(filter.Most ?? int.MaxValue)];
        foreach (var summary in all)
        {
            cancel.ThrowIfCancellationRequested();
            yield return summary;
        }
    }

    public Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (gate)
            return Task.FromResult(runs.TryGetValue(run, out var kept) ? kept.Summary : null);
    }

    /// <summary>It is forgotten with its process, and no sooner.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private T Written<T>(ImmutableArray<RunEvent> events, Func<T> write)
    {
        OnWrite?.Invoke(WriteMoment.Before, events);
        var written = write();
        OnWrite?.Invoke(WriteMoment.After, events);
        return written;
    }

    private Kept Open_HoldsLock(RunId run)
    {
        var kept = runs.TryGetValue(run, out var found) ? found : throw new RunNotFoundException(run);
        return kept.Summary.IsEnded ? throw new RunEndedException(run, kept.Summary.Phase) : kept;
    }

    private sealed class Kept(RunSummary summary)
    {
        private readonly List<(string Json, long Epoch, DateTimeOffset At)> events = [];

        public RunSummary Summary { get; set; } = summary;

        public int Count => events.Count;

        public void Refuse(long epoch)
        {
            if (epoch != Summary.Epoch)
                throw new SupersededException(Summary.Run, epoch, Summary.Epoch, Summary.Owner);
        }

        public ImmutableArray<RecordedEvent> Add(ImmutableArray<RunEvent> added, DateTimeOffset at)
        {
            var first = Count;
            foreach (var json in added.Select(JournalJson.Write).ToList())
                Add(json, at);
            Summary = Summary.After(added, at);
            return [.. Enumerable.Range(first, added.Length).Select(Read)];
        }

        public void Add(string json, DateTimeOffset at) => events.Add((json, Summary.Epoch, at));

        public RecordedEvent Read(int index)
        {
            var (json, epoch, at) = events[index];
            return new RecordedEvent(Summary.Run, index + 1, epoch, at, JournalJson.Read(json, Summary.Run, index + 1));
        }
    }
}
