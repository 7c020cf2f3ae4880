using System.Text.Json;
using Kedge.Plans;

namespace Kedge.Tests.Home;

public sealed class BackupTests
{
    [Fact]
    public async Task A_copy_made_while_runs_are_written_is_whole_and_is_a_data_directory()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DoAsync("site add dc1 --cloud A");
        await using var journal = await SqliteJournal.OpenAsync(Path.Combine(desk.Data, "kedge.db"), desk.Clock, CancellationToken.None);
        using var enough = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(() => WriteAsync(journal, writer, desk.Clock, begun, enough.Token))));

        var copies = new List<int>();
        try
        {
            // A copy of before the first run would have nothing in it to be whole.
            await Task.WhenAny(begun.Task, written);
            for (var i = 0; i < 3; i++)
            {
                await desk.DoAsync($"backup copy-{i}");
                copies.Add(await CountWholeAsync(Path.Combine(desk.Folder, $"copy-{i}", "kedge.db"), desk.Clock));
            }
        }
        finally
        {
            await enough.CancelAsync();
        }
        var all = (await written).Sum();
        var listed = await desk.DoAsync("site list --data copy-2");

        Assert.Contains("dc1", listed.Output, StringComparison.Ordinal);
        Assert.Equal(copies.Order(), copies);
        Assert.InRange(copies[^1], 1, all);
    }

    [Fact]
    public async Task Tokens_of_the_API_are_in_a_copy_too()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DoAsync("site add dc1 --cloud A");
        await desk.DoAsync("token create night --role reader --all-projects");

        await desk.DoAsync("backup copy");

        Assert.Contains("night", (await desk.DoAsync("token list --data copy")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_is_not_written_over_another_one()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.DoAsync("site add dc1 --cloud A");
        await desk.DoAsync("backup copy");

        var again = await desk.TypeAsync("backup copy");

        Assert.Equal(ExitCodes.Usage, again.Code);
    }

    /// <summary>Runs of three writes each, until it is enough.</summary>
    static async Task<int> WriteAsync(SqliteJournal journal, int writer, TimeProvider clock, TaskCompletionSource begun, CancellationToken enough)
    {
        var plan = Plan.Create("test", "A run", "nothing", [new PlannedStep
        {
            Id = "one", Kind = "one", Title = "One", Arguments = JsonDocument.Parse("{}").RootElement, Expected = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromHours(1), After = [],
        }]);
        for (var count = 0; ; count++)
        {
            if (count > 0 && enough.IsCancellationRequested)
                return count;
            var run = RunId.Create(clock);
            await journal.BeginAsync(run, plan, $"key/{writer}", "test/1", CancellationToken.None);
            var epoch = await journal.TakeOverAsync(run, "test/1", CancellationToken.None);
            await journal.AppendAsync(run, epoch, new RunAbandoned("test", "enough"), CancellationToken.None);
            begun.TrySetResult();
        }
    }

    /// <summary>Every run of it can be read from its first event to its last; at most one of each writer is under way.</summary>
    static async Task<int> CountWholeAsync(string path, TimeProvider clock)
    {
        await using var copy = await SqliteJournal.OpenAsync(path, clock, CancellationToken.None);
        var states = new List<RunState>();
        await foreach (var run in copy.ListAsync(RunFilter.All, CancellationToken.None))
            states.Add(await copy.GetStateAsync(run.Run, CancellationToken.None));
        Assert.InRange(states.Count(state => state.Phase is not RunPhase.Abandoned), 0, 2);
        return states.Count;
    }
}
