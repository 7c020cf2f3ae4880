using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Cleanup;
using Kedge.Recovery.Tests.Failover;
using Kedge.Sandbox.Faults;

namespace Kedge.Recovery.Tests.Cleanup;

public sealed class CleanupTests
{
    [Fact]
    public async Task Cleanup_leaves_the_cloud_as_it_was_before_the_run_but_for_the_backup_records()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var before = Picture(target, "");
        var run = await target.FailOverAsync();

        var cleaned = await CleanAsync(target, run);

        Assert.True(cleaned.Phase is RunPhase.Finished, cleaned.Reason);
        Assert.Equal(before, Picture(target, run.Run.Value));
    }

    [Fact]
    public async Task What_others_made_beside_it_stays()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var house = target.House;
        var theirs = await house.LiveAsync(() => house.SiteB.Tenant.Network.CreateNetworkAsync(new NewNetwork { Name = "front" }, default));
        var run = await target.FailOverAsync();

        await CleanAsync(target, run);

        Assert.NotNull(await house.LiveAsync(() => house.SiteB.Tenant.Network.FindNetworkAsync(theirs.Id, default)));
    }

    [Fact]
    public async Task A_run_that_can_still_go_on_is_not_cleaned_up_after_until_it_is_abandoned()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var before = Picture(target, "");
        target.House.B.Faults.OnBoot = _ => SandboxFaults.NoValidHost;
        var stopped = await target.FailOverAsync();

        await Assert.ThrowsAsync<RunConflictException>(() => CleanAsync(target, stopped));
        var abandoned = await target.House.NewProcess().AbandonAsync(stopped.Run, "ann", "a drill", default);
        var cleaned = await CleanAsync(target, abandoned);

        Assert.True(cleaned.Phase is RunPhase.Finished, cleaned.Reason);
        Assert.Equal(before, Picture(target, stopped.Run.Value));
    }

    [Fact]
    public async Task A_keypair_that_was_there_before_stays_and_one_that_was_imported_goes()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var nova = target.House.SiteB.Tenant.Compute;
        await target.House.LiveAsync(() => nova.ImportKeypairAsync(new("key", SmallWorkload.PublicKey), default));
        var run = await target.FailOverAsync();

        await CleanAsync(target, run);

        Assert.NotNull(await target.House.LiveAsync(() => nova.FindKeypairAsync("key", null, default)));
    }

    [Fact]
    public async Task A_cleanup_that_is_cut_off_is_resumed()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var before = Picture(target, "");
        var run = await target.FailOverAsync();
        var house = target.House;
        var cleanup = RunId.Create(house.Clock);
        await house.Journal.BeginAsync(cleanup, CleanupRunbook.Write(run), run.ExclusiveKey, "host/1", default);
        house.B.Faults.CrashAfter(40);

        await Assert.ThrowsAnyAsync<Exception>(() => house.LiveAsync(async () =>
        {
            house.Journal.OnWrite = (_, _) =>
            {
                if (house.B.Faults.IsPowerLost)
                    throw new PowerLostException("before");
            };
            await house.NewProcess().ExecuteAsync(cleanup, null, default);
        }));
        house.B.Faults.PowerBack();
        var cleaned = await house.LiveAsync(() => house.NewProcess().ExecuteAsync(cleanup, null, default));

        Assert.True(cleaned.Phase is RunPhase.Finished, cleaned.Reason);
        Assert.Equal(before, Picture(target, run.Run.Value));
    }

    [Fact]
    public async Task A_cleanup_is_not_cleaned_up_after()
    {
        var primary = await LostPrimary.MakeAsync();
        await using var target = await SmallTarget.MakeAsync(primary);
        var cleaned = await CleanAsync(target, await target.FailOverAsync());

        Assert.Throws<CleanupRefusedException>(() => CleanupRunbook.Write(cleaned));
    }

    static Task<RunState> CleanAsync(SmallTarget target, RunState run) =>
        target.House.LiveAsync(() => target.House.BeginAndExecuteAsync(CleanupRunbook.Write(run), run.ExclusiveKey));

    /// <summary>Backup records stay: Cinder can only delete them with the bytes of the point.</summary>
    static string Picture(SmallTarget target, string run) => string.Join(
        '\n', CloudPicture.Of(target.House.B, run is "" ? "none" : run).Split('\n').Where(l => !l.StartsWith("Backup ", StringComparison.Ordinal)));
}
