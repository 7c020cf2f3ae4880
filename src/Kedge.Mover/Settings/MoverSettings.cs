using System.Collections.Immutable;
using Kedge.Blocks;
using Kedge.Blocks.Stores;
using Kedge.Mover.Stores;

namespace Kedge.Mover.Settings;

/// <summary>What a mover was told, checked (docs/operate/mover.md has every field).</summary>
public sealed record MoverSettings
{
    /// <summary>The site whose disks it reaches; with a certificate, that of the certificate.</summary>
    public required string Site { get; init; }

    /// <summary>Its name at that site; with a certificate, that of the certificate.</summary>
    public required string Name { get; init; }

    /// <summary>The boards that it asks for work, <c>https://host:port</c>; one per process that orders.</summary>
    public ImmutableArray<Uri> Boards { get; init; } = [];

    /// <summary>The file that <c>kedge mover enroll</c> made; null for a mover inside the process that orders.</summary>
    public string? Identity { get; init; }

    /// <summary>Repositories by name.</summary>
    public ImmutableDictionary<string, RepositoryPlace> Repositories { get; init; } = ImmutableDictionary<string, RepositoryPlace>.Empty;

    /// <summary>Ceph clusters by name.</summary>
    public ImmutableDictionary<string, CephSettings> Clusters { get; init; } = ImmutableDictionary<string, CephSettings>.Empty;

    /// <summary>Directories below which files and block devices may be opened. Empty: none.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Hosts (and directories of Unix sockets) whose NBD exports may be opened; <c>*</c> for any host. Empty: none.</summary>
    public ImmutableArray<string> Nbd { get; init; } = [];

    /// <summary>Directory with the passphrases of encrypted volumes, a file each, named by the key's id in the cloud's key manager; null: it opens none.</summary>
    public string? Keys { get; init; }

    /// <summary>Orders at work at once, 1 to 16. Each takes up to about 200 MiB of memory.</summary>
    public int AtOnce { get; init; } = 2;

    /// <summary>How fast it may talk to repositories, by the time of day.</summary>
    public BandwidthSchedule Bandwidth { get; init; } = BandwidthSchedule.Unlimited;

    /// <summary>Where sockets of its children stand; short, for a socket's path has 108 bytes at most.</summary>
    public string RuntimeDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The commands that it starts; tests put others in their place.</summary>
    internal ToolPaths Tools { get; init; } = new("qemu-nbd", "rbd");

    /// <summary>How it comes to a store; tests put others in its place.</summary>
    internal Func<RepositoryPlace, TimeProvider, IStore> OpenStore { get; init; } = RepositoryStores.Open;

    /// <summary>The kinds of device that it can open, as its offers name them.</summary>
    public ImmutableArray<string> Devices =>
    [
        .. Files.IsEmpty ? [] : (string[])["file"],
        .. Nbd.IsEmpty ? [] : (string[])["nbd"],
        .. Clusters.Keys.Order(StringComparer.Ordinal).Select(cluster => $"rbd:{cluster}"),
        .. Keys is null ? [] : Clusters.Keys.Order(StringComparer.Ordinal).Select(cluster => $"luks:{cluster}"),
    ];
}

/// <summary>How a Ceph cluster is reached: with a user that may read the pools of volumes (at the source) or write them (at the target), no more.</summary>
/// <param name="Conf">Path of its <c>ceph.conf</c>, which names the keyring.</param>
/// <param name="User">The user, without <c>client.</c></param>
public sealed record CephSettings(string Conf, string User);

/// <summary>Commands of the machine.</summary>
sealed record ToolPaths(string QemuNbd, string Rbd);
