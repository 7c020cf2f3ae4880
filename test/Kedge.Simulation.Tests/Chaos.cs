namespace Kedge.Simulation.Tests;

/// <summary>What happens to whole machines: power cuts and pauses, partitions, full disks, clocks that jump, a cloud that is away for a while.</summary>
sealed class Chaos(World world, List<Task> lives)
{
    public async Task RageAsync()
    {
        while (!world.Weather.IsCalm)
        {
            await Task.Delay(world.Weather.Between(5, 60), world.Clock);
            if (world.Weather.IsCalm)
                return;
            var life = world.Lives[world.Weather.Next(world.Lives.Count)];
            switch (world.Weather.Next(8))
            {
                case 0:
                    world.LosePower(life, "by a fuse");
                    world.Weather.Counted("power cut");
                    break;
                case 1 or 2:
                    _ = ForAWhileAsync("paused", life.Owner, life.Pause, life.Continue);
                    break;
                case 3:
                    var cloud = world.Weather.Next(2) == 0 ? "a" : "b";
                    _ = ForAWhileAsync($"cut off from {cloud}", life.Owner, () => life.CutOffFrom.Add(cloud), () => life.CutOffFrom.Remove(cloud));
                    break;
                case 4:
                    _ = ForAWhileAsync("disk full", life.Owner, () => life.IsDiskFull = true, () => life.IsDiskFull = false);
                    break;
                case 5:
                    life.Clock.Ahead = world.Weather.Between(-30, 30);
                    world.Weather.Counted("clock jumped");
                    world.History.Say(life.Owner, $"its clock is {life.Clock.Ahead.TotalSeconds} s ahead");
                    break;
                case 6:
                    await world.B.KillAsync();
                    _ = ForAWhileAsync("away", "B", () => { }, () => _ = world.B.ReviveAsync(CancellationToken.None));
                    break;
            }
        }
    }

    /// <summary>Machines come back after a while, also when the weather is calm.</summary>
    public async Task RestartAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            await Task.Delay(world.Weather.IsCalm ? TimeSpan.FromSeconds(5) : world.Weather.Between(1, 60), world.Clock);
            foreach (var dead in world.Lives.Where(life => !life.IsOn).ToList())
                lives.Add(new MediatorLoop(world, world.Restart(dead)).LiveAsync());
        }
    }

    async Task ForAWhileAsync(string what, string who, Action begin, Action end)
    {
        var time = world.Weather.Between(1, 90);
        world.Weather.Counted(what);
        world.History.Say(who, $"{what} for {time.TotalSeconds} s");
        begin();
        await Task.Delay(time, world.Clock);
        end();
        world.History.Say(who, $"not {what} any more");
    }
}
