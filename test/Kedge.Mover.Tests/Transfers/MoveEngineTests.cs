using Kedge.Blocks;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;
using Kedge.Contracts.Moving;

namespace Kedge.Mover.Tests.Transfers;

public sealed class MoveEngineTests
{
    const int MiB = 1 << 20;

    [Fact]
    public async Task A_disk_that_was_read_stands_in_the_repository_with_its_root_and_is_written_back_and_verified()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 5 * MiB + 123, 20 * MiB);
        var target = await yard.DiskAsync("target", 2, 0, 20 * MiB);

        var read = await yard.DoneAsync(Yard.Read("run-1/read", source));
        var write = await yard.DoneAsync(Yard.Order("run-1/write", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Blank())));

        Assert.Equal(await File.ReadAllBytesAsync(source, Yard.Cancel), await File.ReadAllBytesAsync(target, Yard.Cancel));
        Assert.True(write.IsVerified);
        Assert.Equal(1, read.Disk.Sequence);
        Assert.Equal(20L * MiB, read.SizeBytes);
        Assert.InRange(read.ReadBytes, 5 * MiB, 6 * MiB);
        Assert.Equal(read.Disk, write.Disk);
    }

    [Fact]
    public async Task An_order_that_is_asked_again_after_the_board_was_lost_answers_with_the_point_that_is_there()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 2 * MiB, 4 * MiB);
        var first = await yard.DoneAsync(Yard.Read("run-1/read", source));

        yard.Board.CallOff("run-1/read");
        var again = await yard.DoneAsync(Yard.Read("run-1/read", source));

        Assert.Equal(first.Disk, again.Disk);
        Assert.Equal(0, again.ReadBytes);
        Assert.Equal(1, (await yard.Repository.FindLatestAsync("disk-1", Yard.Cancel))!.Sequence);
    }

    [Fact]
    public async Task A_second_point_stores_what_changed_and_a_standby_is_brought_forward_by_that_alone()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 8 * MiB, 16 * MiB);
        var standby = await yard.DiskAsync("standby", 2, 0, 16 * MiB);
        var first = await yard.DoneAsync(Yard.Read("1", source));
        await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(standby), new MoveWork.Write(first.Disk, new TargetContent.Blank())));
        await using (var file = File.OpenWrite(source))
        {
            file.Position = 3 * MiB;
            file.Write("changed"u8);
        }

        var second = await yard.DoneAsync(Yard.Read("3", source, parent: 1));
        var forward = await yard.DoneAsync(Yard.Order("4", new MoveDevice.LocalFile(standby), new MoveWork.Write(second.Disk, new TargetContent.Holds(first.Disk))));

        Assert.Equal(256 * 1024, second.ChangedBytes);
        Assert.Equal(256 * 1024, forward.WrittenBytes);
        Assert.True(forward.IsVerified);
        Assert.Equal(await File.ReadAllBytesAsync(source, Yard.Cancel), await File.ReadAllBytesAsync(standby, Yard.Cancel));
    }

    [Fact]
    public async Task A_device_that_differs_is_a_result_with_its_ranges_and_a_repair_writes_those_alone()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 4 * MiB, 4 * MiB);
        var read = await yard.DoneAsync(Yard.Read("1", source));
        await using (var file = File.OpenWrite(source))
        {
            file.Position = MiB;
            file.Write("spoiled"u8);
        }

        var verify = await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(source), new MoveWork.Verify(read.Disk)));
        var repair = await yard.DoneAsync(Yard.Order("3", new MoveDevice.LocalFile(source), new MoveWork.Repair(read.Disk)));

        Assert.Equal([new ByteRange(MiB, 256 * 1024)], verify.Mismatches);
        Assert.False(verify.IsVerified);
        Assert.Equal(256 * 1024, repair.RepairedBytes);
        Assert.True(repair.IsVerified);
    }

    [Fact]
    public async Task A_sampled_read_back_says_its_share_and_is_not_called_verified()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 64 * MiB, 64 * MiB);
        var read = await yard.DoneAsync(Yard.Read("1", source));

        var verify = await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(source), new MoveWork.Verify(read.Disk, 0.25)));

        Assert.InRange(verify.VerifiedFraction!.Value, 0.05, 0.5);
        Assert.False(verify.IsVerified);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public async Task What_does_not_read_back_as_it_was_written_is_a_result_that_names_the_blocks_and_a_repair_counts_them(int spoiledMib)
    {
        await using var yard = await Yard.NewAsync();
        var source = await yard.DiskAsync("source", 1, 4 * MiB, 8 * MiB);
        var target = await yard.DiskAsync("target", 2, 0, 8 * MiB);
        var isSpoiled = false;
        using var store = yard.See(_ =>
        {
            // As soon as the last block stands there: what is read back then is something else.
            isSpoiled = isSpoiled || SpoilWritten(target, 4 * MiB - 1, spoiledMib * MiB);
            return Task.CompletedTask;
        });
        yard.Host(settings => settings with { OpenStore = (_, _) => store });
        var read = await yard.DoneAsync(Yard.Read("1", source));

        var write = await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Blank())));
        var repair = await yard.DoneAsync(Yard.Order("3", new MoveDevice.LocalFile(target), new MoveWork.Repair(read.Disk)));

        Assert.Equal([new ByteRange(spoiledMib * MiB, 256 * 1024)], write.Mismatches);
        Assert.False(write.IsVerified);
        Assert.Equal(256 * 1024, repair.RepairedBytes);
        Assert.True(repair.IsVerified);
    }

    [Fact]
    public async Task A_point_that_a_mover_which_was_cut_off_put_meanwhile_is_not_put_again()
    {
        await using var yard = await Yard.NewAsync();
        var source = await yard.DiskAsync("source", 1, 2 * MiB, 2 * MiB);
        var isPut = false;
        using var store = yard.See(async call =>
        {
            // This mover has looked, and begins to read.
            if (isPut || !call.StartsWith("put sessions", StringComparison.Ordinal)) return;
            isPut = true;
            await using var device = Kedge.Blocks.Devices.FileDevice.Open(source, Kedge.Blocks.Devices.FileUse.Read);
            await using var writer = await yard.Repository.BeginPointAsync("disk-1", Yard.Cancel);
            await writer.AddDiskAsync("root", device, new Kedge.Blocks.Writing.DiskOptions(), Yard.Cancel);
            await writer.CommitAsync("kedge move run-1/read"u8.ToArray(), Yard.Cancel);
        });
        yard.Host(settings => settings with { OpenStore = (_, _) => store });

        var read = await yard.DoneAsync(Yard.Read("run-1/read", source));

        Assert.True(isPut);
        Assert.Equal(1, read.Disk.Sequence);
        Assert.Equal(1, (await yard.Repository.FindLatestAsync("disk-1", Yard.Cancel))!.Sequence);
    }

    [Fact]
    public async Task A_store_is_opened_once_for_all_orders_and_let_go_with_the_mover()
    {
        var opened = 0;
        SeenStore store;
        await using (var yard = await Yard.NewAsync())
        {
            store = yard.See(_ => Task.CompletedTask);
            yard.Host(settings => settings with { OpenStore = (_, _) => { opened++; return store; } });
            var source = await yard.DiskAsync("source", 1, MiB, MiB);
            var read = await yard.DoneAsync(Yard.Read("1", source));
            await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(source), new MoveWork.Verify(read.Disk)));
        }

        Assert.Equal((1, 1), (opened, store.Disposed));
    }

    [Fact]
    public async Task A_point_is_forgotten_once_and_none_that_has_another_root()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, MiB, MiB);
        var first = await yard.DoneAsync(Yard.Read("1", source));
        await yard.DoneAsync(Yard.Read("2", source, parent: 1));

        var refused = await yard.FailedAsync(Yard.Order("3", new MoveDevice.None(), new MoveWork.Forget(first.Disk with { Root = new string('a', 64) })));
        await yard.DoneAsync(Yard.Order("4", new MoveDevice.None(), new MoveWork.Forget(first.Disk)));
        await yard.DoneAsync(Yard.Order("5", new MoveDevice.None(), new MoveWork.Forget(first.Disk)));

        Assert.Contains("not the one", refused.Message, StringComparison.Ordinal);
        Assert.Null(await yard.Repository.FindPointAsync("disk-1", 1, Yard.Cancel));
        Assert.NotNull(await yard.Repository.FindPointAsync("disk-1", 2, Yard.Cancel));
        Assert.Empty(await yard.Repository.VerifyChainAsync("disk-1", null, Yard.Cancel));
    }

    [Fact]
    public async Task A_standby_that_grew_with_its_volume_is_brought_forward()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 2 * MiB, 4 * MiB);
        var standby = await yard.DiskAsync("standby", 2, 0, 4 * MiB);
        var first = await yard.DoneAsync(Yard.Read("1", source));
        await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(standby), new MoveWork.Write(first.Disk, new TargetContent.Blank())));
        await using (var file = File.OpenWrite(source)) file.SetLength(8 * MiB);
        await using (var file = File.OpenWrite(standby)) file.SetLength(8 * MiB);

        var second = await yard.DoneAsync(Yard.Read("3", source, parent: 1));
        var forward = await yard.DoneAsync(Yard.Order("4", new MoveDevice.LocalFile(standby), new MoveWork.Write(second.Disk, new TargetContent.Holds(first.Disk))));

        Assert.True(forward.IsVerified);
        Assert.Equal(0, forward.WrittenBytes);
    }

    [Fact]
    public async Task Which_blocks_two_ends_differ_in_is_told_from_manifests_alone()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, 4 * MiB, 8 * MiB);
        var here = await yard.DoneAsync(Yard.Read("1", source, series: "here"));
        await using (var file = File.OpenWrite(source))
        {
            file.Position = 3 * MiB;
            file.Write("moved on"u8);
        }
        var there = await yard.DoneAsync(Yard.Read("2", source, series: "there"));
        // None of the disks can be read any more, at either end.
        File.Delete(source);
        var store = new NoBlocks(DirectoryStore.Open(yard.RepositoryPath));
        var end = await Repository.OpenAsync(store, Credential.KeyFile(await File.ReadAllBytesAsync(yard.In("key"), Yard.Cancel)), TimeProvider.System, Yard.Cancel);

        var one = (await end.FindPointAsync("here", here.Disk.Sequence, Yard.Cancel))!.Disk("root");
        var other = (await end.FindPointAsync("there", there.Disk.Sequence, Yard.Cancel))!.Disk("root");
        var differing = await end.DiffAsync(one, other, Yard.Cancel).ToListAsync(Yard.Cancel);

        Assert.Equal([(3L * MiB, 256L * 1024)], differing.Select(extent => (extent.OffsetBytes, extent.LengthBytes)));
        Assert.InRange(store.ReadBytes, 1, 512 * 1024);
    }

    /// <summary>Spoils a file where it holds something already; false: it does not yet.</summary>
    static bool SpoilWritten(string path, long last, long at)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = last;
        if (file.ReadByte() == 0) return false;
        file.Position = at;
        file.Write("spoiled!"u8);
        return true;
    }

    /// <summary>Counts what is read: less than one block of the disks has.</summary>
    sealed class NoBlocks(IStore inner) : IStore
    {
        long read;

        public long ReadBytes => Interlocked.Read(ref read);

        public ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) => throw new NotSupportedException();

        public async ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel)
        {
            var got = await inner.ReadAsync(name, offset, into, cancel);
            Interlocked.Add(ref read, Math.Max(0, got));
            return got;
        }

        public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => inner.FindAsync(name, cancel);

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancel) => inner.ListAsync(prefix, cancel);

        public ValueTask DeleteAsync(string name, CancellationToken cancel) => throw new NotSupportedException();
    }

    public static TheoryData<string, MoveOrder, string> Refused()
    {
        var disk = new DiskInPoint("disk-1", 7, "root", new string('0', 64));
        return new TheoryData<string, MoveOrder, string>
        {
            { "a path outside", Yard.Read("1", "/etc/passwd"), "below none of the directories" },
            { "a path that leads out", Yard.Read("2", Path.GetTempPath() + "kedge-mover-x/../../etc/passwd"), "below none of the directories" },
            { "a snapshot to write", Yard.Order("3", new MoveDevice.Rbd("ceph", "volumes", "v", "s"), new MoveWork.Write(disk, new TargetContent.Unknown())), "no point disk-1/7" },
            { "a point that is not there", Yard.Order("4", new MoveDevice.LocalFile("/x"), new MoveWork.Verify(disk)), "no point disk-1/7" },
            { "an address of no protocol", Yard.Order("5", new MoveDevice.Nbd("http://localhost/"), new MoveWork.Read("s", "root", null, new ChangeSource.Compared())), "not an address of NBD" },
            { "a host that is not allowed", Yard.Order("6", new MoveDevice.Nbd("nbd://elsewhere/x"), new MoveWork.Read("s", "root", null, new ChangeSource.Compared())), "may not open NBD exports of elsewhere" },
            { "a socket that is not allowed", Yard.Order("7", new MoveDevice.Nbd("nbd+unix:///x?socket=/run/other.sock"), new MoveWork.Read("s", "root", null, new ChangeSource.Compared())), "may not open NBD exports of /run/other.sock" },
            { "a series of a strange name", Yard.Order("8", new MoveDevice.Nbd("nbd://localhost/"), new MoveWork.Read("A B", "root", null, new ChangeSource.Compared())), "series" },
        };
    }

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_is_refused_in_words_and_not_tried_again(string what, MoveOrder order, string says)
    {
        await using var yard = await Yard.NewAsync();
        yard.Host(settings => settings with { Nbd = ["localhost"], Clusters = settings.Clusters.Add("ceph", new("/etc/ceph/ceph.conf", "kedge")) });

        var failure = await yard.FailedAsync(order);

        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsTransient, what);
        Assert.NotEmpty(failure.WhatToDo);
    }

    [Fact]
    public async Task Another_root_than_the_ordered_one_is_refused_before_anything_is_written()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, MiB, MiB);
        var target = await yard.DiskAsync("target", 2, MiB, MiB);
        var before = await File.ReadAllBytesAsync(target, Yard.Cancel);
        var read = await yard.DoneAsync(Yard.Read("1", source));

        var failure = await yard.FailedAsync(Yard.Order("2", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk with { Root = new string('a', 64) }, new TargetContent.Unknown())));

        Assert.Equal(MoveFailureCode.Refused, failure.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(target, Yard.Cancel));
    }

    [Fact]
    public async Task A_target_that_is_too_small_is_refused_before_anything_is_written()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host();
        var source = await yard.DiskAsync("source", 1, MiB, 2 * MiB);
        var target = await yard.DiskAsync("target", 2, 0, MiB);
        var read = await yard.DoneAsync(Yard.Read("1", source));

        var failure = await yard.FailedAsync(Yard.Order("2", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Unknown())));

        Assert.Contains("the device has", failure.Message, StringComparison.Ordinal);
        Assert.All(await File.ReadAllBytesAsync(target, Yard.Cancel), value => Assert.Equal(0, value));
    }
}
