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
