using System.Text.Json.Nodes;

namespace Kedge.Lab.Tests;

/// <summary>Kedge's main job on two real clouds. Each test leaves B as it found it, by <c>kedge cleanup</c>, and checks that too.</summary>
public sealed class FailoverTests(ProtectedWorkload workload) : IClassFixture<ProtectedWorkload>
{
    const int Kills = 10;

    [Fact]
    public async Task A_workload_comes_up_in_the_second_cloud_after_the_first_was_killed()
    {
        var result = await TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.Name, "--yes", "--reason", "cloud A has lost its power");

        await CheckAndCleanUpAsync(result);
    }

    [Fact]
    public async Task A_failover_whose_process_is_killed_again_and_again_comes_to_the_same_end()
    {
        var chance = new Random(20261124);
        for (var kill = 1; kill <= Kills; kill++)
            await StartAndKillAsync(TimeSpan.FromMilliseconds(chance.Next(800, 6000)), kill);

        var result = await TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.Name, "--yes", "--reason", "and still");

        var run = await TwoClouds.KedgeJsonAsync("run", "show", (string)result["run"]!);
        await CheckAndCleanUpAsync(result);
        Assert.True((long)run["epoch"]! > Kills, $"The run was taken over {run["epoch"]} times; {Kills} processes were killed while they had it.");
    }

    static async Task StartAndKillAsync(TimeSpan after, int kill)
    {
        using var kedge = TwoClouds.Start(TwoClouds.Kedge, "failover", ProtectedWorkload.Name, "--yes", "--reason", "killed on purpose");
        var taken = new TaskCompletionSource();
        var output = kedge.StandardOutput.ReadToEndAsync();
        var error = ReadErrorAsync(kedge.StandardError, taken);
        // A process that has not taken the run over yet is not killed: it would not count.
        await Task.WhenAny(taken.Task, kedge.WaitForExitAsync());
        await Task.Delay(after);
        Assert.False(kedge.HasExited, $"The failover ended before kill {kill}: {await error}");

        kedge.Kill();
        await kedge.WaitForExitAsync();
        TwoClouds.Log($"kill {kill} after {after.TotalSeconds:0.0} s\n{await error}{await output}");
    }

    static async Task<string> ReadErrorAsync(StreamReader error, TaskCompletionSource taken)
    {
        var text = new System.Text.StringBuilder();
        while (await error.ReadLineAsync() is { } line)
        {
            text.AppendLine(line);
            if (line.Contains("Taken over", StringComparison.Ordinal))
                taken.TrySetResult();
        }
        return text.ToString();
    }

    async Task CheckAndCleanUpAsync(JsonNode result)
    {
        TwoClouds.Log($"RPO {result["rpo_achieved"]}, RTO {result["rto_achieved"]}");
        try
        {
            await new RestoredWorkload(workload, result).CheckAsync();
        }
        finally
        {
            await CleanUpAsync(result);
        }
    }

    static async Task CleanUpAsync(JsonNode result)
    {
        var ended = await TwoClouds.KedgeAsync("cleanup", (string)result["run"]!, "--yes");

        Assert.True(ended.Code == 0, ended.Error);
        await using var b = TwoClouds.Connect("B");
        Assert.Equal(ProjectContents.Nothing, await ProjectContents.CountAsync(b));
    }
}
