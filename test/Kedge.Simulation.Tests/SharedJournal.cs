using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kedge.Plans;

namespace Kedge.Simulation.Tests;

/// <summary>The one journal, as one life of a mediator reaches it: through its power, its pauses and its full disk.</summary>
sealed class SharedJournal(World world, Life life) : IJournal
{
    public Task<RecordedEvent> BeginAsync(RunId run, Plan plan, string exclusiveKey, string owner, CancellationToken cancel) =>
        WriteAsync($"begin {plan.Title}", () => world.Disk.BeginAsync(run, plan, exclusiveKey, owner, cancel));

    public Task<long> TakeOverAsync(RunId run, string owner, CancellationToken cancel) =>
        WriteAsync($"take over {world.NameOf(run)}", () => world.Disk.TakeOverAsync(run, owner, cancel));

    public async Task<ImmutableArray<RecordedEvent>> AppendAsync(RunId run, long epoch, ImmutableArray<RunEvent> events, CancellationToken cancel) =>
        await WriteAsync(
            string.Join("; ", events.Select(e => $"{world.NameOf(run)} {(e is StepEvent step ? step.Step + " " : "")}{e.GetType().Name}")),
            async () => await CountAsync(async () => await world.Disk.AppendAsync(run, await EpochAsync(run, epoch, cancel), events, cancel)));

    public async Task EnsureCurrentAsync(RunId run, long epoch, CancellationToken cancel)
    {
        await life.PassAsync();
        await CountAsync(async () =>
        {
            await world.Disk.EnsureCurrentAsync(run, await EpochAsync(run, epoch, cancel), cancel);
            return true;
        });
    }

    public async IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, long afterSeq, [EnumeratorCancellation] CancellationToken cancel)
    {
        await life.PassAsync();
        await foreach (var recorded in world.Disk.ReadAsync(run, afterSeq, cancel))
            yield return recorded;
    }

    public async IAsyncEnumerable<RunSummary> ListAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await life.PassAsync();
        await foreach (var summary in world.Disk.ListAsync(filter, cancel))
            yield return summary;
    }

    public async Task<RunSummary?> FindAsync(RunId run, CancellationToken cancel)
    {
        await life.PassAsync();
        return await world.Disk.FindAsync(run, cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>With the check taken out, every epoch passes for the newest.</summary>
    async Task<long> EpochAsync(RunId run, long epoch, CancellationToken cancel) =>
        world.Sabotage.EpochsAreNotChecked && await world.Disk.FindAsync(run, cancel) is { } now ? now.Epoch : epoch;

    async Task<T> CountAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (SupersededException)
        {
            world.Weather.Counted("stale epoch refused");
            throw;
        }
    }

    async Task<T> WriteAsync<T>(string what, Func<Task<T>> write)
    {
        await life.PassAsync();
        if (life.IsDiskFull)
            throw new JournalException(JournalFault.DiskFull, "the journal", "No space left on device.");
        var (isLost, isBefore) = (world.Weather.CutsAtWrite(), world.Weather.Next(2) == 0);
        if (isLost && isBefore)
            throw Lost(what);
        var written = await write();
        world.History.Say(life.Owner, what);
        world.LookAround();
        return isLost ? throw Lost(what) : written;
    }

    PowerLostException Lost(string what)
    {
        world.LosePower(life, $"at {what}");
        return new PowerLostException(what);
    }
}
