using Kedge.Blocks.Disks;
using Kedge.Blocks.Points;
using Kedge.Blocks.Tests.Stores;
using Kedge.Blocks.Upkeep;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Repositories;

public sealed class PruneTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_point_reaches_is_freed_and_the_rest_stays()
    {
        var shelf = await Shelf.NewAsync();
        var keep = MemoryDevice.Mixed(1, 60);
        var (kept, _) = await shelf.BackUpAsync(keep);
        var (gone, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(2, 60));
        await shelf.Repository.ForgetAsync(gone, Cancel);

        var outcome = await shelf.Repository.PruneAsync(Cancel);

        Assert.True(outcome.DeletedPacks > 0 && outcome.WaitingFor == 0);
        Assert.Equal(keep.Content, await shelf.RestoreAsync(kept));
        await DemandNoGarbageAsync(shelf);
    }

    [Fact]
    public async Task A_pack_that_is_mostly_dead_is_copied_and_goes()
    {
        var shelf = await Shelf.NewAsync();
        var large = MemoryDevice.Mixed(3, 80);
        var (gone, _) = await shelf.BackUpAsync(large);
        var small = new MemoryDevice(large.Content[..(10 * Shelf.BlockBytes)]);
        var (kept, outcome) = await shelf.BackUpAsync(small, series: "small");
        await shelf.Repository.ForgetAsync(gone, Cancel);
        var before = (await shelf.Repository.StatsAsync(Cancel)).StoredBytes;

        var pruned = await shelf.Repository.PruneAsync(Cancel);

        Assert.Equal(0, outcome.NewBlocks);
        Assert.True(pruned.CopiedPacks > 0);
        Assert.True((await shelf.Repository.StatsAsync(Cancel)).StoredBytes < before / 2);
        Assert.Equal(small.Content, await shelf.RestoreAsync(kept));
        await DemandNoGarbageAsync(shelf);
    }

    [Fact]
    public async Task A_writer_that_began_before_the_prune_may_still_use_what_was_condemned()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(4, 60);
        var (gone, _) = await shelf.BackUpAsync(disk);
        await using var writer = await BeginAsync(shelf);
        var outcome = await writer.AddDiskAsync("root", disk, DiskOptions.Full, Cancel);
        await shelf.Repository.ForgetAsync(gone, Cancel);

        var during = await shelf.Repository.PruneAsync(Cancel);
        var point = await writer.CommitAsync(default, Cancel);
        var after = await shelf.Repository.PruneAsync(Cancel);

        Assert.Equal(0, outcome.NewBlocks);
        Assert.True(during.CondemnedPacks > 0 && during.DeletedPacks == 0 && during.WaitingFor == 1);
        Assert.Equal(0, after.DeletedPacks);
        Assert.Equal(disk.Content, await shelf.RestoreAsync(point));
        Assert.True((await shelf.Repository.CheckAsync(CheckDepth.Everything, [], Cancel)).IsSound);
    }

    [Fact]
    public async Task A_writer_that_begins_after_the_prune_does_not_rely_on_what_was_condemned()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(5, 60);
        var (gone, _) = await shelf.BackUpAsync(disk);
        var old = await BeginAsync(shelf);
        await shelf.Repository.ForgetAsync(gone, Cancel);
        await shelf.Repository.PruneAsync(Cancel);
        await using var fresh = await BeginAsync(shelf);

        var outcome = await fresh.AddDiskAsync("root", disk, new DiskOptions { Parent = gone }, Cancel);
        await old.DisposeAsync();
        var swept = await shelf.Repository.PruneAsync(Cancel);
        var point = await fresh.CommitAsync(default, Cancel);

        Assert.True(outcome.NewBlocks > 0);
        Assert.True(swept.DeletedPacks > 0);
        Assert.Equal(disk.Content, await shelf.RestoreAsync(point));
    }

    [Fact]
    public async Task A_writer_that_slept_through_its_lease_is_told_and_acknowledges_nothing()
    {
        var shelf = await Shelf.NewAsync();
        await using var writer = await BeginAsync(shelf);
        await writer.AddDiskAsync("root", MemoryDevice.Mixed(6, 20), DiskOptions.Full, Cancel);

        shelf.Clock.Advance(TimeSpan.FromHours(1));
        await shelf.Repository.PruneAsync(Cancel);

        var broken = await Assert.ThrowsAsync<RepositoryException>(() => writer.CommitAsync(default, Cancel));
        Assert.Equal(RepositoryFault.SessionBroken, broken.Fault);
        Assert.Null(await shelf.Repository.FindLatestAsync("web", Cancel));
    }

    [Fact]
    public async Task A_session_broken_in_the_very_moment_of_its_commit_takes_its_point_back()
    {
        var shelf = await Shelf.NewAsync();
        await using var writer = await BeginAsync(shelf);
        await writer.AddDiskAsync("root", MemoryDevice.Mixed(7, 20), DiskOptions.Full, Cancel);
        shelf.Store.Before = (act, name) =>
        {
            if (act != "put" || !name.StartsWith("points/", StringComparison.Ordinal)) return;
            foreach (var session in shelf.Store.Objects.Keys.Where(n => n.StartsWith("sessions/", StringComparison.Ordinal))) shelf.Store.Objects.TryRemove(session, out _);
        };

        await Assert.ThrowsAsync<RepositoryException>(() => writer.CommitAsync(default, Cancel));

        Assert.Null(await shelf.Repository.FindLatestAsync("web", Cancel));
        Assert.Empty(await shelf.Repository.VerifyChainAsync("web", null, Cancel));
    }

    [Fact]
    public async Task A_long_writer_keeps_its_lease()
    {
        var shelf = await Shelf.NewAsync();
        await using var writer = await BeginAsync(shelf);
        for (var i = 0; i < 10; i++)
        {
            shelf.Clock.Advance(TimeSpan.FromMinutes(20));
            await writer.AddDiskAsync($"disk{i}", MemoryDevice.Mixed(i, 10), DiskOptions.Full, Cancel);
            await shelf.Repository.PruneAsync(Cancel);
        }

        var point = await writer.CommitAsync(default, Cancel);

        Assert.Equal(10, point.Disks.Length);
        Assert.True((await shelf.Repository.CheckAsync(CheckDepth.Everything, [point.Head], Cancel)).IsSound);
    }

    [Fact]
    public async Task A_prune_that_loses_power_at_any_call_harms_nothing_and_the_next_one_finishes()
    {
        var shelf = await Shelf.NewAsync();
        var keep = MemoryDevice.Mixed(8, 40);
        await shelf.BackUpAsync(keep);
        var (gone, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(9, 40));
        var large = MemoryDevice.Mixed(10, 40);
        var (alsoGone, _) = await shelf.BackUpAsync(large);
        await shelf.BackUpAsync(new MemoryDevice(large.Content[..(5 * Shelf.BlockBytes)]));
        await shelf.Repository.ForgetAsync(gone, Cancel);
        await shelf.Repository.ForgetAsync(alsoGone, Cancel);

        for (var crashAt = 0; ; crashAt++)
        {
            var copy = await Shelf.OfAsync(shelf.Store.Copy());
            var isFinished = await CrashAsync(copy, crashAt);

            Assert.Equal(keep.Content, await copy.RestoreAsync((await copy.Repository.FindPointAsync("web", 1, Cancel))!));
            copy.Clock.Advance(TimeSpan.FromHours(2));
            await copy.Repository.PruneAsync(Cancel);
            await copy.Repository.PruneAsync(Cancel);
            await DemandNoGarbageAsync(copy);
            if (isFinished) return;
        }
    }

    [Fact]
    public async Task A_writer_that_loses_power_at_any_call_loses_no_acknowledged_point_and_leaves_only_what_prune_finds()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(11, 30);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(12, 3);

        for (var crashAt = 0; ; crashAt++)
        {
            var copy = await Shelf.OfAsync(shelf.Store.Copy());
            var calls = 0;
            Point? acknowledged = null;
            copy.Store.Before = (_, _) => { if (Interlocked.Increment(ref calls) > crashAt) throw new PowerLostException(); };
            try
            {
                (acknowledged, _) = await copy.BackUpAsync(after, new DiskOptions { Parent = first });
            }
            catch (PowerLostException)
            {
                // As planned.
            }
            copy.Store.Before = (_, _) => { };

            Assert.Equal(before.Content, await copy.RestoreAsync((await copy.Repository.FindPointAsync("web", 1, Cancel))!));
            if (await copy.Repository.FindPointAsync("web", 2, Cancel) is { } second) Assert.Equal(after.Content, await copy.RestoreAsync(second));
            else Assert.Null(acknowledged);
            copy.Clock.Advance(TimeSpan.FromHours(2));
            await copy.Repository.PruneAsync(Cancel);
            await DemandNoGarbageAsync(copy);
            if (acknowledged is not null) return;
        }
    }

    [Fact]
    public async Task A_prune_gives_way_to_another_one_and_takes_over_from_a_dead_one()
    {
        var shelf = await Shelf.NewAsync();
        await CrashAsync(shelf, 6);

        var second = await shelf.Repository.PruneAsync(Cancel);
        shelf.Clock.Advance(TimeSpan.FromHours(2));
        var third = await shelf.Repository.PruneAsync(Cancel);

        Assert.True(second.IsBusyElsewhere);
        Assert.False(third.IsBusyElsewhere);
    }

    [Fact]
    public async Task A_prune_that_cannot_read_a_point_takes_nothing_away()
    {
        var shelf = await Shelf.NewAsync();
        var (gone, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(13, 20));
        await shelf.BackUpAsync(MemoryDevice.Mixed(14, 20));
        await shelf.Repository.ForgetAsync(gone, Cancel);
        shelf.Store.Objects["points/web/00000002"][50] ^= 1;
        var packs = Packs(shelf);

        await Assert.ThrowsAsync<RepositoryException>(() => shelf.Repository.PruneAsync(Cancel));

        Assert.Equal(packs, Packs(shelf));
    }

    [Fact]
    public async Task Many_indexes_become_few()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(15, 10);
        for (var i = 0; i < 70; i++) await shelf.BackUpAsync(disk = disk.Changed(i, 1));

        await shelf.Repository.PruneAsync(Cancel);

        Assert.Equal(1, shelf.Store.Objects.Keys.Count(n => n.StartsWith("indexes/", StringComparison.Ordinal)));
        Assert.True((await shelf.Repository.CheckAsync(CheckDepth.Everything, [], Cancel)).IsSound);
    }

    static Task<PointWriter> BeginAsync(Shelf shelf) => PointWriter.BeginAsync(shelf.Store, shelf.Repository.Keys, shelf.Clock, "web", Shelf.BlockBytes, Cancel);

    static List<string> Packs(Shelf shelf) => [.. shelf.Store.Objects.Keys.Where(n => n.StartsWith("packs/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    static async Task<bool> CrashAsync(Shelf shelf, int crashAt)
    {
        var calls = 0;
        shelf.Store.Before = (_, _) => { if (Interlocked.Increment(ref calls) > crashAt) throw new PowerLostException(); };
        try
        {
            await shelf.Repository.PruneAsync(Cancel);
            return true;
        }
        catch (PowerLostException)
        {
            return false;
        }
        finally
        {
            shelf.Store.Before = (_, _) => { };
        }
    }

    /// <summary>Sound, and another prune finds nothing; every pack is needed by some point.</summary>
    static async Task DemandNoGarbageAsync(Shelf shelf)
    {
        var check = await shelf.Repository.CheckAsync(CheckDepth.Everything, [], Cancel);
        Assert.True(check.IsSound, string.Join("\n", check.Problems));
        var again = await shelf.Repository.PruneAsync(Cancel);
        Assert.Equal((0, 0), (again.CondemnedPacks, again.DeletedPacks));
        Assert.DoesNotContain(shelf.Store.Objects.Keys, n => n.StartsWith("condemned/", StringComparison.Ordinal) || n.StartsWith("sessions/", StringComparison.Ordinal) || n.StartsWith("locks/", StringComparison.Ordinal));
    }

    sealed class PowerLostException : Exception;
}
