using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Status;

/// <summary>What the journal proves about workloads: measured times, points that were restored to the end, protections that are stuck. Read once for all.</summary>
public sealed class JournalEvidence
{
    /// <summary>Failovers that are read, newest first: of each workload, and together.</summary>
    const int MostOfOne = 5;
    const int MostOfAll = 200;

    readonly Dictionary<string, RestoredPoint> verified = new(StringComparer.Ordinal);
    readonly Dictionary<string, RestoredPoint> restored = new(StringComparer.Ordinal);
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
                evidence.Restored(state, facts);
        }
        await foreach (var run in journal.ListAsync(new RunFilter { Kind = Protection.ProtectRunbook.Kind, IsOpen = true }, cancel))
        {
            if (run.Phase is RunPhase.Stopped)
                evidence.stuck.TryAdd(run.Subject, run);
        }
        return evidence;
    }

    /// <summary>The newest point of a workload of which all data was read back when it was restored, and hashed to what was captured; null: none.</summary>
    public RestoredPoint? NewestVerified(string workload) => verified.GetValueOrDefault(workload);

    /// <summary>The newest point of a workload that was restored to the end, whatever was proven of its data; null: none was.</summary>
    public RestoredPoint? NewestRestored(string workload) => restored.GetValueOrDefault(workload);

    /// <summary>A protection that stopped and waits for a person; null: none.</summary>
    public RunSummary? StuckProtection(string workload) => stuck.GetValueOrDefault(workload);

    void Restored(RunState run, FailoverFacts facts)
    {
        var result = FailoverResult.Of(run);
        var read = result.Volumes.Count(volume => volume.Verified >= 1);
        var images = run.Plan.Steps.Where(step => step.Kind == "create-server").Count(step => ((CreateServer)RecoveryStepJson.Parse(step)).Server.Image is not null);
        var asked = run.Plan.Steps.Count(step => step.Kind == "wait-for-health");
        var how = $"restored by run {run.Run}; {read} of {result.Volumes.Length} volumes were read back and hashed in full; "
            + (images > 0 ? $"{images} root disks came as images, which are not read back; " : "")
            + (asked > 0 ? $"{asked} servers were asked and well" : "no server has a check of its health");
        var point = new RestoredPoint(facts.Point, facts.DataAt, run.LastEventAt, how);
        Keep(restored, run.Plan.Subject, point);
        if (images == 0 && read > 0 && read == result.Volumes.Length)
            Keep(verified, run.Plan.Subject, point);
    }

    static void Keep(Dictionary<string, RestoredPoint> newest, string workload, RestoredPoint point)
    {
        if (!newest.TryGetValue(workload, out var known) || known.DataAt < point.DataAt)
            newest[workload] = point;
    }
}

/// <summary>A point that a failover has restored to the end.</summary>
/// <param name="At">When.</param>
/// <param name="How">What was proven: a whole clause.</param>
public sealed record RestoredPoint(string Point, DateTimeOffset DataAt, DateTimeOffset At, string How);
