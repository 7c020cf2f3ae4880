using System.Globalization;
using Kedge.Plans;

namespace Kedge.Output;

/// <summary>A run as plain lines on standard error, for logs and pipes: what ended, what stopped, who does not answer.</summary>
sealed class RunLines(TextWriter output, TimeProvider clock) : IProgress<RunProgress>
{
    readonly DateTimeOffset start = clock.GetUtcNow();
    readonly Lock gate = new();

    public void Report(RunProgress value)
    {
        if (Line(value) is not { } line)
            return;
        var passed = ((value.Recorded?.At ?? clock.GetUtcNow()) - start).TotalSeconds;
        lock (gate)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Math.Max(0, passed),7:0.0} s] {line}"));
    }

    static string? Line(RunProgress value) => value.Recorded?.Event switch
    {
        null => value.Step is null ? value.Text : null,
        StepDone done => $"{value.State.DoneCount}/{value.State.Steps.Count} {value.Step!.Title}: {done.Note}",
        StepWaiting or StepStarted => null,
        StepEvent other => $"{value.Step!.Title}: {RunEventText.Say(other)}",
        var other => RunEventText.Say(other),
    };
}
