using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Status;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.SiteLoss;

/// <summary>What a declared loss of a site would do, workload by workload, in the order in which it would.</summary>
public sealed record SiteLossPreview
{
    /// <summary>So many workloads are asked about in full at their targets, which takes calls for each; of more only what is known without asking, and the sum of quotas.</summary>
    public const int MostAskedInFull = 100;

    const int AtOnce = 8;

    public required string Site { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Those whose policy allows it.</summary>
    public required ImmutableArray<WorkloadLoss> Losses { get; init; }

    /// <summary>Those whose policy, or an earlier failover, says no.</summary>
    public required ImmutableArray<LeftOutWorkload> LeftOut { get; init; }

    /// <summary>What could not be found out.</summary>
    public required ImmutableArray<string> Remarks { get; init; }

    /// <summary>Those for which a failover is begun: all, but for what does not fit into the target.</summary>
    public IEnumerable<WorkloadLoss> Begun(bool isForced) => Losses.Where(loss => isForced || loss.NoRoom is null);

    /// <summary>Nothing is in the way of any of them.</summary>
    public bool IsReady => Losses.All(loss => loss.NotReady is [] && loss.NoRoom is null) && !LeftOut.Any(left => left.IsMissed);

    internal ImmutableArray<LeftOutWorkload> LeftOutFinally(bool isForced) =>
        [.. LeftOut, .. Losses.Where(loss => !isForced && loss.NoRoom is not null).Select(loss => new LeftOutWorkload(loss.Workload, loss.NoRoom!, LeftOutBecause.NoRoom))];

    /// <summary>Highest priority first, then the most urgent RTO; one that promised none comes last of its rank.</summary>
    public static IEnumerable<Workload> InOrder(IEnumerable<Workload> workloads) => workloads
        .OrderByDescending(workload => workload.Priority).ThenBy(workload => workload.Rto ?? TimeSpan.MaxValue).ThenBy(workload => workload.Name, StringComparer.Ordinal);

    /// <summary>Reads the repository and the journal, asks the targets for their quotas, and, where there are not too many, for all of readiness. The lost site is not asked.</summary>
    public static async Task<SiteLossPreview> OfAsync(RecoveryDesk desk, string site, CancellationToken cancel)
    {
        var records = await desk.Workloads(cancel);
        var workloads = InOrder(records.Records.Where(workload => workload.From == site)).ToList();
        var copies = await LiveCopy.FindAllAsync(desk.Journal, cancel);
        var evidence = await JournalEvidence.ReadAsync(desk.Journal, cancel);
        var wanted = workloads.Where(workload => workload.OnSiteLoss is OnSiteLoss.Recover && !copies.ContainsKey(workload.Name)).ToList();
        var leftOut = workloads.Except(wanted).Select(workload => WhyLeftOut(workload, copies.GetValueOrDefault(workload.Name))).Concat(
            records.Unreadable.Select(broken => new LeftOutWorkload(broken.Name, $"its record cannot be read, so nobody knows whether it is of this site: {broken.Why}", LeftOutBecause.Unreadable)));
        var losses = new WorkloadLoss[wanted.Count];
        var prepared = new PreparedFailover[wanted.Count];
        await Parallel.ForAsync(0, wanted.Count, cancel, async (i, stop) => (prepared[i], losses[i]) = await LossOfAsync(desk, wanted[i], evidence, stop));
        var remarks = new List<string>();
        await WithRoomAsync(desk, prepared, losses, remarks, cancel);
        if (wanted.Count <= MostAskedInFull)
            await Parallel.ForAsync(0, wanted.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (i, stop) => losses[i] = await WithReadinessAsync(desk, prepared[i], losses[i], stop));
        else
            remarks.Add($"{wanted.Count} workloads are too many to ask their targets about each: readiness is asked when each one's turn comes.");
        return new SiteLossPreview { Site = site, At = desk.Clock.GetUtcNow(), Losses = [.. losses], LeftOut = [.. leftOut], Remarks = [.. remarks] };
    }

    static LeftOutWorkload WhyLeftOut(Workload workload, RunSummary? copy) => copy switch
    {
        null => new(workload.Name, "its policy says so (onSiteLoss: Leave)", LeftOutBecause.Policy),
        { Phase: RunPhase.Abandoned } => new(workload.Name, RecoverWorkload.GivenUpBefore(copy), LeftOutBecause.GivenUp),
        _ => new(workload.Name, $"failover {copy.Run} has brought it up, and was not cleaned up after", LeftOutBecause.ThereAlready),
    };

    static async Task<(PreparedFailover, WorkloadLoss)> LossOfAsync(RecoveryDesk desk, Workload workload, JournalEvidence evidence, CancellationToken cancel)
    {
        var prepared = await PreparedFailover.OfNewestAsync(desk, workload, cancel);
        var (prediction, notReady) = (RecoveryPrediction.None, ImmutableArray<string>.Empty);
        try
        {
            prediction = evidence.Times.Predict(prepared.Write(new FailoverRequest("preview", "")), workload.To);
        }
        catch (FailoverRefusedException e)
        {
            notReady = e.Problems;
        }
        return (prepared, new WorkloadLoss
        {
            Workload = workload.Name,
            To = workload.To,
            Priority = workload.Priority,
            Rto = workload.Rto,
            Servers = prepared.Definition?.Blueprint.Servers.Length ?? 0,
            Point = prepared.Point?.Id,
            DataAt = prepared.Point?.DataAt,
            Lost = desk.Clock.GetUtcNow() - prepared.Point?.DataAt,
            Recovery = prediction,
            NotReady = notReady,
            Remarks = prepared.Definition?.Remarks ?? [],
        });
    }

    /// <summary>In order: what a workload takes is not there for those after it.</summary>
    static async Task WithRoomAsync(RecoveryDesk desk, PreparedFailover[] prepared, WorkloadLoss[] losses, List<string> remarks, CancellationToken cancel)
    {
        var rooms = new Dictionary<string, TargetRoom>(StringComparer.Ordinal);
        for (var i = 0; i < losses.Length; i++)
        {
            if (prepared[i] is not { Definition: { } definition, Mapping: { } mapping })
                continue;
            if (!rooms.TryGetValue(losses[i].To, out var room))
            {
                var (target, why) = await FindTargetAsync(desk, losses[i].To, cancel);
                rooms[losses[i].To] = room = target is null ? TargetRoom.Unknown(why!) : await TargetRoom.AskAsync(target, cancel);
                remarks.AddRange(room.NotTold);
            }
            losses[i] = losses[i] with { NoRoom = room.Take(definition.Blueprint, mapping) };
        }
    }

    static async Task<WorkloadLoss> WithReadinessAsync(RecoveryDesk desk, PreparedFailover prepared, WorkloadLoss loss, CancellationToken cancel)
    {
        var (target, why) = await FindTargetAsync(desk, loss.To, cancel);
        if (target is null)
            return loss with { NotReady = [.. loss.NotReady, why!] };
        var report = await ReadinessCheck.RunAsync(prepared.Question(target), desk.Clock, cancel);
        var blocks = report.Reasons.Where(reason => reason.Severity is Severity.Blocks).Select(reason => $"{reason.Resource}: {reason.What}").ToImmutableArray();
        return blocks is [] ? loss : loss with { NotReady = blocks };
    }

    /// <summary>A target whose record or credentials are wrong stands in the way of the workloads that go there, and of no others.</summary>
    static async Task<(Site? Target, string? Why)> FindTargetAsync(RecoveryDesk desk, string name, CancellationToken cancel)
    {
        try
        {
            return (await desk.GetSite(name, cancel), null);
        }
        catch (Exception e) when (e is RecordException or SettingsException)
        {
            return (null, $"site {name}: {e.Message}");
        }
    }
}

/// <summary>What the loss of its site means for one workload.</summary>
public sealed record WorkloadLoss
{
    public required string Workload { get; init; }
    public required string To { get; init; }
    public required int Priority { get; init; }
    public required TimeSpan? Rto { get; init; }
    public required int Servers { get; init; }

    /// <summary>The one that would be used; null: there is none.</summary>
    public required string? Point { get; init; }
    public required DateTimeOffset? DataAt { get; init; }

    /// <summary>What was written in this time is lost.</summary>
    public required TimeSpan? Lost { get; init; }
    public required RecoveryPrediction Recovery { get; init; }

    /// <summary>Reasons why it would not work now; asked again when its turn comes.</summary>
    public required ImmutableArray<string> NotReady { get; init; }

    /// <summary>What of its newest definition is not in its newest data.</summary>
    public required ImmutableArray<string> Remarks { get; init; }

    /// <summary>What the target's quota lacks when those before it have taken theirs; null: it fits.</summary>
    public string? NoRoom { get; init; }
}
