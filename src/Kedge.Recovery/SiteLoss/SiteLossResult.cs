using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.SiteLoss;

/// <summary>What a declared loss of a site came to, from its journal alone.</summary>
public sealed record SiteLossResult
{
    public required RunId Run { get; init; }
    public required SiteLossFacts Facts { get; init; }
    public required RunPhase Phase { get; init; }
    public required DateTimeOffset DeclaredAt { get; init; }

    /// <summary>In the order of urgency.</summary>
    public required ImmutableArray<RecoveredWorkload> Workloads { get; init; }

    /// <summary>Every workload whose policy allows it is up at its target, those for which nothing could be begun included.</summary>
    public bool IsComplete => Phase is RunPhase.Finished && Workloads.All(w => w.End?.End is RecoveryEnd.Recovered or RecoveryEnd.ThereAlready) && Missed == 0;

    /// <summary>Workloads for which nothing was begun although they should be up.</summary>
    public int Missed => Facts.LeftOut.Count(left => left.IsMissed);

    public int Count(RecoveryEnd end) => Workloads.Count(workload => workload.End?.End == end);

    /// <exception cref="JsonException">The run is not a site loss.</exception>
    public static SiteLossResult Of(RunState run) => new()
    {
        Run = run.Run,
        Facts = SiteLossFacts.Of(run.Plan),
        Phase = run.Phase,
        DeclaredAt = run.AcceptedAt,
        Workloads = [.. run.Plan.Steps.Select(step => EndOf(run.Steps[step.Id]))],
    };

    static RecoveredWorkload EndOf(StepState state)
    {
        var step = (RecoverWorkload)RecoveryStepJson.Parse(state.Step);
        return new RecoveredWorkload(step.Workload, step.To, state.Result?.Deserialize(SiteLossJson.Default.WorkloadEnd), state.EndedAt);
    }
}

/// <param name="End">Null: it is not at its end yet.</param>
public sealed record RecoveredWorkload(string Workload, string To, WorkloadEnd? End, DateTimeOffset? EndedAt);
