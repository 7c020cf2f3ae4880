using System.Text.Json.Nodes;

namespace Kedge.Lab.Tests;

/// <summary>Kedge's main job on two real clouds. Each test leaves B as it found it, by <c>kedge cleanup</c>, and checks that too.</summary>
[Collection(CloudB)]
public sealed class FailoverTests(ProtectedWorkload workload) : IClassFixture<ProtectedWorkload>
{
    /// <summary>Tests that work in the project of cloud B take turns.</summary>
    public const string CloudB = "cloud B";

    const int Kills = 10;
    const int KilledBySigkill = 137;

    [Fact]
    public async Task A_workload_comes_up_in_the_second_cloud_after_the_first_was_killed()
    {
        var result = await TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.ByBackupName, "--yes", "--reason", "cloud A has lost its power");

        LabFigures.OfFailover("backup", result);
        await CheckAndCleanUpAsync(result);
    }

    [Fact]
    public async Task A_failover_whose_process_is_killed_again_and_again_comes_to_the_same_end()
    {
        var chance = new Random(20261124);
        for (var (kills, started) = (0, 0); kills < Kills; started++)
        {
            Assert.True(started < 4 * Kills, $"{started} processes were started, and only {kills} of them came so far as to take the run over.");
            kills += await StartAndKillAsync(TimeSpan.FromMilliseconds(chance.Next(1500, 4500))) ? 1 : 0;
        }

        var result = await TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.ByBackupName, "--yes", "--reason", "and still");

        var run = await TwoClouds.KedgeJsonAsync("run", "show", (string)result["run"]!);
        await CheckAndCleanUpAsync(result);
        Assert.True((long)run["epoch"]! > Kills, $"The run was taken over {run["epoch"]} times; {Kills} processes were killed while they had it.");
    }

    /// <summary>SIGKILL after so long; true where the process had the run by then.</summary>
    static async Task<bool> StartAndKillAsync(TimeSpan after)
    {
        var seconds = after.TotalSeconds.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);
        var killed = await TwoClouds.RunAsync(
            "/usr/bin/timeout", "--foreground", "--signal=KILL", seconds, TwoClouds.Kedge, "failover", ProtectedWorkload.ByBackupName, "--yes", "--reason", "killed on purpose");

        Assert.True(killed.Code == KilledBySigkill, $"The failover ended before it was killed, with {killed.Code}:\n{killed.Error}");
        return killed.Error.Contains("Taken over", StringComparison.Ordinal);
    }

    async Task CheckAndCleanUpAsync(JsonNode result)
    {
        TwoClouds.Log($"RPO {result["rpo_achieved"]}, RTO {result["rto_achieved"]}");
        try
        {
            await new RestoredWorkload(workload.ByBackup, result).CheckAsync();
        }
        finally
        {
            await CleanUpAsync(result);
        }
    }

    internal static async Task CleanUpAsync(JsonNode result)
    {
        var ended = await TwoClouds.KedgeAsync("cleanup", (string)result["run"]!, "--yes");

        Assert.True(ended.Code == 0, ended.Error);
        await using var b = TwoClouds.Connect("B");
        Assert.Equal(ProjectContents.Nothing, await ProjectContents.CountAsync(b));
    }
}
