using System.Text.Json.Serialization;

namespace Kedge.Contracts.Moving;

/// <summary>
/// What a mover of a site is asked to do with one disk. An order names things; how they are reached (addresses, keys, users) stands in the mover's own
/// settings, so that an order carries no secret.
/// </summary>
/// <param name="Id">Chosen by who orders: run and step, for instance. The same id is the same order: asked again, it is looked up and not placed twice. 1 to 200 characters.</param>
/// <param name="Site">The site whose movers may take it.</param>
/// <param name="Device">The disk as the mover reaches it.</param>
/// <param name="Repository">The repository's name in the mover's settings, which resolve it to a store and a key.</param>
/// <param name="Work">What to do.</param>
public sealed record MoveOrder(string Id, string Site, MoveDevice Device, string Repository, MoveWork Work);

/// <summary>What is done with a disk. All of it may be done again, by the same mover or another, with the same end.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Read), "read")]
[JsonDerivedType(typeof(Write), "write")]
[JsonDerivedType(typeof(Verify), "verify")]
[JsonDerivedType(typeof(Repair), "repair")]
[JsonDerivedType(typeof(Forget), "forget")]
public abstract record MoveWork
{
    private MoveWork()
    {
    }

    /// <summary>
    /// Device to repository: makes a point in a series that holds this one disk. Done twice under one order id, it answers with the point that is there.
    /// </summary>
    /// <param name="Series">The chain of this disk's points: 1 to 64 characters of <c>a-z 0-9 -</c>. A series per disk.</param>
    /// <param name="Disk">The disk's name in the point: 1 to 255 bytes.</param>
    /// <param name="Parent">The sequence of the point to compare with; null, or a point that is gone: a first one, for which everything is read.</param>
    /// <param name="Changes">What the back end knows of changes since the parent. Ignored when there is no parent.</param>
    /// <param name="SpotChecks">How many blocks that the change map calls unchanged are read and compared; <see cref="int.MaxValue"/> for all of them.</param>
    public sealed record Read(string Series, string Disk, long? Parent, ChangeSource Changes, int SpotChecks = 16) : MoveWork;

    /// <summary>Repository to device, then read back.</summary>
    /// <param name="Source">The disk of a point.</param>
    /// <param name="Target">What stands on the device.</param>
    /// <param name="ReadBackFraction">The share of its blocks that is read back and hashed, 0 to 1. It is said <i>verified</i> for 1 only.</param>
    public sealed record Write(DiskInPoint Source, TargetContent Target, double ReadBackFraction = 1) : MoveWork;

    /// <summary>Reads the device and compares it with a disk of a point. What differs is a result, not a failure.</summary>
    /// <param name="Expected">What should stand on the device.</param>
    /// <param name="Fraction">The share of its blocks that is read, 0 to 1.</param>
    public sealed record Verify(DiskInPoint Expected, double Fraction = 1) : MoveWork;

    /// <summary>Reads the whole device, writes the blocks that differ from the disk of a point, and reads them again.</summary>
    /// <param name="Source">What should stand on the device.</param>
    public sealed record Repair(DiskInPoint Source) : MoveWork;

    /// <summary>Takes a point out of the repository, of which nothing but this disk is known; on no device. What only it held goes with a later prune.</summary>
    /// <param name="Point">Its disk, so that another point under the same number is not mistaken for it.</param>
    public sealed record Forget(DiskInPoint Point) : MoveWork;
}

/// <summary>A disk of a point in the repository.</summary>
/// <param name="Series">The chain of points.</param>
/// <param name="Sequence">The point's place there, from 1.</param>
/// <param name="Disk">The disk's name in the point.</param>
/// <param name="Root">Its Merkle root, 64 hex digits, as the read answered. A mover whose repository says otherwise refuses the order.</param>
public sealed record DiskInPoint(string Series, long Sequence, string Disk, string Root);

/// <summary>What is known of a device before it is written.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Unknown), "unknown")]
[JsonDerivedType(typeof(Blank), "blank")]
[JsonDerivedType(typeof(Holds), "holds")]
public abstract record TargetContent
{
    private TargetContent()
    {
    }

    /// <summary>Anything: every block is written, zeros as well.</summary>
    public sealed record Unknown : TargetContent;

    /// <summary>All zeros, as a volume that was just made by a back end which promises that.</summary>
    public sealed record Blank : TargetContent;

    /// <summary>The disk of an older point (a standby): only what differs is written.</summary>
    /// <param name="Disk">That disk.</param>
    public sealed record Holds(DiskInPoint Disk) : TargetContent;
}
