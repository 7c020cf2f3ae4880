using Kedge.Blocks.Devices;
using Kedge.Blocks.Points;

namespace Kedge.Blocks.Writing;

/// <summary>How "did this block change?" is answered.</summary>
public enum CompareBy
{
    /// <summary>By GMAC, four times the speed of SHA-256 (format, section 6).</summary>
    Fingerprint,

    /// <summary>By the keyed SHA-256 itself.</summary>
    Address,
}

/// <summary>How a disk is read into a point.</summary>
public sealed record DiskOptions
{
    /// <summary>A full read, compared with nothing.</summary>
    public static DiskOptions Full { get; } = new();

    /// <summary>The point to compare with; its disk of the same name. Null for a first point.</summary>
    public Point? Parent { get; init; }

    /// <summary>What the back end says has changed since the parent; null when it says nothing: then everything is read and compared.</summary>
    public ChangeMap? Changes { get; init; }

    /// <summary>How blocks are compared with the parent's.</summary>
    public CompareBy Compare { get; init; }

    /// <summary>How many blocks that the map calls unchanged are read and compared. All of them when there are no more.</summary>
    public int SpotChecks { get; init; } = 16;

    /// <summary>
    /// After so many points of a series, all blocks that the map calls unchanged are read and compared: what spot checks miss by chance is found then. 0: never.
    /// </summary>
    public int CheckMapWhollyEvery { get; init; } = 64;

    /// <summary>Which blocks are spot-checked; another one for each run.</summary>
    public int SpotCheckSeed { get; init; }

    internal bool IsMapCheckedWholly => Parent is { } parent && CheckMapWhollyEvery > 0 && (parent.Sequence + 1) % CheckMapWhollyEvery == 0;
}

/// <summary>Whether the change map told the truth, as far as it was checked.</summary>
public enum MapVerdict
{
    /// <summary>There was no map (or no parent that it could be about).</summary>
    NotUsed,

    /// <summary>Every spot-checked block was as the map said.</summary>
    Held,

    /// <summary>A block that the map called unchanged had changed. Everything was read; raise an alarm about the back end.</summary>
    Lied,
}

/// <summary>What became of a disk.</summary>
public sealed record DiskOutcome
{
    /// <summary>The disk as it stands in the point.</summary>
    public required Disks.DiskRecord Disk { get; init; }

    /// <summary>What the spot checks found.</summary>
    public MapVerdict Map { get; init; }

    /// <summary>Whether all that the map calls unchanged was looked at, and not a few blocks of it.</summary>
    public bool IsMapCheckedWholly { get; init; }

    /// <summary>Where a map that lied was wrong: the blocks found, at most 16.</summary>
    public IReadOnlyList<long> WrongInMap { get; init; } = [];

    /// <summary>Blocks read from the device.</summary>
    public long ReadBlocks { get; init; }

    /// <summary>Blocks that differ from the parent's (all but zero ones, when there is none).</summary>
    public long ChangedBlocks { get; init; }

    /// <summary>Blocks that were not in the repository.</summary>
    public long NewBlocks { get; init; }

    /// <summary>Their bytes, compressed and encrypted.</summary>
    public long NewBytes { get; init; }

    /// <summary>Blocks of zeros and holes.</summary>
    public long ZeroBlocks { get; init; }

    /// <summary>Where the time went.</summary>
    public StageTicks Ticks { get; init; }
}
