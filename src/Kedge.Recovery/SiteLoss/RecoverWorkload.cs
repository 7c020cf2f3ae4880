using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kedge.OpenStack;
using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;
using Kedge.Recovery.Readiness;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.SiteLoss;

/// <summary>
/// Fails one workload of a lost site over, as a run of its own whose id follows from this run and the workload: begun again after a crash it
/// is the same run. A failover that somebody else began meanwhile is followed instead of begun beside.
/// </summary>
/// <param name="Point">The one that was shown; null: there was none then.</param>
public sealed record RecoverWorkload(string Workload, string To, string? Point, string Reason, string Who, bool IsForced) : RecoveryStep
{
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    public override string Title => $"Recover {Workload} at {To}";

    public override IEnumerable<string> Lanes => [$"{To}/recoveries"];

    /// <summary>The same for all, so that they start in the order in which they were written.</summary>
    public override TimeSpan Expected => TimeSpan.FromMinutes(1);

    public override TimeSpan Deadline => TimeSpan.FromDays(7);

    /// <summary>The failover that a site loss begins for a workload: its moment is that of the site loss, the rest follows from both names.</summary>
    public static RunId RunOf(RunId siteLoss, string workload)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{siteLoss}/{workload}")));
        return RunId.Parse($"{siteLoss.Value[..13]}{hash[..19]}");
    }

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        if (sites.Desk is not { } desk)
            return new StepOutcome.Stop("This process executes no runs of runs.", "Resume it with kedge run resume, or by a mediator.");
        var own = await desk.Journal.FindAsync(RunOf(run.Run, Workload), cancel);
        if ((own ?? await OpenFailoverAsync(desk, cancel)) is { } failover)
            return await FollowAsync(desk, failover, cancel);
        return await BeginAsync(desk, run, cancel) is { } end ? Done(end) : new StepOutcome.NotYet("its failover", LookAgain);
    }

    async Task<RunSummary?> OpenFailoverAsync(RecoveryDesk desk, CancellationToken cancel)
    {
        await foreach (var other in desk.Journal.ListAsync(new RunFilter { Kind = FailoverRunbook.Kind, Subject = Workload, IsOpen = true }, cancel))
            return other;
        return null;
    }

    static async Task<StepOutcome> FollowAsync(RecoveryDesk desk, RunSummary failover, CancellationToken cancel)
    {
        if (failover.IsEnded)
            return Done(await EndOfAsync(desk, failover, cancel));
        if (await desk.SeeTo(failover.Run, cancel))
            return new StepOutcome.NotYet($"failover {failover.Run}", LookAgain);
        // It may have ended between the look and the answer.
        var now = await desk.Journal.GetStateAsync(failover.Run, cancel);
        return now.Phase is RunPhase.Stopped
            ? Done(new WorkloadEnd(RecoveryEnd.Failed, failover.Run.Value, $"Its failover stopped: {now.Reason} Mend it, then: kedge run resume {failover.Run}"))
            : new StepOutcome.NotYet($"failover {failover.Run}", LookAgain);
    }

    static async Task<WorkloadEnd> EndOfAsync(RecoveryDesk desk, RunSummary failover, CancellationToken cancel) => failover.Phase is RunPhase.Finished
        ? new WorkloadEnd(RecoveryEnd.Recovered, failover.Run.Value, Came(FailoverResult.Of(await desk.Journal.GetStateAsync(failover.Run, cancel))))
        : new WorkloadEnd(RecoveryEnd.Failed, failover.Run.Value, $"Its failover {failover.Run} was given up.");

    /// <summary>Null: it is begun. What is in the way of this one workload is its end, and no reason to stop the others.</summary>
    async Task<WorkloadEnd?> BeginAsync(RecoveryDesk desk, StepRun run, CancellationToken cancel)
    {
        try
        {
            if (await desk.FindWorkload(Workload, cancel) is not { } workload)
                return new WorkloadEnd(RecoveryEnd.NotReady, null, "It was deleted since the site was declared lost.");
            // One that this step followed, and that has ended since the last look, is not open any more and is found here.
            if (await LiveCopy.FindAsync(desk.Journal, workload, cancel) is { } copy)
                return copy.LastEventAt >= run.StartedAt ? await EndOfAsync(desk, copy, cancel) : Before(copy);
            var prepared = await PreparedFailover.OfPointOrNewestAsync(desk, workload, Point, cancel);
            var readiness = await ReadinessCheck.RunAsync(prepared.Question(await desk.GetSite(workload.To, cancel)), desk.Clock, cancel);
            if (!readiness.IsReady && !IsForced)
                return new WorkloadEnd(RecoveryEnd.NotReady, null, string.Join(" ", readiness.Reasons.Where(r => r.Severity is Severity.Blocks).Select(r => $"{r.Resource}: {r.What}")));
            var plan = prepared.Write(new FailoverRequest($"{Reason} (site {workload.From} is lost, run {run.Run})", Who));
            await desk.Journal.BeginAsync(RunOf(run.Run, Workload), plan, FailoverRunbook.ExclusiveKey(workload), desk.Owner, cancel);
            return null;
        }
        catch (Exception e) when (e is FailoverRefusedException or RepositoryException or RecordException or SettingsException)
        {
            return new WorkloadEnd(RecoveryEnd.NotReady, null, e.Message);
        }
        catch (RunConflictException)
        {
            // Somebody was quicker: the next look finds and follows that one.
            return null;
        }
    }

    static WorkloadEnd Before(RunSummary copy) => copy.Phase is RunPhase.Abandoned
        ? new WorkloadEnd(RecoveryEnd.NotReady, copy.Run.Value, GivenUpBefore(copy))
        : new WorkloadEnd(RecoveryEnd.ThereAlready, copy.Run.Value, $"Brought up by failover {copy.Run}.");

    internal static string GivenUpBefore(RunSummary copy) =>
        $"failover {copy.Run} was given up, and a part of a copy may be at the target: kedge cleanup {copy.Run}, then declare the site lost again";

    static string Came(FailoverResult result) =>
        $"{result.Servers.Length} servers are up; {PlanText.Say(result.RpoAchieved)} of data are lost; it took {(result.RtoAchieved is { } rto ? PlanText.Say(rto) : "unknown")}.";

    static StepOutcome.Done Done(WorkloadEnd end) => new($"{end.End}: {end.What}", JsonSerializer.SerializeToElement(end, SiteLossJson.Default.WorkloadEnd));
}
