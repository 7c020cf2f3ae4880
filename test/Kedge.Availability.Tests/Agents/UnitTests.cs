namespace Kedge.Availability.Tests.Agents;

/// <summary>Services that are units of systemd, whose stand-in is a script: nothing here is systemd itself.</summary>
public sealed class UnitTests
{
    const int Success = 0;
    const int Failed = 1;
    const int NotInstalled = 5;
    const int NotRunning = 7;

    [Fact]
    public async Task A_unit_is_started_looked_at_and_stopped_and_one_that_died_does_not_run()
    {
        using var agent = new Agent("nova-scheduler").IsUnit("nova-scheduler.service");

        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.StartAsync()).Code);
        Assert.Equal(Success, (await agent.MonitorAsync()).Code);
        await SignalAsync("KILL", agent.UnitMain);
        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.StartAsync()).Code);
        Assert.Equal(Success, (await agent.StopAsync()).Code);

        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
        Assert.Equal(2, agent.Orders.Count(order => order == "start nova-scheduler.service"));
    }

    [Fact]
    public async Task A_unit_whose_process_was_stopped_by_a_signal_fails_its_monitor()
    {
        using var agent = new Agent("nova-scheduler").IsUnit("nova-scheduler.service");
        await agent.StartAsync();

        await SignalAsync("STOP", agent.UnitMain);

        Assert.Equal(Failed, (await agent.MonitorAsync()).Code);
    }

    [Fact]
    public async Task A_unit_that_does_not_end_is_killed_at_its_limit()
    {
        using var agent = new Agent("nova-scheduler").IsUnit("nova-scheduler.service", heedsStop: false);
        await agent.StartAsync();

        var stop = await agent.StopAsync();

        Assert.Equal(Success, stop.Code);
        Assert.Contains("kill --signal KILL nova-scheduler.service", agent.Orders);
        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
    }

    [Fact]
    public async Task A_unit_that_systemd_does_not_know_is_said_to_be_not_installed()
    {
        using var agent = new Agent("nova-scheduler").IsUnit("nova-scheduler.service").Set("unit", "novascheduler.service");

        var start = await agent.StartAsync();

        Assert.Equal(NotInstalled, start.Code);
        Assert.Contains("there is no unit novascheduler.service", start.Error, StringComparison.Ordinal);
    }

    static async Task SignalAsync(string signal, int process)
    {
        await Agent.RunAsync("kill", ["-s", signal, $"{process}"], []);
        // Heard when it next runs.
        var heard = signal == "KILL" ? "ZX" : "T";
        while (StateOf(process) is { } state && !heard.Contains(state, StringComparison.Ordinal))
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    static char? StateOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
