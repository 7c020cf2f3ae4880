using Kedge.Plans;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kedge.Output;

/// <summary>A run on a terminal: what is under way and what it waits for, how far it is, how long it may still take. Redrawn in place.</summary>
sealed class RunScreen(IAnsiConsole console, TimeProvider clock) : IProgress<RunProgress>
{
    const int MostLines = 12;
    readonly Lock gate = new();
    readonly Dictionary<string, (string Text, double? Fraction)> texts = new(StringComparer.Ordinal);
    RunState? state;

    public void Report(RunProgress value)
    {
        lock (gate)
        {
            state = value.State;
            if (value.Step is { } step)
                texts[step.Id] = (value.Text, value.Fraction);
        }
    }

    /// <summary>Draws until the run's task has ended, then leaves one line that says how it did.</summary>
    public async Task<RunState> FollowAsync(Task<RunState> run, CancellationToken cancel)
    {
        await console.Live(new Text("")).AutoClear(true).StartAsync(async live =>
        {
            while (!run.IsCompleted && !cancel.IsCancellationRequested)
            {
                live.UpdateTarget(Picture());
                live.Refresh();
                await Task.WhenAny(run, Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel));
            }
        });
        var ended = await run;
        console.WriteLine($"{ended.Phase}: {ended.DoneCount} of {ended.Steps.Count} steps done in {PlanText.Say(clock.GetUtcNow() - ended.AcceptedAt)}.");
        return ended;
    }

    Rows Picture()
    {
        lock (gate)
        {
            if (state is null)
                return new Rows(new Text("Starting…"));
            var running = state.StepsInOrder.Where(step => step.Phase is StepPhase.Running).ToList();
            List<IRenderable> lines = [.. running.Take(MostLines).Select(Line)];
            if (running.Count > MostLines)
                lines.Add(new Text($"  … and {running.Count - MostLines} more"));
            lines.Add(new Text(
                $"{state.DoneCount} of {state.Steps.Count} steps done, {PlanText.Say(clock.GetUtcNow() - state.AcceptedAt)} so far, "
                + $"about {PlanText.Say(state.RemainingPath)} to go"));
            return new Rows(lines);
        }
    }

    Text Line(StepState step)
    {
        var (text, fraction) = texts.GetValueOrDefault(step.Step.Id);
        var doing = step.CutOffSince is not null ? "nobody answers" : text is null or "Started" ? "" : text;
        var percent = fraction is { } known ? $" {known:P0}" : "";
        return new Text($"  {step.Step.Title}{(doing.Length > 0 ? ": " + doing : "")}{percent}") { Overflow = Overflow.Ellipsis };
    }
}
