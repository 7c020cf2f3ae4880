using Kedge.Contracts.V1;
using Kedge.Plans;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Protection;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.SiteLoss;
using Kedge.Recovery.Sites;
using RunPhase = Kedge.Plans.RunPhase;
using SiteLossPreview = Kedge.Recovery.SiteLoss.SiteLossPreview;
using Severity = Kedge.Recovery.Readiness.Severity;
using Workload = Kedge.Recovery.Workloads.Workload;

namespace Kedge.Mediator.Desk;

/// <summary>How each kind of run comes to be: what is checked first, what is told, what is written down. Nothing here executes anything.</summary>
sealed class RunBeginnings(DeskParts parts, IJournal journal)
{
    readonly MediatorRecords records = parts.Records;

    IJournal Journal => journal;

    public async Task<(RunId Run, bool IsResumed)> ProtectAsync(string name, RunBeginning beginning, CancellationToken cancel)
    {
        var workload = await records.Workloads.GetAsync(name, cancel);
        var repository = await records.OpenRepositoryAsync(cancel);
        var key = ProtectRunbook.ExclusiveKey(workload);
        if (await FindInterruptedAsync(ProtectRunbook.Kind, key, beginning.Told, cancel) is { } run)
            return (run, true);
        var recovery = await parts.RecoveryAsync(cancel);
        var sites = new SiteSet(new Dictionary<string, Recovery.Sites.Site>(StringComparer.Ordinal)
        {
            [workload.From] = await recovery.GetSite(workload.From, cancel),
            [workload.To] = await recovery.GetSite(workload.To, cancel),
        });
        beginning.Told.Report($"Capturing {workload.Name} at {workload.From} …");
        var captured = await new BlueprintCapture(recovery.Clock).CaptureAsync(workload, sites[workload.From], progress: null, cancel);
        foreach (var field in captured.Blueprint.Unreadable)
            beginning.Told.Report($"not readable: {field.Resource} {field.Id}, {field.Field}: {field.Why}");
        var isAChoice = workload.Replication is not null || sites[workload.From].Movers is not null;
        foreach (var choice in MethodChoice.Of(workload, captured.Blueprint, sites).Where(_ => isAChoice))
            beginning.Told.Report($"volume {choice.Name}: {choice.Method.ToString().ToLowerInvariant()}, {choice.Why}");
        var plan = await ProtectRunbook.PrepareAsync(
            workload, captured.Blueprint, captured.StartedAt, sites, await recovery.FindMapping(workload.Name, cancel), repository, cancel);
        return (await BeginAsync(beginning, plan, key, cancel), false);
    }

    public async Task<FailoverPreview> PreviewFailoverAsync(string name, FailoverOrder order, CancellationToken cancel)
    {
        var told = new List<string>();
        var workload = await records.Workloads.GetAsync(name, cancel);
        var interrupted = await FindFailoverAsync(workload, order, new Listed(told), cancel);
        var plan = interrupted is { } run ? (await Journal.GetStateAsync(run, cancel)).Plan : await PrepareAsync(workload, order, "", new Listed(told), cancel);
        var facts = FailoverFacts.Of(plan);
        return new FailoverPreview(interrupted?.Value, plan.Title, plan.Steps.Length, plan.CriticalPath.TotalSeconds, facts.Point, facts.DataAt, told);
    }

    public async Task<(RunId Run, bool IsResumed)> FailoverAsync(string name, FailoverOrder order, RunBeginning beginning, CancellationToken cancel)
    {
        var workload = await records.Workloads.GetAsync(name, cancel);
        if (await FindFailoverAsync(workload, order, beginning.Told, cancel) is { } run)
            return (run, true);
        var plan = await PrepareAsync(workload, order, beginning.Who, beginning.Told, cancel);
        return (await BeginAsync(beginning, plan, FailoverRunbook.ExclusiveKey(workload), cancel), false);
    }

    /// <summary>Whoever names a point has a reason, a clean one perhaps: a run that was begun for another is not gone on with in its place.</summary>
    async Task<RunId?> FindFailoverAsync(Workload workload, FailoverOrder order, IProgress<string> told, CancellationToken cancel)
    {
        if (await FindInterruptedAsync(FailoverRunbook.Kind, FailoverRunbook.ExclusiveKey(workload), told, cancel) is not { } run)
            return null;
        var begun = FailoverFacts.Of((await Journal.GetStateAsync(run, cancel)).Plan).Point;
        if (order.Point is not { } asked || begun == asked)
            return run;
        throw new ProblemException(
            ProblemCodes.Refused,
            $"Not gone on after all: run {run} was begun for point {begun}, not for {asked}. To go on with it, leave --point away. "
            + $"To begin anew: kedge run abandon {run}, kedge cleanup {run}, then this again.")
        { Run = run.Value, Field = "point" };
    }

    async Task<Plan> PrepareAsync(Workload workload, FailoverOrder order, string who, IProgress<string> told, CancellationToken cancel)
    {
        if (order.Force is not true && await LiveCopy.FindAsync(Journal, workload, cancel) is { } copy)
        {
            throw new ProblemException(
                ProblemCodes.Refused,
                $"{workload.Name} was brought up at {workload.To} by run {copy.Run} of {copy.AcceptedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}; a second failover would make a second copy beside it.")
            { Run = copy.Run.Value, WhatToDo = $"If that is not wanted any more: kedge cleanup {copy.Run}. If it is gone for sure: --force." };
        }
        // Says which is missing, the repository or the point, before anything else does.
        await PointDesk.ChooseAsync(await records.ReadRepositoryAsync(cancel), workload.Name, order.Point, cancel);
        var recovery = await parts.RecoveryAsync(cancel);
        var prepared = order.Point is null
            ? await PreparedFailover.OfNewestAsync(recovery, workload, cancel)
            : await PreparedFailover.OfPointAsync(recovery, workload, order.Point, cancel);
        var report = await ReadinessCheck.RunAsync(prepared.Question(await recovery.GetSite(workload.To, cancel)), recovery.Clock, cancel);
        foreach (var found in report.Reasons)
            told.Report($"{(found.Severity is Severity.Blocks ? "BLOCKS" : "warns ")}  {found.Resource}: {found.What} {found.WhatToDo}");
        foreach (var remark in prepared.Definition?.Remarks ?? [])
            told.Report($"note    {remark}");
        if (!report.IsReady && order.Force is not true)
        {
            throw new ProblemException(ProblemCodes.NotReady, "not ready; nothing was begun. Mend what blocks, or insist with --force.")
            {
                Readiness = Contracts.Of(report, prepared),
            };
        }
        if (prepared.Mapping is null)
            await records.Mappings.GetAsync(workload.Name, cancel);
        var forced = order.Force is true && report.Reasons.Length > 0 ? $" (forced against: {string.Join("; ", report.Reasons.Select(found => found.What))})" : "";
        return prepared.Write(new FailoverRequest((order.Reason ?? "not said") + forced, who));
    }

    public async Task<(RunId Run, bool IsResumed)> DeclareLostAsync(string site, SiteLossOrder order, RunBeginning beginning, CancellationToken cancel)
    {
        await records.Sites.GetAsync(site, cancel);
        var atOnce = order.AtOnce ?? SiteLossRequest.UsuallyAtOnce;
        if (atOnce is < 1 or > 1000)
            throw new ProblemException(ProblemCodes.Invalid, "--at-once: from 1 to 1000.") { Field = "atOnce" };
        var key = SiteLossRunbook.ExclusiveKey(site);
        if (await FindInterruptedAsync(SiteLossRunbook.Kind, key, beginning.Told, cancel) is { } run)
            return (run, true);
        var preview = await SiteLossPreview.OfAsync(await parts.RecoveryAsync(cancel), site, cancel);
        if (!preview.Begun(order.Force is true).Any())
        {
            throw new ProblemException(preview.Losses.IsEmpty ? ProblemCodes.Refused : ProblemCodes.NotReady, $"there is nothing to recover of {site}.");
        }
        var plan = SiteLossRunbook.Write(preview, new SiteLossRequest(order.Reason, beginning.Who, atOnce, order.Force is true));
        return (await BeginAsync(beginning, plan, key, cancel), false);
    }

    public async Task<(RunId Run, bool IsResumed)> CleanUpAsync(RunId run, RunBeginning beginning, CancellationToken cancel)
    {
        var state = await Journal.GetStateAsync(run, cancel);
        if (Availability.Changes.ChangeRunbook.IsOne(state.Plan.Kind))
            throw new ProblemException(ProblemCodes.Refused, $"Run {run} changed a cluster; what it did is taken back with: kedge ha undo {run}") { Run = run.Value };
        return (await BeginAsync(beginning, CleanupRunbook.Write(state), state.ExclusiveKey, cancel), false);
    }

    async Task<RunId> BeginAsync(RunBeginning beginning, Plan plan, string key, CancellationToken cancel)
    {
        await Journal.BeginAsync(beginning.Run, plan, key, parts.Owner, cancel);
        return beginning.Run;
    }

    /// <summary>
    /// An unfinished run of that kind whose process is no more, or that has stopped; null where there is none. One whose process lives, or may
    /// live on another machine, is a conflict.
    /// </summary>
    /// <exception cref="RunConflictException">Somebody is at it.</exception>
    async Task<RunId?> FindInterruptedAsync(string kind, string key, IProgress<string> told, CancellationToken cancel)
    {
        await foreach (var run in Journal.ListAsync(RunFilter.Open with { Kind = kind, ExclusiveKey = key }, cancel))
        {
            if (run.Phase is not RunPhase.Stopped && await parts.IsAliveAsync(run.Owner, cancel) is not false)
                throw new RunConflictException(run.ExclusiveKey, run.Run, run.Title);
            told.Report($"Run {run.Run} of {run.AcceptedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ} is not finished: going on with it.");
            return run.Run;
        }
        return null;
    }

    sealed class Listed(List<string> told) : IProgress<string>
    {
        public void Report(string value) => told.Add(value);
    }
}
