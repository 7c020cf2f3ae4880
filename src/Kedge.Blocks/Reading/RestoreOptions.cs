using Kedge.Blocks.Disks;

namespace Kedge.Blocks.Reading;

/// <summary>What stands on a target before a restore.</summary>
public enum TargetState
{
    /// <summary>Anything: blocks of zeros are written, too (as holes where the device can).</summary>
    Unknown,

    /// <summary>All zeros, such as a file that was just made: blocks of zeros need nothing.</summary>
    Blank,

    /// <summary>
    /// Perhaps a part of this very disk, from a restore that was cut off: what stands on the target is read and hashed first, and only what differs is fetched
    /// and written. Trades a read of the target for what would be fetched again.
    /// </summary>
    PartlyWritten,
}

/// <summary>How a disk is restored.</summary>
public sealed record RestoreOptions
{
    /// <summary>Everything, onto a target that may hold anything.</summary>
    public static RestoreOptions Whole { get; } = new();

    /// <summary>What stands on the target.</summary>
    public TargetState Target { get; init; }

    /// <summary>The disk that the target is known to hold (a standby): only what differs is written.</summary>
    public DiskRecord? Standing { get; init; }

    /// <summary>Only these blocks, ascending (a repair); null for all.</summary>
    public IReadOnlyList<long>? OnlyBlocks { get; init; }
}

/// <summary>What a restore did. It threw if any block could not be restored.</summary>
/// <param name="WrittenBlocks">Blocks written.</param>
/// <param name="WrittenBytes">Their bytes.</param>
/// <param name="FetchedBytes">Bytes fetched from the store for them.</param>
public sealed record RestoreOutcome(long WrittenBlocks, long WrittenBytes, long FetchedBytes);

/// <summary>What was found on a target when it was read back.</summary>
/// <param name="CheckedBlocks">Blocks that were compared by address.</param>
/// <param name="Blocks">Blocks of the disk.</param>
/// <param name="WrongBlocks">Blocks that are not what the point says, ascending; at most 100,000.</param>
public sealed record VerifyOutcome(long CheckedBlocks, long Blocks, IReadOnlyList<long> WrongBlocks)
{
    /// <summary>Whether every block was compared, and all are right: the root is proven.</summary>
    public bool IsProven => CheckedBlocks == Blocks && WrongBlocks.Count == 0;

    /// <summary>The share of blocks that was compared, 0 to 1.</summary>
    public double Fraction => Blocks == 0 ? 1 : (double)CheckedBlocks / Blocks;
}
