using System.Collections.Immutable;
using System.Text.Json;
using Kedge.Testing;

namespace Kedge.Plans.Tests;

public sealed class RunExecutorTests
{
    private readonly House house = new();

    [Fact]
    public async Task A_run_brings_every_step_about_once_and_finishes()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Diamond());

        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal(["address", "net", "port", "server", "volume"], house.World.Things.Select(t => t.Id).Order());
        Assert.Equal("req-net-1", state.Steps["net"].Calls[0].RequestId);
        Assert.Equal("Made net", state.Steps["net"].Note);
    }

    [Fact]
    public async Task Independent_work_overlaps_so_that_the_run_takes_as_long_as_its_critical_path()
    {
        var plan = Plans.Diamond();
        house.World.Takes = id => plan.GetStep(id).Expected;

        await house.BeginAndExecuteAsync(plan);

        Assert.Equal(plan.CriticalPath, house.Clock.Elapsed);
    }

    [Fact]
    public async Task A_hundred_servers_in_wide_lanes_take_as_long_as_their_critical_path()
    {
        var plan = Plans.Of([.. Enumerable.Range(0, 100).SelectMany(i => new[]
        {
            Plans.Step($"volume{i}", seconds: 20 + i, lanes: ["B/volume"]),
            Plans.Step($"port{i}", seconds: 2, lanes: ["B/network"]),
            Plans.Step($"server{i}", [$"volume{i}", $"port{i}"], 30, ["B/compute"]),
        })]);
        house.World.Takes = id => plan.GetStep(id).Expected;
        house.Limits = new RunLimits { Total = 300, LaneDefault = 100 };

        await house.BeginAndExecuteAsync(plan);

        Assert.Equal(plan.CriticalPath, house.Clock.Elapsed);
    }

    [Fact]
    public async Task With_one_step_at_a_time_the_longest_remaining_path_goes_first_then_priority_then_the_order_written()
    {
        var plan = Plans.Of(
            Plans.Step("third", seconds: 10),
            Plans.Step("second", seconds: 10, priority: 5),
            Plans.Step("fourth", seconds: 10),
            Plans.Step("first", seconds: 1),
            Plans.Step("long", ["first"], 60));
        house.Limits = new RunLimits { Total = 1 };

        await house.BeginAndExecuteAsync(plan);

        Assert.Equal(["first", "long", "second", "third", "fourth"], await StartedAsync());
    }

    [Fact]
    public async Task A_lane_is_never_fuller_than_its_width_and_does_not_hold_up_other_lanes()
    {
        var plan = Plans.Of([.. Enumerable.Range(0, 20).Select(i => Plans.Step($"s{i}", lanes: ["B/compute"])), Plans.Step("net", seconds: 1, lanes: ["B/network"])]);
        house.Limits = new RunLimits { Lanes = ImmutableDictionary<string, int>.Empty.Add("B/compute", 3) };

        var state = await house.BeginAndExecuteAsync(plan);

        Assert.Equal(3, house.World.MostAtOnce["B/compute"]);
        Assert.Equal(state.StartedAt, state.Steps["net"].StartedAt);
        Assert.Equal(TimeSpan.FromSeconds(70), house.Clock.Elapsed);
    }

    [Fact]
    public async Task A_step_reads_the_result_of_the_step_before_it()
    {
        var plan = Plans.Of(Plans.Step("a"), Plans.Step("b", ["a"]));

        var state = await house.BeginAndExecuteAsync(plan, step => Scripted.At(run => step.Id == "a"
            ? new StepOutcome.Done("a", JsonElement.Parse("""{"id":7}"""))
            : new StepOutcome.Done($"saw {run.FindResult("a")?.GetProperty("id").GetInt32()}")));

        Assert.Equal("saw 7", state.Steps["b"].Note);
    }

    [Fact]
    public async Task Waiting_is_written_down_when_the_text_changes_and_not_at_every_look()
    {
        house.World.Takes = _ => TimeSpan.FromMinutes(5);

        await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")));

        var events = await house.EventsAsync();
        Assert.Single(events, e => e.Event is StepWaiting);
        Assert.Equal(6, events.Count);
    }

    [Fact]
    public async Task A_step_that_says_something_new_all_day_does_not_fill_the_journal()
    {
        var looks = 0;

        await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a", deadline: 1e6)), _ => Scripted.At(_ =>
            ++looks == 5000 ? new StepOutcome.Done("at last") : new StepOutcome.NotYet($"{looks}", TimeSpan.FromSeconds(10))));

        Assert.Equal(200, (await house.EventsAsync()).Count(e => e.Event is StepWaiting));
    }

    [Fact]
    public async Task A_passing_fault_is_met_with_growing_waits_and_the_run_goes_on()
    {
        var looked = new List<TimeSpan>();

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ =>
        {
            looked.Add(house.Clock.Elapsed);
            return looked.Count <= 5 ? throw new WorldException(true, false, "503") : new StepOutcome.Done("made");
        }));

        var waits = looked.Zip(looked.Skip(1), (a, b) => b - a).ToList();
        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal((6, "503"), (state.Steps["a"].Attempts, state.Steps["a"].LastFault?.Message));
        for (var i = 0; i < waits.Count; i++)
            Assert.InRange(waits[i], TimeSpan.FromSeconds(Math.Pow(2, i) / 2), TimeSpan.FromSeconds(Math.Pow(2, i)));
    }

    [Theory]
    [InlineData(1, RunPhase.Finished)]
    [InlineData(2, RunPhase.Stopped)]
    public async Task A_refused_write_is_believed_when_it_stands_after_another_look(int refusals, RunPhase phase)
    {
        var looks = 0;

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => ++looks <= refusals
            ? throw new WorldException(false, false, "overlaps with another subnet") { IsRefusedWrite = true }
            : new StepOutcome.Done("found: it was ours")));

        Assert.Equal((phase, 2), (state.Phase, looks));
    }

    [Fact]
    public async Task Steps_that_failed_together_do_not_come_back_together_and_a_replay_waits_the_same()
    {
        var limits = new RunLimits();

        var waits = Enumerable.Range(0, 100).Select(i => BackOff.After(3, $"s{i}", limits)).ToList();

        Assert.True(waits.Distinct().Count() > 90);
        Assert.Equal(waits, Enumerable.Range(0, 100).Select(i => BackOff.After(3, $"s{i}", limits)));
        Assert.InRange(BackOff.After(1_000_000, "s", limits), limits.LongestBackOff / 2, limits.LongestBackOff);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_faulty_world_is_given_up_at_the_deadline_of_the_step()
    {
        var state = await house.BeginAndExecuteAsync(
            Plans.Of(Plans.Step("a", deadline: 120)), _ => Scripted.At(_ => throw new WorldException(true, false, "503 from compute")));

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Equal("Make a: not done within its deadline of 2 min. 503 from compute", state.Steps["a"].StopReason);
        Assert.Equal("req-7", state.Steps["a"].Calls[^1].RequestId);
        Assert.Equal(TimeSpan.FromSeconds(120), house.Clock.Elapsed);
    }

    [Fact]
    public async Task A_step_that_waits_too_long_says_what_it_was_waiting_for()
    {
        house.World.Takes = _ => TimeSpan.FromDays(1);

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a", deadline: 120)));

        Assert.Equal("Make a: not done within its deadline of 2 min. It was waiting for a to be ready.", state.Steps["a"].StopReason);
    }

    [Fact]
    public async Task A_call_that_never_comes_back_is_cancelled_after_the_deadline_and_its_grace()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a", deadline: 120)), _ => new Scripted(async (run, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, cancel);
            return new StepOutcome.Done("never");
        }));

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Contains("did not come back", state.Steps["a"].StopReason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(180), house.Clock.Elapsed);
    }

    [Fact]
    public async Task A_world_that_is_unreachable_for_hours_is_waited_for_and_the_deadline_stands_still()
    {
        house.World.OnCall = _ =>
        {
            if (house.Clock.Elapsed < TimeSpan.FromHours(20))
                throw new WorldException(true, true, "no route to B");
        };

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a", deadline: 60)));

        var events = (await house.EventsAsync()).Select(e => e.Event).ToList();
        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Single(events, e => e is StepCutOff);
        Assert.InRange(Assert.IsType<StepReconnected>(Assert.Single(events, e => e is StepReconnected)).CutOffFor, TimeSpan.FromHours(20), TimeSpan.FromHours(20.1));
        Assert.Contains(house.Heard, h => h.Text.Contains("up to 1 d; the deadline of the step stands still", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Patience_with_an_unreachable_world_has_an_end()
    {
        house.Limits = new RunLimits { Patience = TimeSpan.FromHours(3) };
        house.World.OnCall = _ => throw new WorldException(true, true, "no route to B");

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a", deadline: 60)));

        Assert.Equal((RunPhase.Stopped, "no route to B"), (state.Phase, state.Steps["a"].StopReason));
        Assert.Equal(TimeSpan.FromHours(3), house.Clock.Elapsed);
    }

    [Fact]
    public async Task After_a_stop_running_steps_finish_no_new_one_starts_and_the_run_can_be_resumed()
    {
        var plan = Plans.Of(Plans.Step("bad", seconds: 1), Plans.Step("slow", seconds: 60), Plans.Step("after", ["slow"]), Plans.Step("last", ["bad"]));
        var mended = false;
        Step Read(PlannedStep step) => step.Id == "bad" && !mended
            ? Scripted.At(_ => new StepOutcome.Stop("The quota of cores is used up.", "Raise it by 4."))
            : new MakeThing(house.World, house.Power);

        var stopped = await house.BeginAndExecuteAsync(plan, Read);
        mended = true;
        var finished = await house.ExecuteAsync(Read);

        Assert.Equal((RunPhase.Stopped, "Make bad: The quota of cores is used up."), (stopped.Phase, stopped.Reason));
        Assert.Equal([StepPhase.Stopped, StepPhase.Done, StepPhase.Pending, StepPhase.Pending], plan.Steps.Select(s => stopped.Steps[s.Id].Phase));
        Assert.Equal("Raise it by 4.", stopped.Steps["bad"].WhatToDo);
        Assert.Equal((RunPhase.Finished, 2), (finished.Phase, finished.Steps["bad"].Attempts));
        Assert.Equal(1, finished.Steps["slow"].Attempts);
        Assert.Equal(4, house.World.Things.Count);
    }

    [Fact]
    public async Task A_permanent_fault_stops_the_run_with_its_message_and_request_id()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => throw new WorldException(false, false, "403: policy forbids it")));

        Assert.Equal((RunPhase.Stopped, "403: policy forbids it"), (state.Phase, state.Steps["a"].StopReason));
        Assert.Equal("req-7", state.Steps["a"].Calls[^1].RequestId);
    }

    [Fact]
    public async Task An_unknown_exception_stops_the_run_with_its_type_and_message()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => throw new FormatException("no such enum")));

        Assert.Equal((RunPhase.Stopped, "System.FormatException: no such enum"), (state.Phase, state.Steps["a"].StopReason));
    }

    [Fact]
    public async Task A_kind_of_step_that_this_version_does_not_know_stops_the_run()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), step => throw new NotSupportedException($"unknown kind {step.Kind}"));

        Assert.Equal((RunPhase.Stopped, "System.NotSupportedException: unknown kind make"), (state.Phase, state.Steps["a"].StopReason));
    }

    [Fact]
    public async Task A_timeout_inside_a_step_is_not_mistaken_for_our_own_cancellation()
    {
        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => throw new TaskCanceledException("the request timed out")));

        Assert.Equal(RunPhase.Stopped, state.Phase);
        Assert.Contains("the request timed out", state.Steps["a"].StopReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_is_too_large_stops_the_step_and_not_the_process()
    {
        var huge = JsonSerializer.SerializeToElement(new string('x', JournalLimits.LargestEventBytes));

        var state = await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => new StepOutcome.Done("made", huge)));

        Assert.Equal(RunPhase.Stopped, state.Phase);
    }

    [Fact]
    public async Task Cancellation_goes_up_untouched_and_the_run_is_resumed_where_it_was()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(30), house.Clock);
        house.World.Takes = id => TimeSpan.FromSeconds(id == "volume" ? 60 : 5);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SimulatedTime.RunAsync(house.Clock, async () =>
        {
            await house.Journal.BeginAsync(House.Run, Plans.Diamond(), "k", "host/1", CancellationToken.None);
            await house.Executor().ExecuteAsync(House.Run, null, cancel.Token);
        }));
        var interrupted = await house.Journal.GetStateAsync(House.Run, CancellationToken.None);
        var state = await house.ExecuteAsync();

        Assert.Equal((RunPhase.Running, StepPhase.Done, StepPhase.Running), (interrupted.Phase, interrupted.Steps["port"].Phase, interrupted.Steps["volume"].Phase));
        Assert.Equal(RunPhase.Finished, state.Phase);
        Assert.Equal((1, 2), (state.Steps["port"].Attempts, state.Steps["volume"].Attempts));
        Assert.Equal(5, house.World.Things.Count);
    }

    [Fact]
    public async Task Executing_an_ended_run_again_answers_with_its_state_and_writes_nothing()
    {
        var finished = await house.BeginAndExecuteAsync(Plans.Diamond());
        var calls = house.World.Calls;

        var again = await house.ExecuteAsync();

        Assert.Equal((finished.Seq, RunPhase.Finished), (again.Seq, again.Phase));
        Assert.Equal(calls, house.World.Calls);
    }

    [Fact]
    public async Task An_abandoned_run_frees_its_key_and_cannot_be_resumed()
    {
        await house.BeginAndExecuteAsync(Plans.Of(Plans.Step("a")), _ => Scripted.At(_ => new StepOutcome.Stop("no", "yes")));

        var abandoned = await house.Executor().AbandonAsync(House.Run, "operator", "wrong point", CancellationToken.None);
        var again = await house.ExecuteAsync();

        Assert.Equal((RunPhase.Abandoned, "operator: wrong point"), (abandoned.Phase, abandoned.Reason));
        Assert.Equal(RunPhase.Abandoned, again.Phase);
        await house.Journal.BeginAsync(RunId.Create(house.Clock), Plans.Diamond(), "workload/web", "host/1", CancellationToken.None);
    }

    [Fact]
    public async Task The_printed_story_of_a_run_is_the_same_every_time()
    {
        await house.BeginAndExecuteAsync(Plans.Diamond());

        var story = house.Heard.Where(h => h.Recorded is not null)
            .Select(h => $"{h.Recorded!.At - house.Clock.Start:hh\\:mm\\:ss} {h.Step?.Title ?? "-"}: {h.Text}\n");
        Golden.Compare("story.txt", string.Concat(story));
    }

    private async Task<IEnumerable<string>> StartedAsync() => (await house.EventsAsync()).Select(e => e.Event).OfType<StepStarted>().Select(e => e.Step);
}
