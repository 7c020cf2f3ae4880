using System.Diagnostics;
using System.Text.Json.Nodes;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;
using static Kedge.Tests.WrongInput.WrongCloudTests;

namespace Kedge.Tests.Processes;

/// <summary>What only a process of its own can show: signals, and two of them at once.</summary>
public sealed class ProcessTests
{
    /// <summary>Only so that a mistake ends: nothing here depends on it.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_second_failover_is_refused_while_the_first_lives_and_goes_on_with_the_same_run_after_it_was_killed()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var boots = HoldServers(desk);
        using var first = desk.Start("failover shop --yes");
        await boots.Task.WaitAsync(Limit);
        var run = (string)(await RunsAsync(desk)).Single(each => (string?)each!["Kind"] == "failover")!["ID"]!;

        var second = await desk.TypeAsync("failover shop --yes");
        var resume = await desk.TypeAsync($"run resume {run}");
        first.Kill();
        await first.WaitForExitAsync();
        var interrupted = (string?)(await RunsAsync(desk)).Single(each => (string?)each!["ID"] == run)!["Phase"];
        desk.B.Faults.OnCall = null;
        var third = await desk.DoAsync("failover shop --yes -f json");

        Says(second, ExitCodes.Conflict, run, "is not finished");
        Says(resume, ExitCodes.Conflict, run, "--take-over");
        Assert.Equal("Interrupted", interrupted);
        Assert.Equal(run, (string?)JsonNode.Parse(third.Output)!["run"]);
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
        Assert.Single(await RunsAsync(desk), each => (string?)each!["Kind"] == "failover");
    }

    [Fact]
    public async Task Ctrl_C_ends_with_130_and_the_run_can_be_resumed()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var boots = HoldServers(desk);
        // Whoever started these tests in the background had the signal ignored, which every process below inherits.
        using var failover = desk.Start("failover shop --yes", "env", "--default-signal=INT");
        var error = failover.StandardError.ReadToEndAsync(CancellationToken.None);
        await boots.Task.WaitAsync(Limit);

        using (var kill = Process.Start("kill", ["-INT", $"{failover.Id}"]))
            await kill.WaitForExitAsync();
        await failover.WaitForExitAsync();
        desk.B.Faults.OnCall = null;
        var run = (string)(await RunsAsync(desk)).Single(each => (string?)each!["Kind"] == "failover")!["ID"]!;
        var resumed = await desk.DoAsync($"run resume {run} -f json");

        Says(new Typed(failover.ExitCode, "", await error), ExitCodes.Interrupted, "interrupted", "kedge run resume");
        Assert.Equal("Finished", (string?)JsonNode.Parse(resumed.Output)!["phase"]);
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
    }

    [Fact]
    public async Task A_target_that_goes_away_half_way_is_waited_for()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        desk.B.Faults.OnCall = call =>
        {
            if (call is { Method: "POST" } && call.Path.EndsWith("/servers", StringComparison.Ordinal))
                reached.TrySetResult();
            return FaultAction.None;
        };

        var failover = desk.TypeAsync("failover shop --yes");
        await reached.Task.WaitAsync(Limit);
        await desk.B.KillAsync();
        var callsWhileGone = desk.B.CallCount;
        await WaitForAsync(async () => (await desk.TypeAsync("run list")).Output.Contains("Running", StringComparison.Ordinal) && !failover.IsCompleted);
        await desk.B.ReviveAsync(CancellationToken.None);
        var typed = await failover;

        Assert.True(typed.Code == ExitCodes.Done, typed.ToString());
        Assert.True(desk.B.CallCount > callsWhileGone);
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
    }

    [Fact]
    public async Task A_full_disk_under_the_data_directory_is_told_and_the_failover_goes_on_when_there_is_room()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var kedge = Path.Combine(AppContext.BaseDirectory, "kedge");
        // A limit on the size of files stands for the full disk: both end a write half-way, and this one needs no rights. The runtime maps a
        // large file for code that is both written and executed, unless told not to.
        var limit = (new FileInfo(Path.Combine(desk.Data, "kedge.db")).Length / 1024) + 40;
        var start = new ProcessStartInfo("bash", ["-c", $"trap '' XFSZ; ulimit -f {limit}; export DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0; exec {kedge} failover shop --yes"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        desk.Surround(start);

        using var failover = Process.Start(start)!;
        var error = failover.StandardError.ReadToEndAsync(CancellationToken.None);
        await failover.WaitForExitAsync();
        var again = await desk.DoAsync("failover shop --yes");

        Says(new Typed(failover.ExitCode, "", await error), ExitCodes.Storage, "kedge.db");
        Assert.Equal(3, desk.B.World.Count()[ResourceKind.Server]);
        Assert.Contains("Finished", again.Output, StringComparison.Ordinal);
    }

    /// <summary>No server is let in until the test says so; done when the first was asked for.</summary>
    static TaskCompletionSource HoldServers(Desk desk)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        desk.B.Faults.OnCall = call =>
        {
            if (call is not { Method: "POST" } || !call.Path.EndsWith("/servers", StringComparison.Ordinal))
                return FaultAction.None;
            reached.TrySetResult();
            return new FaultAction.Refuse(503, "not now");
        };
        return reached;
    }

    static async Task<JsonArray> RunsAsync(Desk desk) => JsonNode.Parse((await desk.DoAsync("run list -f json")).Output)!.AsArray();

    static async Task WaitForAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Yield();
    }
}
