using Kedge.Blocks.Devices;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Stores;
using Kedge.Blocks.Upkeep;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Repositories;

public sealed class RepositoryTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_disk_comes_back_as_it_was(int readsAhead)
    {
        var shelf = await Shelf.NewAsync();
        var disk = new MemoryDevice(MemoryDevice.Mixed(1, 700).Content) { ReadsAhead = readsAhead };

        var (point, outcome) = await shelf.BackUpAsync(disk);

        Assert.Equal(disk.Content, await shelf.RestoreAsync(point));
        Assert.Equal(175, outcome.ZeroBlocks - 1);
        Assert.True(outcome.NewBlocks < 360, "what occurs twice is stored once");
        Assert.True((await shelf.Repository.CheckAsync(CheckDepth.Everything, [point.Head], Cancel)).IsSound);
        Assert.Equal("payload"u8.ToArray(), (await shelf.Repository.FindLatestAsync("web", Cancel))!.Payload.ToArray());
    }

    [Fact]
    public async Task A_disk_of_zeros_stores_nothing_and_a_disk_of_no_size_is_fine()
    {
        var shelf = await Shelf.NewAsync();

        var (zeros, outcome) = await shelf.BackUpAsync(new MemoryDevice(new byte[40 * Shelf.BlockBytes + 1]));
        var (nothing, _) = await shelf.BackUpAsync(new MemoryDevice([]));

        Assert.Equal((0, 41), (outcome.NewBlocks, outcome.ZeroBlocks));
        Assert.DoesNotContain(shelf.Store.Objects.Keys, n => n.StartsWith("packs/", StringComparison.Ordinal));
        Assert.Equal(40 * Shelf.BlockBytes + 1, (await shelf.RestoreAsync(zeros)).Length);
        Assert.Empty(await shelf.RestoreAsync(nothing));
    }

    [Theory]
    [InlineData(CompareBy.Fingerprint)]
    [InlineData(CompareBy.Address)]
    public async Task An_incremental_point_stores_only_what_changed(CompareBy compare)
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(2, 600);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(3, 5);

        var (second, outcome) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first, Compare = compare });

        Assert.InRange(outcome.NewBlocks, 5, 10);
        Assert.Equal(outcome.ChangedBlocks, outcome.NewBlocks);
        Assert.Equal(after.Content, await shelf.RestoreAsync(second));
        Assert.Equal(before.Content, await shelf.RestoreAsync(first));
    }

    [Fact]
    public async Task With_a_change_map_only_the_changed_blocks_and_the_spot_checks_are_read()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(4, 600);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(5, 0);
        after.Content[100 * Shelf.BlockBytes + 5] ^= 1;
        var map = new ChangeMap(after.SizeBytes);
        map.Add(new Extent(100 * Shelf.BlockBytes, 10));

        var (second, outcome) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first, Changes = map, SpotChecks = 4 });

        Assert.Equal(MapVerdict.Held, outcome.Map);
        Assert.Equal(5 * Shelf.BlockBytes, after.ReadBytes);
        Assert.Equal(1, outcome.NewBlocks);
        Assert.Equal(after.Content, await shelf.RestoreAsync(second));
    }

    [Fact]
    public async Task A_change_map_that_lies_is_found_out_and_everything_is_read()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(6, 60);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(7, 0);
        after.Content[20 * Shelf.BlockBytes] ^= 1;

        var (second, outcome) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first, Changes = new ChangeMap(after.SizeBytes), SpotChecks = 60 });

        Assert.Equal(MapVerdict.Lied, outcome.Map);
        Assert.Equal([20L], outcome.WrongInMap);
        Assert.Equal(after.Content, await shelf.RestoreAsync(second));
    }

    [Fact]
    public async Task What_a_change_map_hides_from_spot_checks_is_found_when_the_schedule_has_it_checked_wholly()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(6, 600);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(7, 0);
        after.Content[20 * Shelf.BlockBytes] ^= 1;
        var options = new DiskOptions { Parent = first, Changes = new ChangeMap(after.SizeBytes), SpotChecks = 0 };

        var (_, missed) = await shelf.BackUpAsync(after, options with { CheckMapWhollyEvery = 3 });
        var (third, found) = await shelf.BackUpAsync(after, options with { CheckMapWhollyEvery = 2 });

        Assert.Equal((MapVerdict.Held, false), (missed.Map, missed.IsMapCheckedWholly));
        Assert.Equal((MapVerdict.Lied, true), (found.Map, found.IsMapCheckedWholly));
        Assert.Equal([20L], found.WrongInMap);
        Assert.Equal(after.Content, await shelf.RestoreAsync(third));
    }

    [Theory]
    [InlineData(600, 700)]
    [InlineData(700, 600)]
    [InlineData(256, 257)]
    public async Task A_disk_that_was_resized_goes_on_from_its_parent(int blocksBefore, int blocksAfter)
    {
        var shelf = await Shelf.NewAsync();
        var (first, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(8, blocksBefore));
        var after = MemoryDevice.Mixed(8, blocksAfter);
        var map = new ChangeMap(after.SizeBytes);

        var (second, outcome) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first, Changes = map });

        Assert.Equal(MapVerdict.NotUsed, outcome.Map);
        Assert.Equal(after.Content, await shelf.RestoreAsync(second));
    }

    [Fact]
    public async Task A_read_that_comes_after_its_disk_has_failed_does_not_spoil_the_next_disk()
    {
        var shelf = await Shelf.NewAsync();
        var sound = MemoryDevice.Mixed(5, 300);
        await using var writer = await PointWriter.BeginAsync(shelf.Store, shelf.Repository.Keys, shelf.Clock, "web", Shelf.BlockBytes, Cancel);

        await Assert.ThrowsAsync<DeviceException>(() => writer.AddDiskAsync("failed", new LateDevice(MemoryDevice.Mixed(6, 300)), DiskOptions.Full, Cancel));
        await writer.AddDiskAsync("root", new MemoryDevice(sound.Content) { ReadsAhead = 8 }, DiskOptions.Full, Cancel);
        var point = await writer.CommitAsync(default, Cancel);

        Assert.Equal(["root"], point.Disks.Select(d => d.Name));
        Assert.Equal(sound.Content, await shelf.RestoreAsync(point));
    }

    [Fact]
    public async Task A_second_volume_that_is_mostly_the_same_costs_what_differs()
    {
        var shelf = await Shelf.NewAsync();
        var one = MemoryDevice.Mixed(9, 400);
        await shelf.BackUpAsync(one, series: "one");
        var other = one.Changed(10, 3);

        var (_, outcome) = await shelf.BackUpAsync(other, series: "other");

        Assert.InRange(outcome.NewBlocks, 3, 6);
    }

    [Fact]
    public async Task The_difference_of_two_disks_is_found_without_reading_a_block()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(11, 900);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(1, 0);
        after.Content[5 * Shelf.BlockBytes] ^= 1;
        after.Content[6 * Shelf.BlockBytes] ^= 1;
        after.Content[^1] ^= 1;
        var (second, _) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first });
        shelf.Store.ReadBytes = 0;

        var extents = new List<Extent>();
        await foreach (var extent in shelf.Repository.DiffAsync(first.Disk("root"), second.Disk("root"), Cancel)) extents.Add(extent);

        Assert.Equal([new Extent(5 * Shelf.BlockBytes, 2 * Shelf.BlockBytes), new Extent(899 * Shelf.BlockBytes, Shelf.BlockBytes - 12_345)], extents);
        Assert.True(shelf.Store.ReadBytes < 400_000, $"{shelf.Store.ReadBytes} bytes were read");
    }

    [Fact]
    public async Task A_standby_is_brought_forward_by_what_differs_only()
    {
        var shelf = await Shelf.NewAsync();
        var before = MemoryDevice.Mixed(12, 300);
        var (first, _) = await shelf.BackUpAsync(before);
        var after = before.Changed(13, 4);
        after.Content.AsSpan(8 * Shelf.BlockBytes, Shelf.BlockBytes).Clear();
        var (second, _) = await shelf.BackUpAsync(after, new DiskOptions { Parent = first });
        var standby = before.Changed(0, 0);

        await shelf.Repository.RestoreAsync(second.Disk("root"), standby, new RestoreOptions { Standing = first.Disk("root") }, Cancel);

        Assert.Equal(after.Content, standby.Content);
        Assert.InRange(standby.WrittenBytes, 1, 9 * Shelf.BlockBytes);
    }

    [Fact]
    public async Task What_stands_on_the_target_is_read_back_and_a_wrong_block_is_named_and_repaired()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(14, 300);
        var (point, _) = await shelf.BackUpAsync(disk);
        var target = disk.Changed(0, 0);
        target.Content[2 * Shelf.BlockBytes + 9] = 1;
        target.Content[77 * Shelf.BlockBytes] ^= 0x80;

        var found = await shelf.Repository.VerifyAsync(point.Disk("root"), target, 1, 0, Cancel);
        await shelf.Repository.RestoreAsync(point.Disk("root"), target, new RestoreOptions { OnlyBlocks = found.WrongBlocks }, Cancel);

        Assert.Equal([2L, 77L], found.WrongBlocks);
        Assert.True((await shelf.Repository.VerifyAsync(point.Disk("root"), target, 1, 0, Cancel)).IsProven);
        Assert.Equal(disk.Content, target.Content);
    }

    [Fact]
    public async Task A_sampled_verification_says_how_much_it_looked_at()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(15, 1000);
        var (point, _) = await shelf.BackUpAsync(disk);

        var found = await shelf.Repository.VerifyAsync(point.Disk("root"), disk, 0.1, 3, Cancel);

        Assert.InRange(found.Fraction, 0.05, 0.15);
        Assert.False(found.IsProven);
        Assert.Empty(found.WrongBlocks);
    }

    [Fact]
    public async Task Two_writers_of_one_series_both_get_a_place_in_the_chain()
    {
        var shelf = await Shelf.NewAsync();

        var points = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => shelf.BackUpAsync(MemoryDevice.Mixed(i, 20)))));

        Assert.Equal([1L, 2, 3, 4, 5, 6], points.Select(p => p.Point.Sequence).Order());
        Assert.Empty(await shelf.Repository.VerifyChainAsync("web", points[0].Point.Head, Cancel));
        foreach (var (point, i) in points.Select((p, i) => (p.Point, i))) Assert.Equal(MemoryDevice.Mixed(i, 20).Content, await shelf.RestoreAsync(point));
    }

    [Fact]
    public async Task Points_that_were_exchanged_removed_or_taken_back_in_time_are_noticed()
    {
        var shelf = await Shelf.NewAsync();
        Point last = null!;
        for (var i = 0; i < 4; i++) (last, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(i, 4));
        async Task<List<string>> After(Action<MemoryStore> tampering)
        {
            var copy = shelf.Store.Copy();
            tampering(copy);
            return await (await Shelf.OfAsync(copy)).Repository.VerifyChainAsync("web", last.Head, Cancel);
        }

        Assert.Empty(await After(_ => { }));
        Assert.NotEmpty(await After(s => s.Objects["points/web/00000003"] = s.Objects["points/web/00000002"]));
        Assert.NotEmpty(await After(s => s.Objects.TryRemove("points/web/00000002", out _)));
        Assert.NotEmpty(await After(s => s.Objects.TryRemove("points/web/00000004", out _)));
        Assert.NotEmpty(await After(s => s.Objects["points/web/00000005"] = s.Objects["points/web/00000004"]));
    }

    [Fact]
    public async Task A_point_of_another_history_does_not_fit_into_the_chain()
    {
        var shelf = await Shelf.NewAsync();
        await shelf.BackUpAsync(MemoryDevice.Mixed(1, 4));
        var fork = await Shelf.OfAsync(shelf.Store.Copy());
        await shelf.BackUpAsync(MemoryDevice.Mixed(2, 4));
        await shelf.BackUpAsync(MemoryDevice.Mixed(3, 4));
        await fork.BackUpAsync(MemoryDevice.Mixed(4, 4));

        shelf.Store.Objects["points/web/00000002"] = fork.Store.Objects["points/web/00000002"];

        Assert.Contains("does not follow", Assert.Single(await shelf.Repository.VerifyChainAsync("web", null, Cancel)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgotten_point_leaves_a_chain_that_is_sound()
    {
        var shelf = await Shelf.NewAsync();
        var points = new List<Point>();
        for (var i = 0; i < 3; i++) points.Add((await shelf.BackUpAsync(MemoryDevice.Mixed(i, 4))).Point);

        await shelf.Repository.ForgetAsync(points[1], Cancel);
        await shelf.Repository.ForgetAsync(points[2], Cancel);
        var (next, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(9, 4));

        Assert.Equal(4, next.Sequence);
        Assert.Empty(await shelf.Repository.VerifyChainAsync("web", points[2].Head, Cancel));
        Assert.Null(await shelf.Repository.FindPointAsync("web", 2, Cancel));
    }

    [Fact]
    public async Task A_rotated_credential_opens_the_old_data_and_the_old_one_opens_nothing()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(16, 40);
        var (first, _) = await shelf.BackUpAsync(disk);
        var packs = shelf.Store.Objects.Keys.Count(n => n.StartsWith("packs/", StringComparison.Ordinal));
        var fresh = Credential.Passphrase("correct horse battery", 210_000);

        await shelf.Repository.RotateAsync(fresh, Cancel);
        var (second, outcome) = await shelf.BackUpAsync(disk.Changed(1, 1));

        await Assert.ThrowsAsync<RepositoryException>(() => Repository.OpenAsync(shelf.Store, Shelf.Key, shelf.Clock, Cancel));
        var reopened = await Repository.OpenAsync(shelf.Store, fresh, shelf.Clock, Cancel);
        Assert.True((await reopened.CheckAsync(CheckDepth.Everything, [first.Head, second.Head], Cancel)).IsSound);
        Assert.InRange(outcome.NewBlocks, 1, 2);
        Assert.True(packs > 0);
    }

    [Fact]
    public async Task A_wrong_credential_and_an_unknown_version_are_refused()
    {
        var shelf = await Shelf.NewAsync();

        var wrong = await Assert.ThrowsAsync<RepositoryException>(() => Repository.OpenAsync(shelf.Store, Credential.KeyFile(new byte[32]), shelf.Clock, Cancel));
        shelf.Store.Objects["format"] = System.Text.Encoding.ASCII.GetBytes(System.Text.Encoding.ASCII.GetString(shelf.Store.Objects["format"]).Replace("version: 1", "version: 2", StringComparison.Ordinal));
        var newer = await Assert.ThrowsAsync<RepositoryException>(() => Repository.OpenAsync(shelf.Store, Shelf.Key, shelf.Clock, Cancel));

        Assert.Equal(RepositoryFault.Refused, wrong.Fault);
        Assert.Equal(RepositoryFault.Refused, newer.Fault);
    }

    [Fact]
    public async Task Lost_indexes_are_made_anew_from_the_packs()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(17, 100);
        var (point, _) = await shelf.BackUpAsync(disk);
        foreach (var name in shelf.Store.Objects.Keys.Where(n => n.StartsWith("indexes/", StringComparison.Ordinal))) shelf.Store.Objects.TryRemove(name, out _);
        var broken = await shelf.Repository.CheckAsync(CheckDepth.Structure, [], Cancel);

        await shelf.Repository.RebuildIndexAsync(Cancel);

        Assert.Contains(broken.Problems, p => p.Contains("rebuild-index", StringComparison.Ordinal));
        Assert.Equal(disk.Content, await shelf.RestoreAsync(point));
    }

    [Fact]
    public async Task Nothing_of_the_content_or_the_names_stands_in_clear()
    {
        var shelf = await Shelf.NewAsync();
        var content = new byte[Shelf.BlockBytes];
        new Random(1).NextBytes(content);
        "a secret of the tenant"u8.CopyTo(content.AsSpan(1000));

        await shelf.BackUpAsync(new MemoryDevice(content));

        foreach (var bytes in shelf.Store.Objects.Values)
        {
            Assert.True(bytes.AsSpan().IndexOf("a secret of the tenant"u8) < 0);
            Assert.True(bytes.AsSpan().IndexOf("root"u8) < 0);
            Assert.True(bytes.AsSpan().IndexOf("payload"u8) < 0);
        }
    }
}
