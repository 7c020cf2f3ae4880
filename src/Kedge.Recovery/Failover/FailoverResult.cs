using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>What a failover came to, computed from its journal alone: what was lost, how long it took, what is where, what is not as it was.</summary>
public sealed record FailoverResult
{
    public required RunId Run { get; init; }
    public required string Workload { get; init; }
    public required FailoverFacts Facts { get; init; }
    public required RunPhase Phase { get; init; }

    /// <summary>When the failover was declared: when the run was accepted.</summary>
    public required DateTimeOffset DeclaredAt { get; init; }

    /// <summary>The age of the restored data at the moment of declaration: what was written later is lost.</summary>
    public required TimeSpan RpoAchieved { get; init; }

    /// <summary>From the declaration until the last server was up and, where it is asked, well. Null: not all are yet.</summary>
    public required TimeSpan? RtoAchieved { get; init; }
    public required ImmutableArray<RestoredServer> Servers { get; init; }
    public required ImmutableArray<RestoredFloatingIp> FloatingIps { get; init; }

    /// <summary>Each volume, and what of it was proven before its server booted.</summary>
    public required ImmutableArray<RestoredVolume> Volumes { get; init; }

    /// <summary>Whole sentences, each with its reason.</summary>
    public required ImmutableArray<string> NotAsCaptured { get; init; }

    /// <exception cref="System.Text.Json.JsonException">The run is not a failover.</exception>
    public static FailoverResult Of(RunState run)
    {
        var facts = FailoverFacts.Of(run.Plan);
        var steps = run.StepsInOrder.Select(s => (State: s, Step: RecoveryStepJson.Parse(s.Step))).ToList();
        var ups = steps.Where(s => s.Step is CreateServer or AttachVolume or WaitForHealth).Select(s => s.State.Phase is StepPhase.Done ? s.State.EndedAt : null).ToList();
        var made = steps.Select(s => (s.Step, s.State, Made: Made.Of(s.State))).ToList();
        return new FailoverResult
        {
            Run = run.Run,
            Workload = run.Plan.Subject,
            Facts = facts,
            Phase = run.Phase,
            DeclaredAt = run.AcceptedAt,
            RpoAchieved = run.AcceptedAt - facts.DataAt,
            RtoAchieved = ups is not [] && ups.All(at => at is not null) ? ups.Max() - run.AcceptedAt : null,
            Servers = [.. steps.Select(s => s.Step).OfType<CreateServer>().Select(s => ServerOf(s, run))],
            FloatingIps = [.. made.Where(m => m.Step is ReserveFloatingIp).Select(m => FloatingIpOf((ReserveFloatingIp)m.Step, m.Made))],
            Volumes = [.. steps.Select(s => s.Step).Select(s => VolumeOf(s, run)).OfType<RestoredVolume>()],
            NotAsCaptured = [.. facts.Remarks, .. made.SelectMany(m => m.Made?.NotAsCaptured ?? [])],
        };
    }

    static RestoredServer ServerOf(CreateServer step, RunState run)
    {
        var state = run.Steps[StepIds.Server(step.Server.Id)];
        var health = run.Steps.GetValueOrDefault(StepIds.Health(step.Server.Id));
        return new RestoredServer
        {
            Name = step.Server.Name,
            Source = step.Server.Id,
            Target = Made.Of(state)?.Id,
            Addresses = [.. step.Server.Ports.Select(p => run.Steps.GetValueOrDefault(StepIds.Port(p.Port))).OfType<StepState>().Select(s => Made.Of(s)?.Address).OfType<string>()],
            UpAt = state.Phase is StepPhase.Done ? state.EndedAt : null,
            HealthyAt = health is { Phase: StepPhase.Done } ? health.EndedAt : null,
        };
    }

    static RestoredVolume? VolumeOf(RecoveryStep step, RunState run) => step switch
    {
        RestoreVolume backup => new RestoredVolume(AsCaptured.Named(backup.Volume), ReplicationMethod.Backup, false, 0),
        FillVolume blocks => new RestoredVolume(
            AsCaptured.Named(blocks.Volume),
            ReplicationMethod.Blocks,
            FilledOf(run, blocks) is { IsWarm: true },
            FilledOf(run, blocks)?.Fraction ?? 0),
        _ => null,
    };

    static VolumeFilled? FilledOf(RunState run, FillVolume step) =>
        run.Steps[StepIds.VolumeFilled(step.Volume.Id)].Result is { } result ? JsonSerializer.Deserialize(result, FillingJson.Default.VolumeFilled) : null;

    static RestoredFloatingIp FloatingIpOf(ReserveFloatingIp step, Made? made) => new(step.FloatingIp.Address, made?.Address, step.FloatingIp.FixedIp);
}

/// <param name="IsWarm">It came from a standby.</param>
/// <param name="Verified">The share that was read back and hashed before its server booted: 1 is all of it, 0 is nothing, as with backups.</param>
public sealed record RestoredVolume(string Name, ReplicationMethod Method, bool IsWarm, double Verified);

public sealed record RestoredServer
{
    public required string Name { get; init; }
    public required SourceId Source { get; init; }

    /// <summary>Null: not made yet.</summary>
    public required string? Target { get; init; }

    /// <summary>The first address of each of its ports, in the order of the NICs.</summary>
    public required ImmutableArray<string> Addresses { get; init; }
    public required DateTimeOffset? UpAt { get; init; }

    /// <summary>Null: not yet, or not asked.</summary>
    public required DateTimeOffset? HealthyAt { get; init; }
}

/// <param name="FixedIp">Null: it is kept in reserve.</param>
public sealed record RestoredFloatingIp(string Source, string? Target, string? FixedIp);
