using Kedge.Blocks.Devices;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Repositories;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Devices;

public sealed class FileDeviceTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FileUse.Read)]
    [InlineData(FileUse.ReadDirect)]
    public async Task What_was_written_is_read_back_also_past_the_page_cache(FileUse use)
    {
        var content = new byte[1_000_003];
        new Random(1).NextBytes(content);
        await using (var target = FileDevice.Create(folder.File("disk"), content.Length))
        {
            await target.WriteAsync(0, content, Cancel);
            await target.FlushAsync(Cancel);
        }

        await using var device = FileDevice.Open(folder.File("disk"), use);
        var whole = new byte[content.Length];
        await device.ReadAsync(0, whole, Cancel);
        var aligned = AlignedBuffer.New(65536);
        await device.ReadAsync(131072, aligned, Cancel);

        Assert.Equal(content, whole);
        Assert.Equal(content[131072..(131072 + 65536)], aligned.ToArray());
    }

    [Fact]
    public async Task Holes_cost_no_reading_and_come_back_as_holes()
    {
        var shelf = await Shelf.NewAsync();
        await using (var made = FileDevice.Create(folder.File("disk"), 1L << 34))
        {
            await made.WriteAsync(3L << 32, "here"u8.ToArray(), Cancel);
            await made.FlushAsync(Cancel);
        }
        await using var source = FileDevice.Open(folder.File("disk"), FileUse.Read);
        await using var writer = await shelf.Repository.BeginPointAsync("web", Cancel);

        var outcome = await writer.AddDiskAsync("root", source, DiskOptions.Full, Cancel);
        var point = await writer.CommitAsync(default, Cancel);
        await using var target = FileDevice.Create(folder.File("copy"), 1L << 34);
        await shelf.Repository.RestoreAsync(point.Disk("root"), target, new RestoreOptions { Target = TargetState.Blank }, Cancel);

        Assert.Equal(1, outcome.ReadBlocks);
        var found = new List<Extent>();
        await target.FindContentAsync(new Extent(0, target.SizeBytes), found, Cancel);
        Assert.InRange(found.Sum(e => e.LengthBytes), 4, 1 << 18);
        Assert.True((await shelf.Repository.VerifyAsync(point.Disk("root"), target, 1, 0, Cancel)).IsProven);
    }

    [Fact]
    public async Task Zeroing_gives_the_space_back()
    {
        await using var device = FileDevice.Create(folder.File("disk"), 4 << 20);
        await device.WriteAsync(0, Enumerable.Repeat((byte)1, 4 << 20).ToArray(), Cancel);

        await device.ZeroAsync(1 << 20, 2 << 20, Cancel);

        var found = new List<Extent>();
        await device.FindContentAsync(new Extent(0, device.SizeBytes), found, Cancel);
        Assert.Equal([new Extent(0, 1 << 20), new Extent(3 << 20, 1 << 20)], found);
    }

    [Fact]
    public async Task What_is_outside_of_the_device_is_refused()
    {
        await using var device = FileDevice.Create(folder.File("disk"), 1000);

        var refused = await Assert.ThrowsAsync<DeviceException>(async () => await device.WriteAsync(999, new byte[2], Cancel));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
        await Assert.ThrowsAsync<DeviceException>(async () => await device.ReadAsync(-1, new byte[2], Cancel));
        await Assert.ThrowsAsync<DeviceException>(async () => await device.ZeroAsync(0, 1001, Cancel));
    }

    [Fact]
    public void A_change_map_knows_what_it_was_told_at_the_edges_too()
    {
        var map = new ChangeMap((10 << 16) + 5);
        map.Add(new Extent(65535, 2));
        map.Add(new Extent(10 << 16, 1_000_000));
        map.Add(new Extent(5 << 16, 0));

        Assert.True(map.Touches(0, 1));
        Assert.True(map.Touches(131071, 1));
        Assert.False(map.Touches(131072, 8 << 16));
        Assert.True(map.Touches(131072, (8 << 16) + 1));
        Assert.False(map.Touches(5 << 16, 65536));
    }

    public void Dispose() => folder.Dispose();
}
