using Kedge.Plans;
using Kedge.Recovery.Failover;

namespace Kedge.Recovery.Status;

/// <summary>What the journal proves about workloads: measured times, points that were restored to the end, protections that are stuck. Read once for all.</summary>
public sealed class JournalEvidence
{
    /// <summary>Failovers that are read, newest first: of each workload, and together.</summary>
    const int MostOfOne = 5;
    const int MostOfAll = 200;

    readonly Dictionary<string, VerifiedPoint> verified = new(StringComparer.Ordinal);
    readonly Dictionary<string, RunSummary> stuck = new(StringComparer.Ordinal);

    JournalEvidence()
    {
    }

    public StepTimes Times { get; } = new();

    public static async Task<JournalEvidence> ReadAsync(IJournal journal, CancellationToken cancel)
    {
        var evidence = new JournalEvidence();
        var read = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = FailoverRunbook.Kind, Most = MostOfAll }, cancel))
        {
            if ((read[run.Subject] = read.GetValueOrDefault(run.Subject) + 1) > MostOfOne)
                continue;
            var state = await journal.GetStateAsync(run.Run, cancel);
            var facts = FailoverFacts.Of(state.Plan);
            evidence.Times.Add(state, facts.To);
            if (state.Phase is RunPhase.Finished)
                evidence.Verified(state, facts);
        }
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = Protection.ProtectRunbook.Kind, IsOpen = true }, cancel))
        {
            if (run.Phase is RunPhase.Stopped)
                evidence.stuck.TryAdd(run.Subject, run);
        }
        return evidence;
    }

    /// <summary>The newest point of a workload that was restored to the end; null: none was.</summary>
    public VerifiedPoint? NewestVerified(string workload) => verified.GetValueOrDefault(workload);

    /// <summary>A protection that stopped and waits for a person; null: none.</summary>
    public RunSummary? StuckProtection(string workload) => stuck.GetValueOrDefault(workload);

    void Verified(RunState run, FailoverFacts facts)
    {
        var volumes = FailoverResult.Of(run).Volumes;
        var read = volumes.Count(volume => volume.Verified >= 1);
        var asked = run.Plan.Steps.Count(step => step.Kind == "wait-for-health");
        var how = $"restored by run {run.Run}; {read} of {volumes.Length} volumes were read back and hashed in full; "
            + (asked > 0 ? $"{asked} servers were asked and well" : "no server has a check of its health");
        if (!verified.TryGetValue(run.Plan.Subject, out var known) || known.DataAt < facts.DataAt)
            verified[run.Plan.Subject] = new VerifiedPoint(facts.Point, facts.DataAt, run.LastEventAt, how);
    }
}

/// <summary>A point of which something is proven.</summary>
/// <param name="VerifiedAt">When.</param>
/// <param name="How">By what: a whole clause.</param>
public sealed record VerifiedPoint(string Point, DateTimeOffset DataAt, DateTimeOffset VerifiedAt, string How);
