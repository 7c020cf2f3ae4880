namespace Kedge.Plans.Tests;

/// <summary>The other tests run on one thread in simulated time; this one runs as the product does.</summary>
public sealed class RealThreadsTests
{
    [Fact]
    public async Task A_run_of_hundreds_of_steps_on_real_threads_and_a_real_file_finishes_with_each_step_run_to_its_end_once()
    {
        var folder = Directory.CreateTempSubdirectory("kedge-threads-");
        var cancel = TestContext.Current.CancellationToken;
        var ended = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var plan = Plans.Of([.. Enumerable.Range(0, 100).SelectMany(i => new[]
        {
            Plans.Step($"volume{i}"),
            Plans.Step($"port{i}"),
            Plans.Step($"server{i}", [$"volume{i}", $"port{i}"]),
        })]);

        RunState state;
        await using (var journal = await SqliteJournal.OpenAsync(Path.Combine(folder.FullName, "runs.db"), TimeProvider.System, cancel))
        {
            await journal.BeginAsync(House.Run, plan, "k", "host/1", cancel);
            var executor = new RunExecutor(journal, _ => new Scripted(async (run, stop) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, stop);
                run.Progress("half-way", 0.5);
                if (run.StartedAt == default || !run.Step.After.All(ended.ContainsKey))
                    return new StepOutcome.Stop("out of order", "report it");
                ended.AddOrUpdate(run.Step.Id, 1, (_, n) => n + 1);
                return new StepOutcome.Done("made");
            }), WorldException.Read, new RunLimits(), TimeProvider.System, "host/1");
            state = await executor.ExecuteAsync(House.Run, null, cancel);
        }

        folder.Delete(recursive: true);
        Assert.Equal((RunPhase.Finished, 300), (state.Phase, ended.Count));
        Assert.All(ended.Values, n => Assert.Equal(1, n));
    }
}
