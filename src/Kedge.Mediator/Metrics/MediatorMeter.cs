using System.Diagnostics;
using System.Diagnostics.Metrics;
using Kedge.Plans;

namespace Kedge.Mediator.Metrics;

/// <summary>What a mediator counts and measures. Names and meanings: docs/operate/mediator.md</summary>
sealed class MediatorMeter : IProgress<RunProgress>, IDisposable
{
    public const string Name = "Kedge.Mediator";

    readonly Meter meter = new(Name);
    readonly Counter<long> refusals;
    readonly Counter<long> journalFailures;
    readonly Counter<long> takeOvers;
    readonly Counter<long> runsEnded;
    readonly Counter<long> cloudFaults;
    readonly Counter<long> captureFailures;
    readonly Counter<long> webhookFailures;
    readonly Histogram<double> runTimes;
    readonly Histogram<double> stepTimes;

    public MediatorMeter()
    {
        refusals = meter.CreateCounter<long>("kedge.epoch.refusals", description: "Runs given up here because somebody else had taken them over.");
        journalFailures = meter.CreateCounter<long>("kedge.journal.failures", description: "Reads and writes of the journal that failed.");
        takeOvers = meter.CreateCounter<long>("kedge.run.takeovers", description: "Runs taken over here.");
        runsEnded = meter.CreateCounter<long>("kedge.run.ends", description: "Runs that finished or stopped here.");
        cloudFaults = meter.CreateCounter<long>("kedge.step.faults", description: "Faults that steps met, by kind of step and of fault.");
        captureFailures = meter.CreateCounter<long>("kedge.protection.failures", description: "Points that could not be begun.");
        webhookFailures = meter.CreateCounter<long>("kedge.webhook.failures", description: "Alarms that a webhook did not hear.");
        runTimes = meter.CreateHistogram<double>("kedge.run.duration", "s", "From the run's acceptance to its end.");
        stepTimes = meter.CreateHistogram<double>("kedge.step.duration", "s", "From the step's start to its end.");
    }

    /// <summary>For values that are asked for when somebody looks.</summary>
    public void Observe(string name, string? unit, string description, Func<IEnumerable<Measurement<double>>> values) =>
        meter.CreateObservableGauge(name, values, unit, description);

    public void Refused() => refusals.Add(1);

    public void JournalFailed() => journalFailures.Add(1);

    public void ProtectionFailed(string site) => captureFailures.Add(1, new KeyValuePair<string, object?>("site", site));

    public void WebhookFailed() => webhookFailures.Add(1);

    /// <summary>Hears every event of every run that is executed here.</summary>
    public void Report(RunProgress value)
    {
        if (value.Recorded is not { } recorded)
        {
            if (value.Step is null)
                takeOvers.Add(1, new KeyValuePair<string, object?>("kind", value.State.Plan.Kind));
            return;
        }
        switch (recorded.Event)
        {
            case StepDone done when value.State.Steps[done.Step] is { StartedAt: { } start }:
                stepTimes.Record((recorded.At - start).TotalSeconds, new KeyValuePair<string, object?>("kind", value.Step!.Kind));
                break;
            case StepRetried:
                Fault(value.Step!, "passing");
                break;
            case StepCutOff:
                Fault(value.Step!, "unreachable");
                break;
            case StepStopped:
                Fault(value.Step!, "stopped");
                break;
            case RunFinished or RunStopped:
                var tags = new TagList { { "kind", value.State.Plan.Kind }, { "end", recorded.Event is RunFinished ? "finished" : "stopped" } };
                runsEnded.Add(1, tags);
                runTimes.Record((recorded.At - value.State.AcceptedAt).TotalSeconds, tags);
                break;
        }
    }

    public void Dispose() => meter.Dispose();

    /// <summary>A lane is a site and a service: which of them gave trouble.</summary>
    void Fault(PlannedStep step, string fault)
    {
        var lanes = step.Lanes.IsEmpty ? [""] : step.Lanes;
        foreach (var lane in lanes)
            cloudFaults.Add(1, new TagList { { "kind", step.Kind }, { "at", lane }, { "fault", fault } });
    }
}
