using System.Diagnostics;
using System.Text;
using Kedge.Blocks.Devices;
using Kedge.Contracts.Moving;
using Kedge.Mover.Devices;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Tests.Devices;

public sealed class QemuNbdTests
{
    const int MiB = 1 << 20;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_written_and_read_through_a_child_that_ends_with_its_device()
    {
        await using var yard = await Yard.NewAsync();
        var settings = yard.Host();
        var path = await yard.DiskAsync("image", 1, 0, 4 * MiB);
        var options = $"driver=raw,file.driver=file,file.filename={path}";
        var content = Encoding.ASCII.GetBytes("through qemu").Concat(new byte[500]).ToArray();

        await using (var device = await QemuNbd.OpenAsync(options, null, DeviceUse.Write, settings, TimeProvider.System, Cancel))
        {
            await device.WriteAsync(MiB, content, Cancel);
            await device.FlushAsync(Cancel);
        }
        var found = new byte[512];
        await using (var device = await QemuNbd.OpenAsync(options, null, DeviceUse.Read, settings, TimeProvider.System, Cancel))
        {
            await device.ReadAsync(MiB, found, Cancel);
            await Assert.ThrowsAsync<DeviceException>(async () => await device.WriteAsync(0, content, Cancel));
        }

        Assert.Equal(content, found);
        Assert.Empty(Directory.GetFiles(settings.RuntimeDirectory, "kedge-*.sock"));
    }

    [Fact]
    public async Task An_image_that_cannot_be_opened_fails_with_the_words_of_qemu()
    {
        await using var yard = await Yard.NewAsync();

        var failure = await Assert.ThrowsAsync<DeviceException>(() => QemuNbd.OpenAsync("driver=raw,file.driver=file,file.filename=/nowhere", null, DeviceUse.Read, yard.Host(), TimeProvider.System, Cancel));

        Assert.Contains("/nowhere", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_installed_is_named_with_its_package()
    {
        await using var yard = await Yard.NewAsync();
        var settings = yard.Host() with { Tools = new ToolPaths("no-such-qemu-nbd", "no-such-rbd") };

        var failure = await Assert.ThrowsAsync<DeviceException>(() => QemuNbd.OpenAsync("driver=raw", null, DeviceUse.Read, settings, TimeProvider.System, Cancel));

        Assert.Contains("apt-get install", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_of_ceph_is_named_so_that_no_name_can_add_an_option() => Assert.Equal(
        "driver=rbd,pool=volumes,image=a,,conf=/etc/shadow,snapshot=s,conf=/etc/ceph/ceph.conf,user=kedge",
        QemuNbd.OptionsOf(new MoveDevice.Rbd("ceph", "volumes", "a,conf=/etc/shadow", "s"), new CephSettings("/etc/ceph/ceph.conf", "kedge")));

    [Theory]
    [InlineData("""[{"offset":0,"length":65536,"exists":"true"},{"offset":1048576,"length":4096,"exists":"false"}]""", true)]
    [InlineData("[]", true)]
    [InlineData("", false)]
    [InlineData("[{\"offset\":0,\"length\":1}", false)]
    [InlineData("""[{"offset":-1,"length":1}]""", false)]
    [InlineData("""[{"offset":1}]""", false)]
    [InlineData("rbd: error opening image", false)]
    public async Task What_rbd_prints_is_a_map_or_not_to_be_believed(string printed, bool isMap)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(printed));

        var map = await RbdDiff.ReadAsync(stream, 4 * MiB, RbdDiff.LongestAnswer, Cancel);

        Assert.Equal(isMap, map is not null);
    }

    [Fact]
    public async Task What_rbd_prints_without_end_is_not_read_without_end()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"offset":{{i * 4096}},"length":4096}"""))}]"));

        Assert.Null(await RbdDiff.ReadAsync(stream, 4 * MiB, 1000, Cancel));
        Assert.InRange(stream.Position, 1, 40_000);
    }

    [Fact]
    public async Task An_encrypted_image_is_written_and_read_in_clear_and_holds_none_of_it()
    {
        await using var yard = await Yard.NewAsync();
        var (image, key) = (yard.In("image"), yard.In("key-1"));
        await File.WriteAllTextAsync(key, "a passphrase", Cancel);
        await MakeEncryptedAsync(image, key);
        var options = $"driver=luks,key-secret=key,file.driver=file,file.filename={image}";
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("in clear ", 1000)));

        await using (var device = await QemuNbd.OpenAsync(options, key, DeviceUse.Write, yard.Host(), TimeProvider.System, Cancel))
        {
            Assert.Equal(4 * MiB, device.SizeBytes);
            await device.WriteAsync(MiB, content, Cancel);
            await device.FlushAsync(Cancel);
        }
        var read = new byte[content.Length];
        await using (var device = await QemuNbd.OpenAsync(options, key, DeviceUse.Read, yard.Host(), TimeProvider.System, Cancel))
            await device.ReadAsync(MiB, read, Cancel);

        Assert.Equal(content, read);
        Assert.Equal(-1, (await File.ReadAllBytesAsync(image, Cancel)).AsSpan().IndexOf("in clear"u8));
    }

    /// <summary>It measures how fast the machine hashes, and on a busy one says at times that it cannot.</summary>
    static async Task MakeEncryptedAsync(string image, string key)
    {
        for (var tries = 0; ; tries++)
        {
            using var make = Process.Start("qemu-img", ["create", "-q", "-f", "luks", "--object", $"secret,id=s,file={key}", "-o", "key-secret=s,iter-time=50", image, "4M"]);
            await make.WaitForExitAsync(Cancel);
            if (make.ExitCode == 0) return;
            Assert.InRange(tries, 0, 20);
            File.Delete(image);
        }
    }

    [Fact]
    public void An_encrypted_image_in_Ceph_is_named_with_its_key_as_a_secret()
    {
        var device = new MoveDevice.Luks(new MoveDevice.Rbd("ceph", "volumes", "volume-1", "snap,1"), "key-1");

        var options = QemuNbd.OptionsOf(device, new CephSettings("/etc/ceph/ceph.conf", "kedge"));

        Assert.Equal("driver=luks,key-secret=key,file.driver=rbd,file.pool=volumes,file.image=volume-1,file.snapshot=snap,,1,file.conf=/etc/ceph/ceph.conf,file.user=kedge", options);
    }

    [Theory]
    [InlineData("""echo '[{"offset":1048576,"length":4096,"exists":"true"}]'""", true)]
    [InlineData("""echo '[]'; exit 2""", false)]
    [InlineData("""echo 'rbd: the snapshot is gone' >&2; exit 2""", false)]
    public async Task A_map_counts_when_rbd_ended_well(string script, bool isMap)
    {
        await using var yard = await Yard.NewAsync();
        await WriteProgramAsync(yard.In("rbd"), $"#!/bin/sh\n{script}\n");

        var map = await RbdDiff.FindAsync(
            new MoveDevice.Rbd("ceph", "volumes", "v", "now"), "before", new CephSettings("/etc/ceph/ceph.conf", "kedge"), 4 * MiB, new ToolPaths("qemu-nbd", yard.In("rbd")), TimeProvider.System, Cancel);

        Assert.Equal(isMap, map is not null);
        Assert.Equal(isMap, map?.Touches(MiB, 1) ?? false);
    }

    [Fact]
    public async Task An_export_of_another_server_is_read_by_its_address()
    {
        await using var yard = await Yard.NewAsync();
        yard.Host(settings => settings with { Nbd = [yard.In("")] });
        var path = await yard.DiskAsync("image", 5, 2 * MiB, 4 * MiB);
        var socket = yard.In("export.sock");
        using var server = Process.Start(new ProcessStartInfo("qemu-nbd", ["--read-only", "--persistent", "--shared=4", "-f", "raw", $"--socket={socket}", path]))!;
        try
        {
            while (!Listens(socket))
            {
                Assert.False(server.HasExited, "qemu-nbd ended");
                await Task.Delay(20, Cancel);
            }

            var read = await yard.DoneAsync(Yard.Order("1", new MoveDevice.Nbd($"nbd+unix:///?socket={socket}"), new MoveWork.Read("s", "root", null, new ChangeSource.Compared())));
            var verify = await yard.DoneAsync(Yard.Order("2", new MoveDevice.LocalFile(path), new MoveWork.Verify(read.Disk)));

            Assert.True(verify.IsVerified);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(Cancel);
        }
    }

    /// <summary>The file of a socket is there before anybody listens at it; the kernel knows (flag __SO_ACCEPTCON in /proc/net/unix).</summary>
    static bool Listens(string socket) =>
        File.ReadLines("/proc/net/unix").Any(line => line.EndsWith(' ' + socket, StringComparison.Ordinal) && line.Contains(" 00010000 ", StringComparison.Ordinal));

    /// <summary>Written by a process that has ended: a handle of our own could still be open in a child that another test starts just now, and nobody may run what is open for writing.</summary>
    static async Task WriteProgramAsync(string path, string content)
    {
        using var writer = Process.Start(new ProcessStartInfo("install", ["-m", "755", "/dev/stdin", path]) { RedirectStandardInput = true })!;
        await writer.StandardInput.WriteAsync(content.AsMemory(), Cancel);
        writer.StandardInput.Close();
        await writer.WaitForExitAsync(Cancel);
        Assert.Equal(0, writer.ExitCode);
    }
}
