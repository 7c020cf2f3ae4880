using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kedge.Plans.Tests;

public sealed class RunStateTests
{
    private static readonly RunId Run = House.Run;
    private static readonly Plan OneStep = Plans.Of(Plans.Step("a"));

    [Fact]
    public void The_story_of_a_run_is_the_fold_of_its_events()
    {
        var plan = Plans.Of(Plans.Step("a"), Plans.Step("b", ["a"]));

        var state = Plans.Fold(Plans.Recorded(
            Run,
            new RunAccepted(plan, "workload/web", "host/1"),
            new RunTakenOver("host/2"),
            new StepStarted("a", 1),
            new StepWaiting("a", "the server", [new ServiceCall("compute", "req-1")]),
            new StepRetried("a", 1, new StepFault(true, false, "409", "req-2", null), [new ServiceCall("compute", "req-2")]),
            new StepDone("a", "Made", JsonOf("7"), [new ServiceCall("compute", "req-3")]),
            new StepStarted("b", 1)));

        Assert.Equal((RunPhase.Running, "host/2", 1L, 7L), (state.Phase, state.Owner, state.Epoch, state.Seq));
        Assert.Equal((StepPhase.Done, 2, "Made"), (state.Steps["a"].Phase, state.Steps["a"].Attempts, state.Steps["a"].Note));
        Assert.Equal(["req-1", "req-2", "req-3"], state.Steps["a"].Calls.Select(c => c.RequestId));
        Assert.Equal(StepPhase.Running, state.Steps["b"].Phase);
        Assert.Equal(TimeSpan.FromSeconds(10), state.RemainingPath);
    }

    [Fact]
    public void A_take_over_begins_interrupted_and_stopped_steps_again_and_leaves_done_ones_done()
    {
        var plan = Plans.Of(Plans.Step("a"), Plans.Step("b"), Plans.Step("c"));

        var state = Plans.Fold(Plans.Recorded(
            Run,
            new RunAccepted(plan, "k", "host/1"),
            new RunTakenOver("host/1"),
            new StepStarted("a", 1),
            new StepStarted("b", 1),
            new StepStarted("c", 1),
            new StepDone("a", "Made", null, []),
            new StepStopped("b", "no quota", "raise it", []),
            new RunTakenOver("host/2")));

        Assert.Equal([StepPhase.Done, StepPhase.Pending, StepPhase.Pending], state.StepsInOrder.Select(s => s.Phase));
        Assert.Equal([1, 1, 1], state.StepsInOrder.Select(s => s.Attempts));
        Assert.Null(state.Steps["b"].StopReason);
    }

    [Fact]
    public void An_event_of_an_old_epoch_or_out_of_turn_cannot_follow()
    {
        var state = Plans.Fold(Plans.Recorded(Run, new RunAccepted(OneStep, "k", "host/1"), new RunTakenOver("host/1"), new RunTakenOver("host/2")));

        Assert.Throws<UnreachableException>(() => state.Apply(new RecordedEvent(Run, 4, 1, DateTimeOffset.UnixEpoch, new StepStarted("a", 1))));
        Assert.Throws<UnreachableException>(() => state.Apply(new RecordedEvent(Run, 5, 2, DateTimeOffset.UnixEpoch, new StepStarted("a", 1))));
        state.Apply(new RecordedEvent(Run, 4, 2, DateTimeOffset.UnixEpoch, new StepStarted("a", 1)));
    }

    [Fact]
    public void A_step_cannot_start_before_what_it_comes_after_is_done()
    {
        var state = Plans.Fold(Plans.Recorded(
            Run, new RunAccepted(Plans.Of(Plans.Step("a"), Plans.Step("b", ["a"])), "k", "host/1"), new RunTakenOver("host/1"), new StepStarted("a", 1)));

        Assert.False(CanFollow(state, new StepStarted("b", 1)));
    }

    [Fact]
    public void The_calls_of_a_step_are_bounded_and_the_first_ones_are_kept()
    {
        var events = new List<RunEvent> { new RunAccepted(OneStep, "k", "host/1"), new RunTakenOver("host/1"), new StepStarted("a", 1) };
        events.AddRange(Enumerable.Range(0, 500).Select(i => new StepWaiting("a", $"{i}", [new ServiceCall("compute", $"req-{i}")])));

        var calls = Plans.Fold(Plans.Recorded(Run, [.. events])).Steps["a"].Calls;

        Assert.Equal(StepState.MostCalls, calls.Length);
        Assert.Equal(("req-0", "req-499"), (calls[0].RequestId, calls[^1].RequestId));
    }

    /// <summary>Any walk over legal events keeps what must always be true, and an ended run stays ended.</summary>
    [Fact]
    public void Whatever_legal_events_come_the_invariants_hold()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var plan = AnyPlan.FromSeed(seed);
            var state = RunState.Begin(new RecordedEvent(Run, 1, 0, DateTimeOffset.UnixEpoch, new RunAccepted(plan, "k", "host/1")));
            for (var i = 0; i < 80; i++)
            {
                var legal = Candidates(plan).Where(e => CanFollow(state, e)).ToArray();
                if (legal is [])
                    return state.IsEnded;
                var next = Follow(state, legal[random.Next(legal.Length)]);
                if (!IsSound(state, next))
                    return false;
                state = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_drawing_of_the_states_is_made_from_the_code()
    {
        Golden.CompareDocument("docs/formats/run-states.dot", Draw());
    }

    private static bool IsSound(RunState before, RunState after) =>
        !before.IsEnded
        && after.Seq == before.Seq + 1
        && after.Epoch >= before.Epoch
        && before.Steps.Values.Where(s => s.Phase is StepPhase.Done).All(s => after.Steps[s.Step.Id].Phase is StepPhase.Done)
        && after.Steps.Values.Where(s => s.Phase is not StepPhase.Pending).All(s => s.Step.After.All(a => after.Steps[a].Phase is StepPhase.Done))
        && (after.Phase is not RunPhase.Finished || after.DoneCount == after.Plan.Steps.Length)
        && (after.Phase is not RunPhase.Stopped || after.Steps.Values.Any(s => s.Phase is StepPhase.Stopped));

    private static IEnumerable<RunEvent> Candidates(Plan plan) =>
    [
        .. plan.Steps.SelectMany(s => OfStep(s.Id)),
        new RunTakenOver("host/2"),
        new RunStopped("why"),
        new RunFinished(),
        new RunAbandoned("operator", "why"),
    ];

    private static RunEvent[] OfStep(string id) =>
    [
        new StepStarted(id, 1),
        new StepWaiting(id, "it", []),
        new StepRetried(id, 1, new StepFault(true, false, "409", null, null), []),
        new StepCutOff(id, 1, new StepFault(true, true, "no route", null, null), []),
        new StepReconnected(id, TimeSpan.FromSeconds(1)),
        new StepDone(id, "Made", null, []),
        new StepStopped(id, "why", "what", []),
    ];

    /// <summary>All situations of a run of two steps, reached from the first event by every legal event; drawn by phase.</summary>
    private static string Draw()
    {
        var plan = Plans.Of(Plans.Step("a"), Plans.Step("b", ["a"]));
        var first = RunState.Begin(new RecordedEvent(Run, 1, 0, DateTimeOffset.UnixEpoch, new RunAccepted(plan, "k", "host/1")));
        var runs = new SortedSet<string>(StringComparer.Ordinal) { Edge("\"\"", nameof(RunAccepted), $"{first.Phase}") };
        var steps = new SortedSet<string>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<RunState>([first]);
        while (open.TryDequeue(out var state))
        {
            foreach (var e in Candidates(plan).Where(e => CanFollow(state, e)))
            {
                var next = Follow(state, e);
                if (e is not StepEvent)
                    runs.Add(Edge($"{state.Phase}", e.GetType().Name, $"{next.Phase}"));
                foreach (var (id, step) in next.Steps.Where(s => e is StepEvent se ? se.Step == s.Key : s.Value.Phase != state.Steps[s.Key].Phase))
                    steps.Add(Edge($"Step{state.Steps[id].Phase}", e.GetType().Name, $"Step{step.Phase}"));
                if (known.Add(string.Join(",", [$"{next.Phase}", .. next.StepsInOrder.Select(s => $"{s.Phase}")])))
                    open.Enqueue(next);
            }
        }

        var text = new StringBuilder("// Made by RunStateTests from RunState.Apply; do not edit.\ndigraph run_states {\n  rankdir=LR;\n  \"\" [shape=point];\n");
        text.Append("  subgraph cluster_run {\n    label=\"a run\";\n").AppendJoin("", runs.Select(e => $"    {e}\n")).Append("  }\n");
        text.Append("  subgraph cluster_step {\n    label=\"a step\";\n").AppendJoin("", steps.Select(e => $"    {e}\n")).Append("  }\n}\n");
        return text.ToString();
    }

    private static string Edge(string from, string by, string to) => $"{from} -> {to} [label=\"{by}\"];";

    private static bool CanFollow(RunState state, RunEvent e)
    {
        try
        {
            Follow(state, e);
            return true;
        }
        catch (UnreachableException)
        {
            return false;
        }
    }

    private static RunState Follow(RunState state, RunEvent e) =>
        state.Apply(new RecordedEvent(Run, state.Seq + 1, e is RunTakenOver ? state.Epoch + 1 : state.Epoch, DateTimeOffset.UnixEpoch, e));

    private static System.Text.Json.JsonElement JsonOf(string json) => System.Text.Json.JsonElement.Parse(json);
}
