using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Testing;

namespace Kedge.Plans.Tests;

/// <summary>
/// A cloud of things, each of which should be made once. Making one takes time; the call may be lost with the power before or after it
/// arrived. It outlives the processes that use it.
/// </summary>
internal sealed class World(FakeClock clock)
{
    private readonly List<Thing> things = [];

    /// <summary>How long a thing takes from its making until it is ready.</summary>
    public Func<string, TimeSpan> Takes { get; set; } = static _ => TimeSpan.FromSeconds(10);

    /// <summary>Called at the beginning of every call.</summary>
    public Action<string> OnCall { get; set; } = static _ => { };

    public int Calls { get; private set; }

    /// <summary>The most things that were being made at once, by lane.</summary>
    public Dictionary<string, int> MostAtOnce { get; } = [];

    public IReadOnlyList<Thing> Things => things;

    public Thing? Find(string mark, Power power)
    {
        Call($"before looking for {mark}", power);
        var found = things.FirstOrDefault(t => t.Mark == mark);
        power.Pass($"after looking for {mark}");
        return found;
    }

    public Thing Make(PlannedStep step, string mark, Power power)
    {
        Call($"before making {step.Id}", power);
        var thing = new Thing(step.Id, mark, clock.GetUtcNow() + Takes(step.Id));
        things.Add(thing);
        foreach (var lane in step.Lanes)
            MostAtOnce[lane] = Math.Max(MostAtOnce.GetValueOrDefault(lane), things.Count(t => t.ReadyAt > clock.GetUtcNow() && step.Lanes.Contains(lane) && t.Lanes.Contains(lane)) + 1);
        thing.Lanes = step.Lanes;
        power.Pass($"after making {step.Id}");
        return thing;
    }

    public bool IsReady(Thing thing) => thing.ReadyAt <= clock.GetUtcNow();

    private void Call(string point, Power power)
    {
        Calls++;
        OnCall(point);
        power.Pass(point);
    }

    internal sealed record Thing(string Id, string Mark, DateTimeOffset ReadyAt)
    {
        public ImmutableArray<string> Lanes { get; set; } = [];
    }
}

/// <summary>A step that looks before it pushes.</summary>
internal sealed record MakeThing(World World, Power Power) : Step
{
    public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel)
    {
        var mark = $"{run.Mark}/{run.StepMark}";
        var thing = World.Find(mark, Power) ?? World.Make(run.Step, mark, Power);
        run.Called("things", $"req-{run.Step.Id}-{run.Attempt}");
        return Task.FromResult<StepOutcome>(World.IsReady(thing)
            ? new StepOutcome.Done($"Made {thing.Id}", JsonSerializer.SerializeToElement(thing.Id))
            : new StepOutcome.NotYet($"{thing.Id} to be ready", TimeSpan.FromSeconds(1)));
    }
}

/// <summary>The step everybody writes first: it pushes, and remembers in its own process that it did.</summary>
internal sealed record MakeThingBlindly(World World, Power Power) : Step
{
    private World.Thing? made;

    public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel)
    {
        made ??= World.Make(run.Step, run.StepMark, Power);
        return Task.FromResult<StepOutcome>(World.IsReady(made)
            ? new StepOutcome.Done($"Made {made.Id}")
            : new StepOutcome.NotYet($"{made.Id} to be ready", TimeSpan.FromSeconds(1)));
    }
}

/// <summary>A step in one expression.</summary>
internal sealed record Scripted(Func<StepRun, CancellationToken, Task<StepOutcome>> Body) : Step
{
    public static Scripted At(Func<StepRun, StepOutcome> body) => new((run, _) => Task.FromResult(body(run)));

    public override Task<StepOutcome> RunAsync(StepRun run, CancellationToken cancel) => Body(run, cancel);
}

/// <summary>The world is not reachable, or not willing.</summary>
internal sealed class WorldException(bool isTransient, bool isUnreachable, string message) : Exception(message)
{
    public static StepFault? Read(Exception e) => e is WorldException w
        ? new StepFault(w.IsTransient, w.IsUnreachable, w.Message, "req-7", null) { IsRefusedWrite = w.IsRefusedWrite }
        : null;

    public bool IsTransient { get; } = isTransient;

    public bool IsRefusedWrite { get; init; }

    public bool IsUnreachable { get; } = isUnreachable;
}
