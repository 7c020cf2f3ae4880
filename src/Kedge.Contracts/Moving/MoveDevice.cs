using System.Text.Json.Serialization;

namespace Kedge.Contracts.Moving;

/// <summary>A disk as a mover reaches it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Rbd), "rbd")]
[JsonDerivedType(typeof(Nbd), "nbd")]
[JsonDerivedType(typeof(LocalFile), "file")]
[JsonDerivedType(typeof(Luks), "luks")]
[JsonDerivedType(typeof(None), "none")]
public abstract record MoveDevice
{
    private MoveDevice()
    {
    }

    /// <summary>An image in Ceph, or a snapshot of one, which can be read only. The mover's settings know the cluster's configuration and user by its name.</summary>
    /// <param name="Cluster">The cluster's name in the mover's settings, e.g. <c>ceph</c>.</param>
    /// <param name="Pool">The pool.</param>
    /// <param name="Image">The image.</param>
    /// <param name="Snapshot">The snapshot; null for the image itself.</param>
    public sealed record Rbd(string Cluster, string Pool, string Image, string? Snapshot = null) : MoveDevice;

    /// <summary>An NBD export: <c>nbd://host[:port]/export</c> or <c>nbd+unix:///export?socket=/path</c>.</summary>
    /// <param name="Uri">Its address.</param>
    public sealed record Nbd(string Uri) : MoveDevice;

    /// <summary>A file or block device of the mover's host, below a directory that its settings allow.</summary>
    /// <param name="Path">Its absolute path.</param>
    public sealed record LocalFile(string Path) : MoveDevice;

    /// <summary>An image in Ceph that is encrypted with LUKS, as Cinder does it: the mover reads and writes it in clear.</summary>
    /// <param name="Below">The image.</param>
    /// <param name="Key">The key's id in the cloud's key manager. The mover's settings know its passphrase by it.</param>
    public sealed record Luks(Rbd Below, string Key) : MoveDevice;

    /// <summary>None: work on the repository alone.</summary>
    public sealed record None : MoveDevice;
}

/// <summary>What tells which blocks may have changed since the parent point. Holes are always asked for, whatever the source.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Compared), "compared")]
[JsonDerivedType(typeof(RbdDiff), "rbd-diff")]
[JsonDerivedType(typeof(DirtyBitmap), "dirty-bitmap")]
public abstract record ChangeSource
{
    private ChangeSource()
    {
    }

    /// <summary>Nothing: what is allocated is read, and compared by hash.</summary>
    public sealed record Compared : ChangeSource;

    /// <summary>Ceph's own difference to an earlier snapshot of the image: the one that the parent point was read from.</summary>
    /// <param name="FromSnapshot">That snapshot. When it is gone, everything is read and compared.</param>
    public sealed record RbdDiff(string FromSnapshot) : ChangeSource;

    /// <summary>A dirty bitmap of an NBD server, begun when the parent point was read, e.g. <c>qemu:dirty-bitmap:point-7</c>.</summary>
    /// <param name="Name">The metadata context. When the server does not have it, everything is read and compared.</param>
    public sealed record DirtyBitmap(string Name) : ChangeSource;
}
