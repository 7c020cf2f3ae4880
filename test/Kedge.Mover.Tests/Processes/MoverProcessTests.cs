using System.Globalization;
using Kedge.Contracts.Moving;

namespace Kedge.Mover.Tests.Processes;

/// <summary>Movers in processes of their own, killed and paused in the middle of their work.</summary>
public sealed class MoverProcessTests
{
    const int MiB = 1 << 20;

    [Fact]
    public async Task A_mover_killed_in_the_middle_of_a_read_is_replaced_and_what_arrived_is_not_sent_again()
    {
        await using var yard = await Yard.NewAsync();
        var source = await yard.DiskAsync("source", 1, 128 * MiB, 160 * MiB);
        var order = Yard.Read("read", source);
        var first = await yard.StartAsync("first", "48 MiB");
        yard.Board.Order(order);
        await yard.UntilAsync(order, _ => Directory.Exists(yard.In("repository/indexes")) && Directory.EnumerateFiles(yard.In("repository/indexes"), "*", SearchOption.AllDirectories).Any());

        await first.KillAsync();
        await yard.StartAsync("second");
        var result = await yard.DoneAsync(order);

        Assert.InRange(result.StoredBytes, 1, 66 * MiB);
        Assert.Equal("second", Assert.IsType<MoveStatus.Done>(yard.Board.Order(order)).Mover);
        var target = await yard.DiskAsync("target", 2, 0, 160 * MiB);
        Assert.True((await yard.DoneAsync(Yard.Order("write", new MoveDevice.LocalFile(target), new MoveWork.Write(result.Disk, new TargetContent.Blank())))).IsVerified);
        Assert.Equal(await HashAsync(source), await HashAsync(target));
    }

    [Fact]
    public async Task A_mover_killed_in_the_middle_of_a_write_is_replaced_and_what_stands_there_is_not_fetched_again()
    {
        await using var yard = await Yard.NewAsync();
        var source = await yard.DiskAsync("source", 3, 96 * MiB, 96 * MiB);
        yard.Host();
        var read = await yard.DoneAsync(Yard.Read("read", source));
        var target = await yard.DiskAsync("target", 2, 0, 96 * MiB);
        var order = Yard.Order("write", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Blank()));
        var first = await yard.StartSlowAsync("first", order, "4 MiB");
        await yard.UntilAsync(first.Order, status => status is MoveStatus.Running { Progress.SentBytes: > 12 * MiB });

        await first.Mover.KillAsync();
        await yard.StartAsync("second", site: first.Order.Site);
        var result = await yard.DoneAsync(first.Order);

        Assert.True(result.IsVerified);
        Assert.InRange(result.WrittenBytes, 1, 88 * MiB);
        Assert.Equal(await HashAsync(source), await HashAsync(target));
    }

    [Fact]
    public async Task A_mover_that_was_paused_writes_nothing_over_what_came_after_it()
    {
        await using var yard = await Yard.NewAsync();
        var source = await yard.DiskAsync("source", 3, 48 * MiB, 48 * MiB);
        yard.Host();
        var read = await yard.DoneAsync(Yard.Read("read", source));
        var target = await yard.DiskAsync("target", 2, 0, 48 * MiB);
        var order = Yard.Order("write", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Blank()));
        var first = await yard.StartSlowAsync("first", order, "2 MiB");
        await yard.UntilAsync(first.Order, status => status is MoveStatus.Running { Progress.SentBytes: > 4 * MiB });

        first.Mover.Pause();
        await yard.StartAsync("second", site: first.Order.Site);
        await yard.DoneAsync(first.Order);
        await using (var server = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            server.Position = 40 * MiB;
            server.Write(new byte[8 * MiB]);
        }
        var booted = await HashAsync(target);
        first.Mover.Resume();
        await first.Mover.LineAsync("stopped");

        Assert.Equal(0, await first.Mover.EndAsync());
        Assert.Equal(booted, await HashAsync(target));
    }

    [Fact]
    public async Task A_mover_that_is_told_to_end_hands_its_order_to_another_at_once()
    {
        await using var yard = await Yard.NewAsync(TimeSpan.FromMinutes(10));
        var source = await yard.DiskAsync("source", 1, 48 * MiB, 48 * MiB);
        var order = Yard.Read("read", source);
        var first = await yard.StartAsync("first", "4 MiB");
        yard.Board.Order(order);
        await first.LineAsync("read: read ");

        Assert.Equal(0, await first.EndAsync());
        await yard.StartAsync("second");

        await yard.DoneAsync(order);
    }

    [Fact]
    public async Task A_network_that_stumbles_for_less_than_the_lease_costs_nothing()
    {
        await using var yard = await Yard.NewAsync(TimeSpan.FromSeconds(12));
        await using var wire = new ShakyWire(yard.Address.Port);
        var source = await yard.DiskAsync("source", 1, 64 * MiB, 64 * MiB);
        var order = Yard.Read("read", source);
        var first = await yard.StartAsync("first", "16 MiB", wire.Address);
        yard.Board.Order(order);
        await first.LineAsync("read: read ");

        wire.Cut();
        while (Volatile.Read(ref wire.Refused) == 0) await Task.Delay(20, Yard.Cancel);
        wire.Mend();
        var result = await yard.DoneAsync(order);

        // All of it in one try: nothing was found there already.
        Assert.InRange(result.StoredBytes, 64 * MiB, 65 * MiB);
    }

    [Fact]
    public async Task A_mover_that_is_cut_off_stops_and_another_takes_over()
    {
        await using var yard = await Yard.NewAsync(TimeSpan.FromSeconds(2));
        await using var wire = new ShakyWire(yard.Address.Port);
        var source = await yard.DiskAsync("source", 1, 64 * MiB, 64 * MiB);
        var order = Yard.Read("read", source);
        var first = await yard.StartAsync("first", "2 MiB", wire.Address);
        yard.Board.Order(order);
        // What the mover says, not what the board thinks: the answer with the order may be on its way still.
        await first.LineAsync("read: read ");

        wire.Cut();
        await yard.StartAsync("second");
        await yard.DoneAsync(order);

        await first.LineAsync("stopped");
        Assert.Equal("second", Assert.IsType<MoveStatus.Done>(yard.Board.Order(order)).Mover);
    }

    [Fact]
    public async Task Memory_stays_below_256_MiB_on_a_disk_of_one_TiB()
    {
        await using var yard = await Yard.NewAsync(TimeSpan.FromSeconds(30));
        var source = await yard.DiskAsync("source", 1, 96 * MiB, 1L << 40);
        var target = await yard.DiskAsync("target", 1, 0, 1L << 40);
        var mover = await yard.StartAsync("mover");

        var read = await yard.DoneAsync(Yard.Read("read", source));
        var write = await yard.DoneAsync(Yard.Order("write", new MoveDevice.LocalFile(target), new MoveWork.Write(read.Disk, new TargetContent.Blank())));
        await mover.EndAsync();

        Assert.True(write.IsVerified);
        var peakKib = (await mover.LineAsync("VmHWM:")).Split(' ', '\t').First(word => word.Length > 0 && char.IsAsciiDigit(word[0]));
        Assert.InRange(long.Parse(peakKib, CultureInfo.InvariantCulture), 1, 256 * 1024);
    }

    static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await System.Security.Cryptography.SHA256.HashDataAsync(file, Yard.Cancel));
    }
}
