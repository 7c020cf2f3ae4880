using System.Security.Cryptography;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;
using Kedge.Contracts.Moving;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Devices;

/// <summary>
/// What qemu can open (Ceph RBD above all), through a qemu-nbd of our own on a Unix socket. It ends when its last client has gone, so that it does not outlive a
/// mover that was killed; while an image is written by nobody, nobody holds it open.
/// </summary>
static class QemuNbd
{
    const int Connections = 4;
    static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LookAgainIn = TimeSpan.FromMilliseconds(50);

    /// <summary>The image as qemu's options name it.</summary>
    public static string OptionsOf(MoveDevice.Rbd rbd, CephSettings ceph) => string.Join(',', RbdOptions(rbd, ceph));

    /// <summary>As above, with the encryption on top of it, whose passphrase is the secret named key.</summary>
    public static string OptionsOf(MoveDevice.Luks luks, CephSettings ceph) =>
        string.Join(',', RbdOptions(luks.Below, ceph).Select(option => $"file.{option}").Prepend("driver=luks,key-secret=key"));

    /// <summary>Starts it and connects.</summary>
    public static async Task<IDevice> OpenAsync(string imageOptions, string? keyFile, DeviceUse use, MoverSettings settings, TimeProvider time, CancellationToken cancel)
    {
        var socket = Path.Combine(settings.RuntimeDirectory, $"kedge-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.sock");
        string[] how = use == DeviceUse.Read ? ["--read-only"] : ["--discard=unmap", "--cache=writeback"];
        string[] secret = keyFile is null ? [] : ["--object", $"secret,id=key,file={Quoted(keyFile)}"];
        var child = ChildProcess.Start(settings.Tools.QemuNbd, [.. secret, "--image-opts", $"--socket={socket}", $"--shared={Connections}", .. how, imageOptions], time);
        try
        {
            var device = await ConnectAsync(child, new NbdEndpoint { UnixSocket = socket, Connections = Connections }, time, cancel);
            return new OwnedNbd(device, child, socket);
        }
        catch
        {
            child.Kill();
            await child.DisposeAsync();
            File.Delete(socket);
            throw;
        }
    }

    static async Task<NbdDevice> ConnectAsync(ChildProcess child, NbdEndpoint endpoint, TimeProvider time, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                // The socket may stand before the image is open.
                if (File.Exists(endpoint.UnixSocket)) return await NbdDevice.ConnectAsync(endpoint, time, cancel);
            }
            catch (DeviceException e) when (e.IsTransient && time.GetElapsedTime(begun) < StartsWithin)
            {
                // Looked at below: it has ended, or is not ready.
            }
            if (child.HasEnded)
            {
                await child.EndAsync(cancel);
                // Ceph's EPERM does not pass by itself.
                var isRefused = child.Words.Contains("Operation not permitted", StringComparison.Ordinal) || child.Words.Contains("Permission denied", StringComparison.Ordinal);
                throw new DeviceException(
                    isRefused ? DeviceFault.Refused : DeviceFault.Failed,
                    $"qemu-nbd could not open the image: {child.Words}{(isRefused ? " The mover's user lacks a right in Ceph: 'Rights in Ceph' in docs/operate/mover.md has all of them." : "")}");
            }
            if (time.GetElapsedTime(begun) > StartsWithin) throw new DeviceException(DeviceFault.TimedOut, $"qemu-nbd did not open the image within {StartsWithin.TotalSeconds} s. {child.Words}");
            await Task.Delay(LookAgainIn, time, cancel);
        }
    }

    static IEnumerable<string> RbdOptions(MoveDevice.Rbd rbd, CephSettings ceph) =>
    [
        "driver=rbd", $"pool={Quoted(rbd.Pool)}", $"image={Quoted(rbd.Image)}",
        .. rbd.Snapshot is { } snapshot ? [$"snapshot={Quoted(snapshot)}"] : (string[])[],
        $"conf={Quoted(ceph.Conf)}", $"user={Quoted(ceph.User)}",
    ];

    /// <summary>In qemu's options a comma is written twice.</summary>
    static string Quoted(string text) => text.Replace(",", ",,", StringComparison.Ordinal);

    /// <summary>An export that goes away with its server.</summary>
    sealed class OwnedNbd(NbdDevice device, ChildProcess child, string socket) : IDevice
    {
        public long SizeBytes => device.SizeBytes;

        public int ReadsAhead => device.ReadsAhead;

        public ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancel) => device.ReadAsync(offset, into, cancel);

        public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> content, CancellationToken cancel) => device.WriteAsync(offset, content, cancel);

        public ValueTask ZeroAsync(long offset, long length, CancellationToken cancel) => device.ZeroAsync(offset, length, cancel);

        public ValueTask FlushAsync(CancellationToken cancel) => device.FlushAsync(cancel);

        public ValueTask FindContentAsync(Extent range, List<Extent> content, CancellationToken cancel) => device.FindContentAsync(range, content, cancel);

        public async ValueTask DisposeAsync()
        {
            await device.DisposeAsync();
            await child.DisposeAsync();
            File.Delete(socket);
        }
    }
}
