using System.Security.Cryptography;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Repositories;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Nbd;

/// <summary>Our client against Debian's servers.</summary>
public sealed class NbdDeviceTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_to_qemu_nbd_is_read_back_and_zeros_become_holes()
    {
        await using var server = await NbdServer.QemuNbdAsync(s => NbdServer.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", s.File("disk"), "64M"), "-f", "qcow2", "-e", "8", "--discard=unmap", "FOLDER/disk");
        await using var device = await ConnectAsync(server);
        var content = RandomNumberGenerator.GetBytes(3 << 20);

        await device.WriteAsync(5 << 20, content, Cancel);
        await device.ZeroAsync(6 << 20, 1 << 20, Cancel);
        await device.FlushAsync(Cancel);

        var back = new byte[content.Length];
        await device.ReadAsync(5 << 20, back, Cancel);
        content.AsSpan(1 << 20, 1 << 20).Clear();
        Assert.Equal(content, back);
        var found = new List<Extent>();
        await device.FindContentAsync(new Extent(0, device.SizeBytes), found, Cancel);
        Assert.Equal(2 << 20, found.Sum(e => e.LengthBytes));
        Assert.Equal(5 << 20, found[0].OffsetBytes);
    }

    [Fact]
    public async Task A_disk_goes_from_qemu_nbd_into_the_repository_and_back_into_another()
    {
        var disk = MemoryDevice.Mixed(1, 300);
        var padded = new byte[(disk.Content.Length + 511) / 512 * 512];
        disk.Content.CopyTo(padded, 0);
        await using var source = await NbdServer.QemuNbdAsync(s => File.WriteAllBytesAsync(s.File("disk"), padded, Cancel), "-f", "raw", "-r", "-e", "8", "FOLDER/disk");
        await using var target = await NbdServer.QemuNbdAsync(s => NbdServer.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", s.File("disk"), $"{padded.Length}"), "-f", "qcow2", "-e", "8", "FOLDER/disk");
        var shelf = await Shelf.NewAsync();
        await using var from = await ConnectAsync(source);
        await using var to = await ConnectAsync(target);

        await using var writer = await shelf.Repository.BeginPointAsync("web", Cancel);
        await writer.AddDiskAsync("root", from, DiskOptions.Full, Cancel);
        var point = await writer.CommitAsync(default, Cancel);
        await shelf.Repository.RestoreAsync(point.Disk("root"), to, RestoreOptions.Whole, Cancel);

        Assert.True(from.IsReadOnly);
        Assert.True((await shelf.Repository.VerifyAsync(point.Disk("root"), to, 1, 0, Cancel)).IsProven);
        var back = new byte[padded.Length];
        await to.ReadAsync(0, back, Cancel);
        Assert.Equal(padded, back);
    }

    [Fact]
    public async Task The_dirty_bitmap_of_qemu_says_what_has_changed()
    {
        await using var server = await NbdServer.QemuNbdAsync(
            async s =>
            {
                await NbdServer.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", s.File("disk"), "64M");
                await NbdServer.RunAsync("qemu-img", "bitmap", "--add", s.File("disk"), "point-7");
                await NbdServer.RunAsync("qemu-io", "-f", "qcow2", "-c", "write 10M 64k", "-c", "write 33M 1M", s.File("disk"));
            }, "-f", "qcow2", "-r", "-B", "point-7", "FOLDER/disk");
        await using var device = await NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, ChangeContext = "qemu:dirty-bitmap:point-7" }, TimeProvider.System, Cancel);

        var map = await device.ReadChangesAsync(Cancel);

        Assert.True(device.HasChanges);
        Assert.True(map.Touches(10 << 20, 65536));
        Assert.True(map.Touches(33 << 20, 1));
        Assert.False(map.Touches(0, 10 << 20));
        Assert.False(map.Touches(34 << 20, 30 << 20));
    }

    [Theory]
    [InlineData("--filter=delay", "rdelay=20ms")]
    [InlineData("--filter=noextents")]
    [InlineData("--filter=noparallel")]
    [InlineData("--filter=multi-conn", "multi-conn-mode=disable")]
    [InlineData("--filter=blocksize-policy", "blocksize-minimum=512", "blocksize-preferred=4096", "blocksize-maximum=65536", "blocksize-error-policy=error")]
    public async Task A_disk_behind_a_filter_of_nbdkit_comes_through(string filter, params string[] settings)
    {
        await using var server = await NbdServer.NbdkitAsync([filter, "pattern", "3000320", .. settings]);
        await using var device = await ConnectAsync(server);
        var shelf = await Shelf.NewAsync();

        await using var writer = await shelf.Repository.BeginPointAsync("web", Cancel);
        var outcome = await writer.AddDiskAsync("root", device, DiskOptions.Full, Cancel);

        Assert.Equal(12, outcome.ReadBlocks);
        Assert.True((await shelf.Repository.FindLatestAsync("web", Cancel)) is null);
        var point = await writer.CommitAsync(default, Cancel);
        var restored = await shelf.RestoreAsync(point);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8], restored[..16]);
        Assert.Equal(3_000_320, restored.Length);
    }

    [Fact]
    public async Task A_disk_that_is_truncated_by_a_filter_has_the_size_it_shows()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=truncate", "pattern", "1000000", "truncate=4194304");
        await using var device = await ConnectAsync(server);
        var found = new List<Extent>();

        await device.FindContentAsync(new Extent(0, device.SizeBytes), found, Cancel);

        Assert.Equal(4194304, device.SizeBytes);
        Assert.InRange(found.Sum(e => e.LengthBytes), 1, 1 << 20);
    }

    [Fact]
    public async Task A_server_that_fails_a_read_fails_the_backup_and_says_so()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=error", "pattern", "3000000", "error-pread=EIO", "error-pread-rate=100%");
        await using var device = await ConnectAsync(server);

        var failed = await Assert.ThrowsAsync<DeviceException>(async () => await device.ReadAsync(0, new byte[4096], Cancel));

        Assert.Equal(DeviceFault.Failed, failed.Fault);
        Assert.Contains("input/output error", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_too_slow_is_given_up()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=delay", "pattern", "3000000", "rdelay=600");
        await using var device = await NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, AnswerWithin = TimeSpan.FromMilliseconds(200) }, TimeProvider.System, Cancel);

        var late = await Assert.ThrowsAsync<DeviceException>(async () => await device.ReadAsync(0, new byte[4096], Cancel));

        Assert.Equal(DeviceFault.TimedOut, late.Fault);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_lets_go_of_its_buffer()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=delay", "pattern", "3000000", "rdelay=600");
        await using var device = await ConnectAsync(server);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await device.ReadAsync(0, new byte[4096], soon.Token));
    }

    [Fact]
    public async Task An_export_that_is_not_there_is_refused_with_its_name()
    {
        await using var server = await NbdServer.QemuNbdAsync(s => File.WriteAllBytesAsync(s.File("disk"), new byte[1 << 20], Cancel), "-f", "raw", "-x", "one", "FOLDER/disk");

        var refused = await Assert.ThrowsAsync<DeviceException>(() => NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, Export = "other" }, TimeProvider.System, Cancel));

        Assert.Equal(DeviceFault.Refused, refused.Fault);
        Assert.Contains("other", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var nobody = await Assert.ThrowsAsync<DeviceException>(() => NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = "/nonexistent/socket" }, TimeProvider.System, Cancel));

        Assert.True(nobody.IsTransient);
    }

    static Task<NbdDevice> ConnectAsync(NbdServer server) =>
        NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, Connections = 4 }, TimeProvider.System, Cancel);
}
