using System.Collections.Immutable;
using System.Globalization;
using Kedge.Mediator.Protecting;
using Kedge.Plans;
using Quartz;

namespace Kedge.Mediator.Schedules;

/// <summary>
/// The jobs of this cluster of mediators, kept in a database by Quartz: one for each run that a mediator executes (group <c>run</c>), which is
/// gone with its end, and one for each protected workload (group <c>protect</c>), which has one next start. A job whose mediator dies is
/// fired again elsewhere. Whatever is scheduled twice is there once.
/// </summary>
sealed class Timetable(IScheduler scheduler)
{
    public const string Runs = "run";
    public const string Protections = "protect";

    const int Page = 1000;

    /// <summary>How often in a row the workload's turn failed; it goes with the trigger, whichever mediator is at it next.</summary>
    const string Failures = "failures";

    /// <summary>Fires at once, on whichever mediator is free first.</summary>
    public async Task ScheduleRunAsync(RunId run, CancellationToken cancel)
    {
        var job = JobBuilder.Create<RunJob>().WithIdentity(run.Value, Runs).DisallowConcurrentExecution().RequestRecovery().Build();
        var trigger = TriggerBuilder.Create(scheduler.TimeProvider).WithIdentity(run.Value, Runs).WithPriority(10).StartNow()
            .WithSchedule(Once()).Build();
        await scheduler.ScheduleJob(job, trigger, ScheduleJobOptions.Replacing, cancel);
    }

    /// <summary>Whether a run has a job, waiting or being executed.</summary>
    public async Task<bool> HasRunAsync(RunId run, CancellationToken cancel) => await scheduler.Exists(new JobKey(run.Value, Runs), cancel);

    /// <summary>Sets the one next start of a workload's protection; the one before, if it has not come yet, does not come any more.</summary>
    public async Task ScheduleProtectionAsync(string workload, NextTurn turn, CancellationToken cancel)
    {
        var job = new JobKey(workload, Protections);
        if (!await scheduler.Exists(job, cancel))
        {
            var detail = JobBuilder.Create<ProtectJob>().WithIdentity(job).DisallowConcurrentExecution().RequestRecovery().StoreDurably().Build();
            await scheduler.AddJob(detail, AddJobOptions.Replacing, cancel);
        }
        var trigger = TriggerBuilder.Create(scheduler.TimeProvider).WithIdentity(workload, Protections).ForJob(job)
            .WithExecutionGroup(GroupOf(turn.Site)).WithDescription(turn.Remark.Length <= 200 ? turn.Remark : turn.Remark[..200]).StartAt(turn.At)
            .UsingJobData(Failures, turn.Failures.ToString(CultureInfo.InvariantCulture))
            .WithSchedule(Once()).Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancel);
    }

    /// <summary>As <see cref="NextTurn.Failures"/> of the turn that fires now.</summary>
    public static int FailuresOf(IJobExecutionContext fired) =>
        int.TryParse(fired.Trigger.JobDataMap.GetString(Failures), NumberStyles.None, CultureInfo.InvariantCulture, out var failures) ? failures : 0;

    public async Task ForgetProtectionAsync(string workload, CancellationToken cancel) =>
        await scheduler.DeleteJob(new JobKey(workload, Protections), cancel);

    /// <summary>Workloads that have a job, with the start that comes next (null: it is being protected now) and why then.</summary>
    public async Task<ImmutableDictionary<string, ScheduledProtection>> ListProtectionsAsync(CancellationToken cancel)
    {
        var found = ImmutableDictionary.CreateBuilder<string, ScheduledProtection>(StringComparer.Ordinal);
        await foreach (var name in JobsAsync(Protections, cancel))
            found[name] = new ScheduledProtection(name, null, null);
        for (var skip = 0; ; skip += Page)
        {
            var query = new TriggerQuery { Group = GroupMatcher<TriggerKey>.GroupEquals(Protections), Skip = skip, Take = Page };
            var page = await scheduler.QueryTriggers(query, cancel);
            foreach (var trigger in page.Items.Where(trigger => found.ContainsKey(trigger.JobKey.Name)))
                found[trigger.JobKey.Name] = new ScheduledProtection(trigger.JobKey.Name, trigger.NextFireTimeUtc, trigger.Description);
            if (!page.HasMore)
                return found.ToImmutable();
        }
    }

    /// <summary>Runs that have a job, waiting or being executed.</summary>
    public async Task<ImmutableHashSet<RunId>> ListRunsAsync(CancellationToken cancel)
    {
        var found = ImmutableHashSet.CreateBuilder<RunId>();
        await foreach (var name in JobsAsync(Runs, cancel))
        {
            if (RunId.TryParse(name, out var run))
                found.Add(run);
        }
        return found.ToImmutable();
    }

    /// <summary>Workloads whose protection is being executed somewhere.</summary>
    public async Task<ImmutableHashSet<string>> ListProtectedNowAsync(CancellationToken cancel)
    {
        var found = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        for (var skip = 0; ; skip += Page)
        {
            var page = await scheduler.QueryFireInstances(new FireInstanceQuery { Skip = skip, Take = Page }, cancel);
            found.UnionWith(page.Items.Where(fired => fired.JobKey?.Group == Protections).Select(fired => fired.JobKey!.Name));
            if (!page.HasMore)
                return found.ToImmutable();
        }
    }

    /// <summary>The mediators that check in, this one among them.</summary>
    public async Task<ImmutableHashSet<string>> ListLivingAsync(CancellationToken cancel) =>
        [.. (await scheduler.QueryClusterNodes(cancel)).Where(node => node.IsCurrentNode || node.State is not ClusterNodeState.Failed).Select(node => node.InstanceId)];

    /// <summary>How many protections of a site run at once, over all mediators together: a slow site holds up its own workloads and no others.</summary>
    public async Task LimitAsync(IReadOnlyDictionary<string, int> bySite, int otherwise, CancellationToken cancel)
    {
        var limits = ExecutionLimitsBuilder.Create().ForGroupsWithPrefix("site:", otherwise, ExecutionLimitScope.Cluster);
        foreach (var (site, most) in bySite)
            limits.ForGroup(GroupOf(site), most, ExecutionLimitScope.Cluster);
        await scheduler.SetExecutionLimits(limits.Build(), cancel);
    }

    /// <summary>A start that nobody was there for is made up at once, and once.</summary>
    static SimpleScheduleBuilder Once() => SimpleScheduleBuilder.Create().WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow);

    static string GroupOf(string site) => $"site:{site}";

    async IAsyncEnumerable<string> JobsAsync(string group, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (var skip = 0; ; skip += Page)
        {
            var page = await scheduler.QueryJobs(new JobQuery { Group = GroupMatcher<JobKey>.GroupEquals(group), Skip = skip, Take = Page }, cancel);
            foreach (var job in page.Items)
                yield return job.Key.Name;
            if (!page.HasMore)
                yield break;
        }
    }
}

/// <param name="Next">Null: it is being protected at this moment.</param>
/// <param name="Remark">Why then.</param>
sealed record ScheduledProtection(string Workload, DateTimeOffset? Next, string? Remark);
