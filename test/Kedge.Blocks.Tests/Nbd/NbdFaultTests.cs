using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;
using Kedge.Blocks.Reading;
using Kedge.Blocks.Tests.Repositories;
using Kedge.Blocks.Writing;

namespace Kedge.Blocks.Tests.Nbd;

/// <summary>Servers that fail: nbdkit with its error filter, and one that is killed.</summary>
public sealed class NbdFaultTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pattern", "error-pread=EIO")]
    [InlineData("memory", "error-extents=EIO")]
    public async Task A_source_that_fails_now_and_then_fails_the_backup_and_leaves_no_point(string plugin, string error)
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=error", plugin, "40000000", error, $"{error.Split('=')[0]}-rate=60%");
        await using var device = await ConnectAsync(server);
        var shelf = await Shelf.NewAsync();
        await using var writer = await shelf.Repository.BeginPointAsync("web", Cancel);

        var failed = await Assert.ThrowsAsync<DeviceException>(async () =>
        {
            for (var i = 0; i < 20; i++) await writer.AddDiskAsync($"root {i}", device, DiskOptions.Full, Cancel);
        });

        Assert.Equal(DeviceFault.Failed, failed.Fault);
        Assert.Null(await shelf.Repository.FindLatestAsync("web", Cancel));
        Assert.True((await shelf.Repository.CheckAsync(Upkeep.CheckDepth.Everything, [], Cancel)).IsSound);
    }

    [Theory]
    [InlineData("error-pwrite=ENOSPC")]
    [InlineData("error-zero=EIO")]
    public async Task A_target_that_fails_fails_the_restore_with_its_own_words(string error)
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=error", "memory", "8M", error, $"{error.Split('=')[0]}-rate=100%");
        await using var device = await ConnectAsync(server);
        var shelf = await Shelf.NewAsync();
        var (point, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(1, 30));

        var failed = await Assert.ThrowsAsync<DeviceException>(() => shelf.Repository.RestoreAsync(point.Disk("root"), device, RestoreOptions.Whole, Cancel));

        Assert.Equal(DeviceFault.Failed, failed.Fault);
    }

    [Fact]
    public async Task A_target_that_a_filter_truncates_is_refused_before_a_byte_is_written()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=truncate", "memory", "8M", "truncate=1M");
        await using var device = await ConnectAsync(server);
        var shelf = await Shelf.NewAsync();
        var (point, _) = await shelf.BackUpAsync(MemoryDevice.Mixed(1, 30));

        var refused = await Assert.ThrowsAsync<RepositoryException>(() => shelf.Repository.RestoreAsync(point.Disk("root"), device, RestoreOptions.Whole, Cancel));

        Assert.Equal(RepositoryFault.Refused, refused.Fault);
    }

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_is_told_from_one_that_fails_and_nobody_hangs()
    {
        await using var server = await NbdServer.NbdkitAsync("--filter=delay", "pattern", "40000000", "rdelay=20ms");
        await using var device = await ConnectAsync(server);
        var buffer = new byte[1 << 16];
        await device.ReadAsync(0, buffer, Cancel);

        var reading = Task.Run(async () =>
        {
            for (var at = 0; at < 40_000_000 - buffer.Length; at += buffer.Length) await device.ReadAsync(at, buffer, Cancel);
        }, Cancel);
        await server.KillAsync();

        var gone = await Assert.ThrowsAsync<DeviceException>(() => reading);
        Assert.True(gone.IsTransient);
    }

    static Task<NbdDevice> ConnectAsync(NbdServer server) =>
        NbdDevice.ConnectAsync(new NbdEndpoint { UnixSocket = server.Socket, Connections = 2 }, TimeProvider.System, Cancel);
}
