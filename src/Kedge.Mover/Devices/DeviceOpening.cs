using System.Net.Security;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Nbd;
using Kedge.Contracts.Moving;
using Kedge.Mover.Settings;
using Kedge.Mover.Transfers;

namespace Kedge.Mover.Devices;

/// <summary>What a device is opened for.</summary>
enum DeviceUse
{
    Read,
    Write,
}

/// <summary>Opens what an order names, as far as the settings let it.</summary>
sealed class DeviceOpening(MoverSettings settings, TimeProvider time)
{
    /// <summary>Opens the device.</summary>
    /// <exception cref="MoveException">The settings do not know, or allow, it.</exception>
    public async Task<IDevice> OpenAsync(MoveDevice device, DeviceUse use, CancellationToken cancel) => device switch
    {
        MoveDevice.Luks { Below.Snapshot: not null } or MoveDevice.Rbd { Snapshot: not null } when use == DeviceUse.Write => throw MoveException.Refused($"{device} is a snapshot, which nobody can write.", "Order the image itself."),
        MoveDevice.Rbd rbd => await QemuNbd.OpenAsync(QemuNbd.OptionsOf(rbd, Ceph(rbd)), null, use, settings, time, cancel),
        MoveDevice.Luks luks => await QemuNbd.OpenAsync(QemuNbd.OptionsOf(luks, Ceph(luks.Below)), KeyFileOf(luks), use, settings, time, cancel),
        MoveDevice.Nbd nbd => await OpenNbdAsync(nbd, null, use, cancel),
        MoveDevice.LocalFile file => FileDevice.Open(Allowed(file), use == DeviceUse.Read ? FileUse.ReadDirect : FileUse.Write),
        _ => throw MoveException.Refused($"This mover does not know devices of the kind {device.GetType().Name}.", "Bring the mover up to date."),
    };

    /// <summary>What the back end says has changed on an open device; null when it says nothing.</summary>
    public async Task<ChangeMap?> FindChangesAsync(MoveDevice device, ChangeSource source, long sizeBytes, CancellationToken cancel)
    {
        switch (device, source)
        {
            case (MoveDevice.Rbd rbd, ChangeSource.RbdDiff diff):
                return await RbdDiff.FindAsync(rbd, diff.FromSnapshot, Ceph(rbd), sizeBytes, settings.Tools, time, cancel);
            case (MoveDevice.Nbd nbd, ChangeSource.DirtyBitmap bitmap):
                await using (var asked = await OpenNbdAsync(nbd, bitmap.Name, DeviceUse.Read, cancel))
                    return asked.HasChanges && asked.SizeBytes == sizeBytes ? await asked.ReadChangesAsync(cancel) : null;
            case (_, ChangeSource.Compared):
                return null;
            default:
                throw MoveException.Refused($"A device of the kind {MoveNeeds.Of(device)} has no change map of the kind {source.GetType().Name}.", "Order it compared, or another source of changes.");
        }
    }

    /// <summary>A key's id comes with the order; it must not lead out of the directory.</summary>
    string KeyFileOf(MoveDevice.Luks luks)
    {
        if (settings.Keys is not { } directory) throw MoveException.Refused("This mover opens no encrypted volumes.", "Name a directory of passphrases under 'keys' in the mover's settings.");
        if (luks.Key.Length is 0 or > 64 || !luks.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) throw MoveException.Refused($"'{luks.Key}' is no id of a key.", "See the volume's encryption_key_id in Cinder.");
        var path = Path.Combine(directory, luks.Key);
        return File.Exists(path) ? path : throw MoveException.Refused($"The passphrase of the key {luks.Key}, with which {luks.Below.Pool}/{luks.Below.Image} is encrypted, is not in {directory}.", $"Have it there as the file {luks.Key}: docs/operate/mover.md says how.");
    }

    CephSettings Ceph(MoveDevice.Rbd rbd) => settings.Clusters.TryGetValue(rbd.Cluster, out var ceph)
        ? ceph
        : throw MoveException.Refused($"This mover knows no Ceph cluster '{rbd.Cluster}'.", "Name it under 'clusters' in the mover's settings.");

    /// <summary>By its text, after dots: links below an allowed directory are the administrator's own.</summary>
    string Allowed(MoveDevice.LocalFile file)
    {
        var path = Path.GetFullPath(file.Path);
        if (Path.IsPathRooted(file.Path) && settings.Files.Any(root => path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal))) return path;
        throw MoveException.Refused($"{file.Path} is below none of the directories that this mover may open ({string.Join(", ", settings.Files)}).", "Name its directory under 'files' in the mover's settings, if that is wanted.");
    }

    async Task<NbdDevice> OpenNbdAsync(MoveDevice.Nbd nbd, string? changes, DeviceUse use, CancellationToken cancel)
    {
        var device = await NbdDevice.ConnectAsync(Endpoint(nbd) with { ChangeContext = changes }, time, cancel);
        if (use == DeviceUse.Read || !device.IsReadOnly) return device;
        await device.DisposeAsync();
        throw MoveException.Refused($"{nbd.Uri} is read-only.", "Export it for writing.");
    }

    NbdEndpoint Endpoint(MoveDevice.Nbd nbd)
    {
        if (!Uri.TryCreate(nbd.Uri, UriKind.Absolute, out var uri)) throw Malformed(nbd);
        var export = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        switch (uri.Scheme)
        {
            case "nbd" or "nbds" when uri.Host.Length > 0 && uri.Query.Length == 0:
                if (!settings.Nbd.Contains("*") && !settings.Nbd.Contains(uri.Host)) throw NotAllowed(uri.Host);
                return new NbdEndpoint
                {
                    Host = uri.Host,
                    Port = uri.Port < 0 ? NbdEndpoint.DefaultPort : uri.Port,
                    Export = export,
                    Tls = uri.Scheme == "nbds" ? new SslClientAuthenticationOptions { TargetHost = uri.Host } : null,
                };
            case "nbd+unix" when uri.Query.StartsWith("?socket=", StringComparison.Ordinal):
                var socket = Path.GetFullPath(Uri.UnescapeDataString(uri.Query["?socket=".Length..]));
                if (!settings.Nbd.Any(root => root.StartsWith('/') && socket.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal))) throw NotAllowed(socket);
                return new NbdEndpoint { UnixSocket = socket, Export = export };
            default:
                throw Malformed(nbd);
        }
    }

    static MoveException Malformed(MoveDevice.Nbd nbd) =>
        MoveException.Refused($"'{nbd.Uri}' is not an address of NBD.", "Write nbd://host[:port]/export, nbds://… for TLS, or nbd+unix:///export?socket=/path.");

    MoveException NotAllowed(string host) =>
        MoveException.Refused($"This mover may not open NBD exports of {host} (it may: {string.Join(", ", settings.Nbd)}).", "Name it under 'nbd' in the mover's settings, if that is wanted.");
}
