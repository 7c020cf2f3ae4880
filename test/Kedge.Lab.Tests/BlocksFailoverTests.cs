using System.Text.Json.Nodes;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;

namespace Kedge.Lab.Tests;

/// <summary>The same, with volumes by blocks: movers in both clouds, real Ceph at both ends. Each test leaves B as it found it.</summary>
[Collection(FailoverTests.CloudB)]
public sealed class BlocksFailoverTests(ProtectedWorkload workload) : IClassFixture<ProtectedWorkload>
{
    [Fact]
    public async Task A_workload_comes_up_from_its_standbys_and_when_they_are_gone_from_the_repository_and_is_verified_both_times()
    {
        var warm = await FailOverAsync(ProtectedWorkload.ByBlocksName, isWarm: true, () => TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.ByBlocksName, "--yes", "--reason", "cloud A has lost its power"));
        await using (var b = TwoClouds.Connect("B"))
        {
            foreach (var standby in workload.ByBlocks.Point.Volumes.Select(volume => volume.Blocks!.Standby!))
                await b.BlockStorage.DeleteSnapshotAsync(new SnapshotId(standby.Snapshot), CancellationToken.None);
        }

        var cold = await FailOverAsync(ProtectedWorkload.ByBlocksName, isWarm: false, () => TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.ByBlocksName, "--yes", "--reason", "and its standbys as well"));

        LabFigures.OfFailover("warm", warm);
        LabFigures.OfFailover("cold", cold);
    }

    [Fact]
    public async Task A_server_boots_from_a_volume_that_is_encrypted_in_both_clouds_although_the_mover_that_wrote_it_was_killed()
    {
        var failover = TwoClouds.KedgeJsonAsync("failover", ProtectedWorkload.VaultName, "--yes", "--reason", "cloud A has lost its power");
        await workload.SouthernMover.SaysAsync("/write: write Luks");
        await workload.SouthernMover.KillAsync();
        var other = workload.Movers.Start("b2");
        var result = await failover;

        try
        {
            await other.SaysAsync("going on where another try ended");
            AssertVerified(result, isWarm: false);
            await CheckVaultAsync(new ServerId((string)result["servers"]![0]!["target"]!));
        }
        finally
        {
            await FailoverTests.CleanUpAsync(result);
        }
    }

    async Task<JsonNode> FailOverAsync(string name, bool isWarm, Func<Task<JsonNode>> failOver)
    {
        var result = await failOver();
        TwoClouds.Log($"{name}, {(isWarm ? "warm" : "cold")}: RPO {result["rpo_achieved"]}, RTO {result["rto_achieved"]}");
        try
        {
            AssertVerified(result, isWarm);
            await new RestoredWorkload(workload.ByBlocks, result).CheckAsync();
            return result;
        }
        finally
        {
            await FailoverTests.CleanUpAsync(result);
        }
    }

    static void AssertVerified(JsonNode result, bool isWarm) => Assert.All(
        result["volumes"]!.AsArray(),
        volume => Assert.Equal(("blocks", isWarm, true), ((string)volume!["method"]!, (bool)volume["from_standby"]!, (bool)volume["verified"]!)));

    /// <summary>The guest counts on its encrypted disk, on from where the point was.</summary>
    async Task CheckVaultAsync(ServerId server)
    {
        await using var b = TwoClouds.Connect("B");
        var root = await b.BlockStorage.ListVolumesAsync(new BlockStorageFilter(), CancellationToken.None).SingleAsync(volume => !volume.Metadata.ContainsKey("kedge_standby_for"));
        Assert.True(root.IsEncrypted);
        await GuestConsole.WaitForTextAsync(b, server, "TICK ");
        Assert.InRange(await GuestConsole.BootCountAsync(b, server) ?? 0, workload.Vault.Counter.Before, long.MaxValue);
    }
}
