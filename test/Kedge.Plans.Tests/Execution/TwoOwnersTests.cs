using Kedge.Testing;

namespace Kedge.Plans.Tests;

/// <summary>A process that was only thought dead goes on beside its successor.</summary>
public sealed class TwoOwnersTests
{
    private readonly House house = new();

    [Fact]
    public async Task The_earlier_owner_is_refused_stops_at_once_and_touches_nothing_more()
    {
        house.World.Takes = _ => TimeSpan.FromSeconds(60);
        var calledByFirst = new List<TimeSpan>();
        Step First(PlannedStep step) => Scripted.At(run =>
        {
            calledByFirst.Add(house.Clock.Elapsed);
            return new MakeThing(house.World, house.Power).RunAsync(run, CancellationToken.None).GetAwaiter().GetResult();
        });

        var (refused, state) = await SimulatedTime.RunAsync(house.Clock, async () =>
        {
            await house.Journal.BeginAsync(House.Run, Plans.Diamond(), "k", "host/1", CancellationToken.None);
            var first = house.Executor(First, "host/1").ExecuteAsync(House.Run, null, CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(30.5), house.Clock, CancellationToken.None);
            var second = house.Executor(owner: "host/2").ExecuteAsync(House.Run, null, CancellationToken.None);
            var e = await Assert.ThrowsAsync<SupersededException>(() => first);
            return (e, await second);
        });

        Assert.Equal((1L, 2L), (refused.Epoch, refused.CurrentEpoch));
        Assert.True(calledByFirst.Max() < TimeSpan.FromSeconds(30.5), $"The superseded owner called the world at {calledByFirst.Max()}.");
        Assert.Equal((RunPhase.Finished, "host/2", 5), (state.Phase, state.Owner, house.World.Things.Count));
    }

    [Fact]
    public async Task Owners_who_take_over_from_each_other_all_the_time_leave_each_thing_made_once()
    {
        var state = await SimulatedTime.RunAsync(house.Clock, async () =>
        {
            await house.Journal.BeginAsync(House.Run, Plans.Diamond(), "k", "host/0", CancellationToken.None);
            var owners = new List<Task<RunState>>();
            for (var i = 1; i <= 12; i++)
            {
                owners.Add(house.Executor(owner: $"host/{i}").ExecuteAsync(House.Run, null, CancellationToken.None));
                await Task.Delay(TimeSpan.FromSeconds(2.3), house.Clock, CancellationToken.None);
            }

            foreach (var owner in owners.SkipLast(1))
                await Assert.ThrowsAsync<SupersededException>(() => owner);
            return await owners[^1];
        });

        Assert.Equal((RunPhase.Finished, 12L), (state.Phase, state.Epoch));
        Assert.Equal(5, house.World.Things.Count);
    }

    [Fact]
    public async Task A_run_in_a_real_file_is_taken_over_by_a_second_process_and_the_first_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("kedge-owners-");
        await using (var one = await SqliteJournal.OpenAsync(Path.Combine(folder.FullName, "runs.db"), house.Clock, CancellationToken.None))
        await using (var two = await SqliteJournal.OpenAsync(Path.Combine(folder.FullName, "runs.db"), house.Clock, CancellationToken.None))
        {
            var state = await SimulatedTime.RunAsync(house.Clock, async () =>
            {
                await one.BeginAsync(House.Run, Plans.Diamond(), "k", "host/1", CancellationToken.None);
                var first = Executor(one, "host/1").ExecuteAsync(House.Run, null, CancellationToken.None);
                await Task.Delay(TimeSpan.FromSeconds(7), house.Clock, CancellationToken.None);
                var second = Executor(two, "host/2").ExecuteAsync(House.Run, null, CancellationToken.None);
                await Assert.ThrowsAsync<SupersededException>(() => first);
                return await second;
            });

            Assert.Equal((RunPhase.Finished, 5), (state.Phase, house.World.Things.Count));
        }

        folder.Delete(recursive: true);
    }

    private RunExecutor Executor(IJournal journal, string owner) =>
        new(journal, _ => new MakeThing(house.World, House.Steady()), WorldException.Read, house.Limits, house.Clock, owner);
}
