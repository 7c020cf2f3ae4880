using System.Runtime.CompilerServices;
using Kedge.Contracts.V1;
using Kedge.Plans;
using Kedge.Recovery.Steps;
using RunPhase = Kedge.Plans.RunPhase;

namespace Kedge.Mediator.Desk;

/// <summary>Runs, over the journal.</summary>
public sealed class RunDesk(DeskParts parts, IJournal journal)
{
    readonly RunBeginnings beginnings = new(parts, journal);

    IJournal Journal => journal;

    public async IAsyncEnumerable<V1.Run> ListAsync(RunFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var run in Journal.ListAsync(filter, cancel))
            yield return await ShownAsync(run, cancel);
    }

    public async Task<V1.Run> GetAsync(string id, CancellationToken cancel) => await ShownAsync(await FindAsync(id, cancel), cancel);

    /// <summary>With its steps.</summary>
    public async Task<RunDetails> DetailsAsync(RunId run, CancellationToken cancel) =>
        Contracts.Of(await ShownAsync(run, cancel), await Journal.GetStateAsync(run, cancel));

    public IAsyncEnumerable<RecordedEvent> ReadAsync(RunId run, CancellationToken cancel) => Journal.ReadAsync(run, 0, cancel);

    public Task<FailoverPreview> PreviewFailoverAsync(string workload, FailoverOrder order, CancellationToken cancel) =>
        beginnings.PreviewFailoverAsync(workload, order, cancel);

    public Task<RunStarted> ProtectAsync(string workload, RunBeginning beginning, CancellationToken cancel) =>
        BegunAsync(beginning, () => beginnings.ProtectAsync(workload, beginning, cancel), cancel);

    public Task<RunStarted> FailoverAsync(string workload, FailoverOrder order, RunBeginning beginning, CancellationToken cancel) =>
        BegunAsync(beginning, () => beginnings.FailoverAsync(workload, order, beginning, cancel), cancel);

    public Task<RunStarted> DeclareLostAsync(string site, SiteLossOrder order, RunBeginning beginning, CancellationToken cancel) =>
        BegunAsync(beginning, () => beginnings.DeclareLostAsync(site, order, beginning, cancel), cancel);

    public Task<RunStarted> CleanUpAsync(RunId run, RunBeginning beginning, CancellationToken cancel) =>
        BegunAsync(beginning, () => beginnings.CleanUpAsync(run, beginning, cancel), cancel);

    public async Task<RunStarted> ResumeAsync(RunId run, ResumeOrder order, CancellationToken cancel)
    {
        var before = await Journal.FindAsync(run, cancel) ?? throw new RunNotFoundException(run);
        if (before.IsEnded)
            throw new RunEndedException(run, before.Phase);
        if (before.Phase is RunPhase.Running && await parts.IsAliveAsync(before.Owner, cancel) is not false && order.TakeOver is not true)
        {
            throw new ProblemException(ProblemCodes.Refused, $"Run {run} is being executed by {before.Owner}. If that is stuck or gone: kedge run resume {run} --take-over")
            {
                Run = run.Value,
            };
        }
        return new RunStarted(await ShownAsync(before, cancel), true, []);
    }

    public async Task<V1.Run> AbandonAsync(RunId run, AbandonOrder order, string who, CancellationToken cancel)
    {
        var executor = new RunExecutor(
            Journal, _ => throw new InvalidOperationException("An abandoned run executes nothing."), RecoveryFaults.Read, new RunLimits(), parts.Clock, parts.Owner);
        await executor.AbandonAsync(run, who, order.Reason ?? "not said", cancel);
        return await ShownAsync(run, cancel);
    }

    /// <summary>A beginning that is said twice is done once.</summary>
    async Task<RunStarted> BegunAsync(RunBeginning beginning, Func<Task<(RunId Run, bool IsResumed)>> begin, CancellationToken cancel)
    {
        var (run, isResumed) = await Journal.FindAsync(beginning.Run, cancel) is not null ? (beginning.Run, false) : await begin();
        return new RunStarted(await ShownAsync(run, cancel), isResumed, []);
    }

    async Task<V1.Run> ShownAsync(RunId run, CancellationToken cancel) => await ShownAsync(await Journal.FindAsync(run, cancel) ?? throw new RunNotFoundException(run), cancel);

    async Task<V1.Run> ShownAsync(RunSummary run, CancellationToken cancel) =>
        Contracts.Of(run, run.Phase is RunPhase.Running or RunPhase.Accepted && await parts.IsAliveAsync(run.Owner, cancel) is false);

    async Task<RunSummary> FindAsync(string text, CancellationToken cancel)
    {
        if (RunId.TryParse(text, out var whole))
            return await Journal.FindAsync(whole, cancel) ?? throw new RunNotFoundException(whole);
        var found = new List<RunSummary>();
        await foreach (var run in Journal.ListAsync(cancel))
        {
            if (text.Length >= 4 && run.Run.Value.StartsWith(text, StringComparison.Ordinal))
                found.Add(run);
        }
        return found switch
        {
            [var only] => only,
            [] => throw new ProblemException(ProblemCodes.NotFound, $"There is no run {text} (four digits at least): kedge run list"),
            _ => throw new ProblemException(ProblemCodes.Invalid, $"{text} is the beginning of {found.Count} runs: {string.Join(", ", found.Select(run => run.Run))}"),
        };
    }
}
