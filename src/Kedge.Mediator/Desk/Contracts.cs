using System.Text.Json;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Health;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Status;

namespace Kedge.Mediator.Desk;

/// <summary>From the records of the house to those of the API: the one mapping there is.</summary>
static class Contracts
{
    public static V1.Point Of(RecoveryPoint point, DateTimeOffset now) => new()
    {
        Id = point.Id,
        Workload = point.Workload,
        DataAt = point.DataAt,
        AskedAt = now,
        Volumes = point.Volumes.Length,
        Images = point.Images.Length,
        Consistency = point.Consistency switch
        {
            PointConsistency.Single => V1.PointConsistency.Single,
            PointConsistency.Group => V1.PointConsistency.Group,
            _ => V1.PointConsistency.PerVolume,
        },
        SkewSeconds = point.Skew.TotalSeconds,
        Remarks = point.Remarks,
    };

    public static V1.PointDetails Of(RecoveryPoint point, Blueprint blueprint, DateTimeOffset now) => new()
    {
        Point = Of(point, now),
        From = point.SourceSite,
        To = point.TargetSite,
        Run = point.Run,
        Blueprint = point.Blueprint,
        BlueprintAt = point.BlueprintAt,
        Servers = [.. blueprint.Servers.Select(server => server.Name)],
        Volumes = [.. point.Volumes.Select(copy => new V1.VolumeCopy(copy.Volume.Value, copy.SizeGib, copy.DataAt, [.. copy.Chain.Select(link => link.BackupId)]))],
        Images = [.. point.Images.Select(copy => new V1.ImageCopy(copy.Image?.Value, copy.RootDiskOf?.Value, copy.TargetImageId, copy.SizeBytes))],
        Unreadable = [.. blueprint.Unreadable.Select(field => $"{field.Resource} {field.Id} {field.Field}: {field.Why}")],
        Previous = point.Previous?.Id,
    };

    /// <param name="isInterrupted">Its owner is known to be no more.</param>
    public static V1.Run Of(RunSummary run, bool isInterrupted) => new()
    {
        Id = run.Run.Value,
        Kind = run.Kind,
        Title = run.Title,
        Subject = run.Subject,
        Phase = PhaseOf(run.Phase, isInterrupted),
        Owner = run.Owner,
        Epoch = run.Epoch,
        AcceptedAt = run.AcceptedAt,
        LastEventAt = run.LastEventAt,
    };

    static V1.RunPhase PhaseOf(RunPhase phase, bool isInterrupted) => phase switch
    {
        RunPhase.Finished => V1.RunPhase.Finished,
        RunPhase.Abandoned => V1.RunPhase.Abandoned,
        RunPhase.Stopped => V1.RunPhase.Stopped,
        _ when isInterrupted => V1.RunPhase.Interrupted,
        RunPhase.Running => V1.RunPhase.Running,
        _ => V1.RunPhase.Accepted,
    };

    public static V1.RunDetails Of(V1.Run run, RunState state) => new()
    {
        Run = run,
        Reason = state.Reason,
        StartedAt = state.StartedAt,
        EndedAt = state.EndedAt,
        StepsDone = state.DoneCount,
        CriticalPathSeconds = state.Plan.CriticalPath.TotalSeconds,
        Steps = [.. state.StepsInOrder.Select(Of)],
        Failover = state.Plan.Kind == FailoverRunbook.Kind ? Of(FailoverResult.Of(state)) : null,
        SiteLoss = state.Plan.Kind == SiteLossRunbook.Kind ? Of(SiteLossResult.Of(state)) : null,
    };

    static V1.RunStep Of(StepState step) => new()
    {
        Id = step.Step.Id,
        Kind = step.Step.Kind,
        Title = step.Step.Title,
        Phase = step.Phase switch
        {
            StepPhase.Running => V1.StepPhase.Running,
            StepPhase.Done => V1.StepPhase.Done,
            StepPhase.Stopped => V1.StepPhase.Stopped,
            _ => V1.StepPhase.Pending,
        },
        Attempts = step.Attempts,
        StartedAt = step.StartedAt,
        EndedAt = step.EndedAt,
        Note = step.Note,
        WaitingFor = step.WaitingFor,
        LastFault = step.LastFault?.Message,
        StopReason = step.StopReason,
        WhatToDo = step.WhatToDo,
        Result = step.Result,
        Calls = [.. step.Calls.Select(call => new V1.CloudCall(call.Service, call.RequestId))],
    };

    static V1.FailoverOutcome Of(FailoverResult result) => new()
    {
        Point = result.Facts.Point,
        DataAt = result.Facts.DataAt,
        Reason = result.Facts.Reason,
        Who = result.Facts.Who,
        RpoAchievedSeconds = result.RpoAchieved.TotalSeconds,
        RtoAchievedSeconds = result.RtoAchieved?.TotalSeconds,
        Servers = [.. result.Servers.Select(server => new V1.RestoredServer(server.Name, server.Source.Value, server.Target, server.Addresses, server.UpAt, server.HealthyAt))],
        NotAsCaptured = result.NotAsCaptured,
    };

    static V1.SiteLossOutcome Of(SiteLossResult result) => new(
        result.Facts.Reason,
        result.Facts.Who,
        [.. result.Workloads.Select(workload => new V1.WorkloadRecovery(workload.Workload, workload.To, workload.End?.End.ToString(), workload.End?.Run, workload.End?.What))],
        [.. result.Facts.LeftOut.Select(left => new V1.LeftOutWorkload(left.Workload, left.Why))]);

    public static V1.Site Of(SiteRecord site) => new()
    {
        Name = site.Name,
        Cloud = site.Cloud,
        AdminCloud = site.AdminCloud,
        Movers = site.Movers is { } movers ? new V1.SiteMovers(movers.Host, movers.Repository, movers.Ceph, movers.SnapshotPool) : null,
        PointsAtOnce = site.PointsAtOnce,
    };

    public static V1.SiteHealth Of(SiteHealth health, HealthRules rules)
    {
        var last = health.Rounds is [.., var newest] ? newest : null;
        return new V1.SiteHealth
        {
            Site = health.Site,
            State = health.State switch
            {
                SiteState.Up => V1.SiteState.Up,
                SiteState.Degraded => V1.SiteState.Degraded,
                SiteState.Silent => V1.SiteState.Silent,
                _ => V1.SiteState.Unknown,
            },
            Since = health.Since,
            LookedAt = last?.At,
            Seen = (last?.ViewBy(rules) ?? SiteView.CannotTell).ToString(),
            SelfCheck = (last?.Self ?? SelfCheck.Untested).ToString(),
            Looks = health.Rounds.Length,
            Services = [.. (last?.Own.Services ?? []).Select(service => new V1.ServiceAnswer(service.Service, service.Answer.ToString(), service.What ?? ""))],
        };
    }

    public static V1.RecoveryEstimate Of(RecoveryPrediction prediction) => new(
        prediction.Median?.TotalSeconds, prediction.Ninetieth?.TotalSeconds, prediction.Unmeasured is not [], prediction.Basis);

    public static V1.WorkloadStatus Of(WorkloadStatus status) => new()
    {
        Workload = status.Workload.Name,
        Level = Of(status.Level),
        AskedAt = status.AskedAt,
        Point = status.Point?.Id,
        DataAt = status.Point?.DataAt,
        AgeSeconds = status.Age?.TotalSeconds,
        RpoSeconds = status.Workload.Rpo.TotalSeconds,
        Lag = status.Lag,
        Verified = status.Verified is { } verified ? new V1.VerifiedPoint(verified.Point, verified.At, verified.How) : null,
        DefinitionAt = status.Definition?.At,
        DefinitionLookedAt = status.Look?.LookedAt,
        DefinitionLook = status.Look?.Outcome.ToString(),
        IsReady = status.Readiness?.IsReady,
        RtoSeconds = status.Workload.Rto?.TotalSeconds,
        Recovery = Of(status.Recovery),
        Reasons = [.. status.Reasons.Select(reason => new V1.StatusReason(Of(reason.Level), reason.Code, reason.What, reason.WhatToDo))],
    };

    static V1.StatusLevel Of(StatusLevel level) => level switch
    {
        StatusLevel.Good => V1.StatusLevel.Good,
        StatusLevel.Warning => V1.StatusLevel.Warning,
        _ => V1.StatusLevel.Critical,
    };

    public static V1.Readiness Of(ReadinessReport report, PreparedFailover prepared) => new(
        report.Workload,
        report.AskedAt,
        report.IsReady,
        prepared.Point?.Id,
        prepared.Point?.DataAt,
        [.. report.Reasons.Select(reason => new V1.ReadinessReason(
            reason.Severity is Severity.Blocks ? V1.Severity.Blocks : V1.Severity.Warns, reason.Code, reason.Resource, reason.What, reason.WhatToDo))],
        prepared.Definition?.Remarks ?? []);

    public static V1.SiteLossPreview Of(SiteLossPreview preview) => new(
        preview.Site,
        preview.At,
        [.. preview.Losses.Select(loss => new V1.WorkloadLoss
        {
            Workload = loss.Workload,
            To = loss.To,
            Priority = loss.Priority,
            RtoSeconds = loss.Rto?.TotalSeconds,
            Servers = loss.Servers,
            Point = loss.Point,
            DataAt = loss.DataAt,
            LostSeconds = loss.Lost?.TotalSeconds,
            Recovery = Of(loss.Recovery),
            NotReady = loss.NotReady,
            Remarks = loss.Remarks,
            NoRoom = loss.NoRoom,
        })],
        [.. preview.LeftOut.Select(left => new V1.LeftOutWorkload(left.Workload, left.Why))],
        preview.Remarks);

    public static V1.DefinitionVersion Of(DefinitionVersion version, bool isFirst, IEnumerable<DefinitionChange> changes) => new(
        version.Id,
        version.CapturedAt,
        version.Servers,
        isFirst,
        [.. changes.Select(change => new V1.DefinitionChange(change.Resource, change.Id, change.Name, change.Field, change.Before, change.After))]);
}
