using Kedge.Mediator.Protecting;
using Kedge.Mediator.Running;
using Kedge.Plans;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Kedge.Mediator.Schedules;

/// <summary>
/// Executes the run that it is named after. The full names of the two classes here stand in the database: they are never changed.
/// </summary>
sealed class RunJob(RunHand hand) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (RunId.TryParse(context.JobDetail.Key.Name, out var run))
            await hand.ExecuteAsync(run, cancellationToken);
    }
}

/// <summary>Takes a point of the workload that it is named after, if it is time, and sets its own next start.</summary>
sealed class ProtectJob(ProtectionRound round) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var workload = context.JobDetail.Key.Name;
        var timetable = new Timetable(context.Scheduler);
        if (await round.GoAsync(workload, Timetable.FailuresOf(context), cancellationToken) is { } next)
            await timetable.ScheduleProtectionAsync(workload, next, cancellationToken);
        else
            await timetable.ForgetProtectionAsync(workload, cancellationToken);
    }
}

/// <summary>Gives jobs what they work with; and keeps what they throw from Quartz, which would fire them again at once and for ever.</summary>
sealed partial class OwnJobs(RunHand hand, ProtectionRound round, ILogger log) : IJobFactory
{
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobScope(new Guarded(bundle.JobDetail.JobType.Type == typeof(RunJob) ? new RunJob(hand) : new ProtectJob(round), log), null));

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>What a job does not foresee ends this firing alone; the patrol finds what was left.</summary>
    sealed partial class Guarded(IJob inner, ILogger log) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            try
            {
                await inner.Execute(context, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
#pragma warning disable CA1031 // A host's loop: whatever a job throws is logged, and the mediator lives on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(log, e, context.JobDetail.Key.ToString());
            }
        }

        [LoggerMessage(3201, LogLevel.Error, "Job {Job} failed in a way that was not foreseen; the patrol will look after it")]
        static partial void LogFailed(ILogger log, Exception e, string job);
    }
}
