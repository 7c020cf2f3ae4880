using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kedge.Availability.Tests.Agents;

/// <summary>The resource agents ocf:openstack:* with stand-ins for the services; in the Pacemaker lab they run the real ones.</summary>
public sealed class AgentTests
{
    const int Success = 0;
    const int Failed = 1;
    const int NotInstalled = 5;
    const int NotConfigured = 6;
    const int NotRunning = 7;
    const int Promoted = 8;
    const int FailedPromoted = 9;

    const string Forever = "while :; do sleep 1; done";

    [Fact]
    public async Task Every_agent_describes_itself_as_pacemaker_wants_it()
    {
        const string every =
            """
            folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && . packaging/ocf/lib/service.sh && for name in $(all_agents); do
              ln -s "$PWD/packaging/ocf/lib/agent" "$folder/$name"
              "$folder/$name" meta-data | (cd /usr/share/resource-agents && xmllint --noout --valid -) || exit 1
            done
            """;

        var answer = await Agent.RunAsync("sh", ["-c", every], []);

        Assert.Equal((Success, ""), (answer.Code, answer.Error));
    }

    [Fact]
    public async Task Debians_tester_finds_nothing_to_complain_of_in_any_agent()
    {
        var all = (await Agent.RunAsync("sh", ["-c", ". packaging/ocf/lib/service.sh && all_agents"], [])).Output.Split(' ', StringSplitOptions.TrimEntries);
        string[] promotable = ["nova-cert", "nova-consoleauth", "nova-network", "cinder-volume", "cinder-backup", "service"];
        // The tester mostly sleeps.
        using var atOnce = new SemaphoreSlim(8);

        var answers = await Task.WhenAll(all.Select(async name =>
        {
            await atOnce.WaitAsync(TestContext.Current.CancellationToken);
            using var agent = new Agent(name).Set("url", "").Runs(Forever);
            if (promotable.Contains(name))
                agent.Set("CRM_meta_promotable", "true");
            var answer = await agent.TestAsync();
            atOnce.Release();
            return (Name: name, Answer: answer);
        }));

        Assert.True(all.Length > 20);
        Assert.All(answers, one => Assert.True(one.Answer.Code == Success, $"{one.Name}: {one.Answer.Output}{one.Answer.Error}"));
        Assert.All(answers, one => Assert.Equal(promotable.Contains(one.Name), !one.Answer.Output.Contains("does not support promotable", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Scripts_of_the_agents_and_of_the_lab_are_clean()
    {
        var answer = await Agent.RunAsync("sh", ["-c", "shellcheck packaging/ocf/lib/agent packaging/ocf/lib/*.sh packaging/ocf/build && shellcheck -x dev/lab lab/*.sh lab/ha/*.sh"], []);

        Assert.True(answer.Code == Success, answer.Output);
    }

    [Fact]
    public async Task A_service_that_ends_at_once_is_not_started_and_its_last_words_are_told()
    {
        using var agent = new Agent("nova-scheduler").Runs("echo 'no such database'; exit 3");

        var answer = await agent.StartAsync();

        Assert.Equal(Failed, answer.Code);
        Assert.Contains("ocf-exit-reason:ended instead of starting: no such database", answer.Error, StringComparison.Ordinal);
        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
    }

    [Fact]
    public async Task What_is_not_installed_or_not_known_is_said_at_the_start_and_does_not_run_for_a_probe()
    {
        using var missing = new Agent("nova-cert").Set("command", "/nowhere/nova-cert");
        using var unknown = new Agent("service").Set("service", "sailing");

        var start = await missing.StartAsync();

        Assert.Equal(NotInstalled, start.Code);
        Assert.Contains("ended with OpenStack Ocata", start.Error, StringComparison.Ordinal);
        Assert.Equal(NotRunning, (await missing.MonitorAsync()).Code);
        Assert.Equal(NotConfigured, (await unknown.StartAsync()).Code);
    }

    [Fact]
    public async Task Nothing_of_pacemaker_reaches_the_service_and_its_output_is_kept()
    {
        using var agent = new Agent("nova-conductor").Runs($"env; {Forever}");
        agent.Set("openrc", "");

        Assert.Equal(Success, (await agent.StartAsync()).Code);

        Assert.DoesNotContain("OCF_RESKEY_", await File.ReadAllTextAsync(agent.Log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_service_left_behind_is_a_failure_and_is_gone_before_it_runs_again()
    {
        using var agent = new Agent("nova-api").Set("url", "").Runs($"setsid sleep 987654 & echo $! > {Path.GetTempPath()}$$.child; {Forever}");
        await agent.StartAsync();
        var orphans = Path.Combine(Path.GetTempPath(), $"{agent.Main}.child");
        var child = int.Parse(await File.ReadAllTextAsync(orphans, TestContext.Current.CancellationToken));

        await SignalAsync("KILL", agent.Main, "ZX");

        Assert.Equal(Failed, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.StopAsync()).Code);
        Assert.False(IsAlive(child));
        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
        File.Delete(orphans);
    }

    [Fact]
    public async Task A_service_that_does_not_heed_the_wish_to_end_is_killed_at_its_limit()
    {
        using var agent = new Agent("nova-scheduler").Runs($"trap '' TERM; {Forever}");
        await agent.StartAsync();
        var main = agent.Main;

        var stop = await agent.StopAsync();

        Assert.Equal(Success, stop.Code);
        Assert.Contains("did not end in time", stop.Error, StringComparison.Ordinal);
        Assert.False(IsAlive(main));
    }

    [Fact]
    public async Task A_service_that_was_stopped_by_a_signal_fails_its_monitor_and_still_hears_the_wish_to_end()
    {
        using var agent = new Agent("nova-scheduler").Runs("trap 'echo in order; exit' TERM; while :; do sleep 0.1; done");
        await agent.StartAsync();

        await SignalAsync("STOP", agent.Main, "T");

        Assert.Equal(Failed, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.StopAsync()).Code);
        Assert.Contains("in order", await File.ReadAllTextAsync(agent.Log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_somebody_elses_process_is_not_taken_for_the_service()
    {
        using var agent = new Agent("nova-scheduler").Runs(Forever);
        await File.WriteAllTextAsync(agent.PidFile, $"{Environment.ProcessId}\n", TestContext.Current.CancellationToken);

        Assert.Equal(NotRunning, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.StopAsync()).Code);
    }

    [Fact]
    public async Task An_api_that_takes_connections_and_does_not_answer_fails_only_the_monitor_that_asks()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var agent = new Agent("nova-api").Set("url", "").Runs(Forever);
        await agent.StartAsync();
        agent.Set("url", $"http://{silent.LocalEndpoint}/").Set("answer_limit", "1");

        Assert.Equal(Success, (await agent.MonitorAsync()).Code);
        var asked = await agent.MonitorAsync(depth: 10);

        Assert.Equal(Failed, asked.Code);
        Assert.Contains("does not answer", asked.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up", Success)]
    [InlineData("down", Failed)]
    [InlineData("unknown to it", Failed)]
    [InlineData("refused", Success)]
    public async Task A_worker_is_judged_by_its_sign_of_life_and_left_alone_when_nobody_can_be_asked(string state, int expected)
    {
        await using var cloud = new SignOfLife(state);
        using var agent = new Agent("nova-scheduler").Runs(Forever);
        var openrc = Path.Combine(agent.Folder, "openrc");
        await File.WriteAllTextAsync(openrc, $"export OS_AUTH_URL={cloud.Address}/v3 OS_USERNAME=nova OS_PASSWORD=secret OS_PROJECT_NAME=service\n", TestContext.Current.CancellationToken);
        agent.Set("openrc", openrc).Set("host", "here").Set("heartbeat_limit", "0");
        await agent.StartAsync();

        var asked = await agent.MonitorAsync(depth: 10);

        Assert.True(asked.Code == expected, asked.Error);
    }

    [Fact]
    public async Task Standing_by_runs_nothing_and_a_promoted_service_that_died_says_so()
    {
        using var agent = new Agent("cinder-volume").Set("CRM_meta_promotable", "true").Runs(Forever);

        Assert.Equal(Success, (await agent.StartAsync()).Code);
        Assert.False(File.Exists(agent.PidFile));
        Assert.Equal(Success, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.DoAsync("promote")).Code);
        Assert.Equal(Promoted, (await agent.MonitorAsync()).Code);
        await SignalAsync("KILL", agent.Main, "ZX");

        Assert.Equal(FailedPromoted, (await agent.MonitorAsync()).Code);
        Assert.Equal(Success, (await agent.DoAsync("demote")).Code);
        Assert.Equal(Success, (await agent.MonitorAsync()).Code);
    }

    /// <summary>A zombie is dead; nobody here may have fetched it.</summary>
    static bool IsAlive(int process) => StateOf(process) is { } state && state is not ('Z' or 'X');

    /// <summary>A signal is sent at once and heard when the process next runs: waits for that, so that nobody looks in between.</summary>
    static async Task SignalAsync(string signal, int process, string heard)
    {
        await Agent.RunAsync("kill", ["-s", signal, $"{process}"], []);
        while (StateOf(process) is { } state && !heard.Contains(state, StringComparison.Ordinal))
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    /// <summary>The letter of proc(5); null: it is gone.</summary>
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
