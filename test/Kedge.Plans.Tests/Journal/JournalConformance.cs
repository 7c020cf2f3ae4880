using System.Text.Json;
using Kedge.Testing;

namespace Kedge.Plans.Tests;

/// <summary>What every journal promises. Both implementations inherit all of it.</summary>
public abstract class JournalConformance
{
    protected static readonly RunId First = RunId.Parse("0198a3c4d5e67f8091a2b3c4d5e6f701");
    protected static readonly RunId Second = RunId.Parse("0198a3c4d5e67f8091a2b3c4d5e6f702");
    protected const string Key = "workload/web";

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeClock Clock { get; } = new();

    protected abstract Task<IJournal> OpenAsync();

    [Fact]
    public async Task What_was_appended_is_read_back_in_order()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);
        var epoch = await journal.TakeOverAsync(First, "host/1", Cancel);

        Clock.Advance(TimeSpan.FromSeconds(1));
        await journal.AppendAsync(First, epoch, new StepStarted("net", 1), Cancel);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await journal.AppendAsync(First, epoch, new StepDone("net", "Made", JsonElement.Parse("""{"id":7}"""), [new ServiceCall("network", "req-1")]), Cancel);

        var read = await ReadAsync(journal, First, 0);
        Assert.Equal([1, 2, 3, 4], read.Select(e => e.Seq));
        Assert.Equal([0, 1, 1, 1], read.Select(e => e.Epoch));
        Assert.Equal(Clock.Start + TimeSpan.FromSeconds(2), read[3].At);
        var done = Assert.IsType<StepDone>(read[3].Event);
        Assert.Equal("req-1", Assert.Single(done.Calls).RequestId);
        Assert.Equal(7, done.Result?.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task The_plan_comes_back_as_it_was_written()
    {
        var journal = await OpenAsync();
        var plan = Plan.Create("drill", "Rehearse", "web", [Plans.Step("a", seconds: 1.5, lanes: ["x"], priority: 3), Plans.Step("b", ["a"])], JsonElement.Parse("""{"age_s":61}"""));

        await journal.BeginAsync(First, plan, Key, "host/1", Cancel);

        var read = (await journal.GetStateAsync(First, Cancel)).Plan;
        Assert.Equal(PlanText.Print(plan), PlanText.Print(read));
        Assert.Equal((TimeSpan.FromSeconds(1.5), 3, "x"), (read.Steps[0].Expected, read.Steps[0].Priority, read.Steps[0].Lanes[0]));
        Assert.Equal(61, read.Facts?.GetProperty("age_s").GetInt32());
    }

    [Fact]
    public async Task Reading_can_begin_after_what_is_known()
    {
        var journal = await OpenAsync();
        await BeginAndStartAsync(journal);

        var read = await ReadAsync(journal, First, 2);

        Assert.IsType<StepStarted>(Assert.Single(read).Event);
    }

    [Fact]
    public async Task More_events_than_one_page_are_read_without_gaps()
    {
        var journal = await OpenAsync();
        var epoch = await BeginAndStartAsync(journal);
        await journal.AppendAsync(First, epoch, [.. Enumerable.Range(0, 1000).Select(i => (RunEvent)new StepWaiting("net", $"{i}", []))], Cancel);

        var read = await ReadAsync(journal, First, 0);

        Assert.Equal(Enumerable.Range(1, 1003).Select(i => (long)i), read.Select(e => e.Seq));
    }

    [Fact]
    public async Task An_owner_who_was_superseded_is_refused_and_his_events_are_not_there()
    {
        var journal = await OpenAsync();
        var stale = await BeginAndStartAsync(journal);
        var current = await journal.TakeOverAsync(First, "host/2", Cancel);

        var e = await Assert.ThrowsAsync<SupersededException>(() => journal.AppendAsync(First, stale, [new StepDone("net", "Made", null, []), new StepStarted("port", 1)], Cancel));
        await Assert.ThrowsAsync<SupersededException>(() => journal.EnsureCurrentAsync(First, stale, Cancel));
        await journal.EnsureCurrentAsync(First, current, Cancel);

        Assert.Equal((stale, current), (e.Epoch, e.CurrentEpoch));
        Assert.Contains("host/2", e.Message, StringComparison.Ordinal);
        Assert.IsType<RunTakenOver>((await ReadAsync(journal, First, 0))[^1].Event);
    }

    [Fact]
    public async Task A_second_unfinished_run_with_the_same_key_is_refused_and_told_who_holds_it()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);

        var e = await Assert.ThrowsAsync<RunConflictException>(() => journal.BeginAsync(Second, Plans.Diamond(), Key, "host/2", Cancel));
        await journal.BeginAsync(Second, Plans.Diamond(), "workload/other", "host/2", Cancel);

        Assert.Equal(First, e.Holder);
        Assert.Contains(First.Value, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_free_again_when_its_run_was_abandoned()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);
        var epoch = await journal.TakeOverAsync(First, "host/1", Cancel);
        await journal.AppendAsync(First, epoch, new RunAbandoned("operator", "wrong point"), Cancel);

        await journal.BeginAsync(Second, Plans.Diamond(), Key, "host/1", Cancel);

        Assert.Equal(RunPhase.Abandoned, (await journal.FindAsync(First, Cancel))?.Phase);
    }

    [Fact]
    public async Task Beginning_the_same_run_again_answers_with_what_is_there()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Of(Plans.Step("original")), Key, "host/1", Cancel);

        var again = await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);

        Assert.Equal("original", Assert.IsType<RunAccepted>(again.Event).Plan.Steps[0].Id);
        Assert.Single(await ReadAsync(journal, First, 0));
    }

    [Fact]
    public async Task Nothing_can_be_added_to_an_ended_run()
    {
        var journal = await OpenAsync();
        var epoch = await BeginAndStartAsync(journal);
        await journal.AppendAsync(First, epoch, new RunAbandoned("operator", "wrong point"), Cancel);

        await Assert.ThrowsAsync<RunEndedException>(() => journal.AppendAsync(First, epoch, new RunStopped("no"), Cancel));
        await Assert.ThrowsAsync<RunEndedException>(() => journal.TakeOverAsync(First, "host/2", Cancel));
    }

    [Fact]
    public async Task An_unknown_run_is_null_when_looked_for_and_an_error_when_written_to()
    {
        var journal = await OpenAsync();

        Assert.Null(await journal.FindAsync(First, Cancel));
        Assert.Empty(await ReadAsync(journal, First, 0));
        await Assert.ThrowsAsync<RunNotFoundException>(() => journal.TakeOverAsync(First, "host/1", Cancel));
        await Assert.ThrowsAsync<RunNotFoundException>(() => journal.AppendAsync(First, 1, new RunStopped("no"), Cancel));
        await Assert.ThrowsAsync<RunNotFoundException>(() => journal.GetStateAsync(First, Cancel));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_with_their_phase()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await journal.BeginAsync(Second, Plans.Diamond(), "workload/other", "host/1", Cancel);
        await journal.TakeOverAsync(First, "host/2", Cancel);

        var listed = new List<RunSummary>();
        await foreach (var summary in journal.ListAsync(Cancel))
            listed.Add(summary);

        Assert.Equal([(Second, RunPhase.Accepted, "host/1"), (First, RunPhase.Running, "host/2")], listed.Select(s => (s.Run, s.Phase, s.Owner)));
        Assert.Equal((2L, 1L, "web", Clock.GetUtcNow()), (listed[1].LastSeq, listed[1].Epoch, listed[1].Subject, listed[1].LastEventAt));
    }

    [Fact]
    public async Task Only_the_runs_that_are_asked_for_are_listed()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);
        var epoch = await journal.TakeOverAsync(First, "host/1", Cancel);
        await journal.AppendAsync(First, epoch, new RunAbandoned("operator", "wrong point"), Cancel);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await journal.BeginAsync(Second, Plans.Diamond(), Key, "host/1", Cancel);

        Assert.Equal([Second], await ListAsync(journal, RunFilter.Open));
        Assert.Equal([First], await ListAsync(journal, new RunFilter { IsOpen = false, Kind = Plans.Diamond().Kind, Subject = "web", ExclusiveKey = Key }));
        Assert.Equal([Second], await ListAsync(journal, new RunFilter { ExclusiveKey = Key, Most = 1 }));
        Assert.Empty(await ListAsync(journal, new RunFilter { Subject = "other" }));
        Assert.Empty(await ListAsync(journal, new RunFilter { Kind = "other" }));
    }

    [Fact]
    public async Task Of_two_owners_who_take_over_at_once_only_the_later_can_write()
    {
        var journal = await OpenAsync();
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);

        var epochs = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => journal.TakeOverAsync(First, $"host/{i}", Cancel))));

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), epochs.Order());
        foreach (var epoch in epochs.Order().SkipLast(1))
            await Assert.ThrowsAsync<SupersededException>(() => journal.AppendAsync(First, epoch, new StepStarted("net", 1), Cancel));
        await journal.AppendAsync(First, 20, new StepStarted("net", 1), Cancel);
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_refused_whole()
    {
        var journal = await OpenAsync();
        var epoch = await BeginAndStartAsync(journal);
        var huge = new StepWaiting("net", new string('x', JournalLimits.LargestEventBytes), []);

        var e = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(First, epoch, [new StepWaiting("net", "small", []), huge], Cancel));

        Assert.Equal(JournalFault.EventTooLarge, e.Fault);
        Assert.Equal(3, (await ReadAsync(journal, First, 0)).Count);
    }

    protected static async Task<List<RecordedEvent>> ReadAsync(IJournal journal, RunId run, long afterSeq)
    {
        var read = new List<RecordedEvent>();
        await foreach (var e in journal.ReadAsync(run, afterSeq, Cancel))
            read.Add(e);
        return read;
    }

    private static async Task<List<RunId>> ListAsync(IJournal journal, RunFilter filter)
    {
        var listed = new List<RunId>();
        await foreach (var summary in journal.ListAsync(filter, Cancel))
            listed.Add(summary.Run);
        return listed;
    }

    protected static async Task<long> BeginAndStartAsync(IJournal journal)
    {
        await journal.BeginAsync(First, Plans.Diamond(), Key, "host/1", Cancel);
        var epoch = await journal.TakeOverAsync(First, "host/1", Cancel);
        await journal.AppendAsync(First, epoch, new StepStarted("net", 1), Cancel);
        return epoch;
    }
}
