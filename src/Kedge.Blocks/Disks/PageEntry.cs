using System.Runtime.InteropServices;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Disks;

/// <summary>One block in a page: 48 bytes in memory as in the file (format, section 6).</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct PageEntry(Address Address, Fingerprint Fingerprint)
{
    public const int Length = 48;
}

/// <summary>How a disk is cut.</summary>
readonly record struct DiskShape(long SizeBytes, int BlockBytes)
{
    public const int DefaultBlockBytes = 1 << 18;
    public const int MinBlockBytes = 1 << 16;
    public const int MaxBlockBytes = 1 << 22;
    public const int BlocksPerPage = 256;
    public const int PagesPerRoll = 4096;

    /// <summary>Largest disk: a PiB. Beyond it the arrays of a scan would not be small any more.</summary>
    public const long MaxSizeBytes = 1L << 50;

    public long Blocks => (SizeBytes + BlockBytes - 1) / BlockBytes;

    public int Pages => (int)((Blocks + BlocksPerPage - 1) / BlocksPerPage);

    public int Rolls => (Pages + PagesPerRoll - 1) / PagesPerRoll;

    public long PageBytes => (long)BlockBytes * BlocksPerPage;

    public int BlocksIn(int page) => (int)Math.Min(BlocksPerPage, Blocks - (long)page * BlocksPerPage);

    public int PagesIn(int roll) => Math.Min(PagesPerRoll, Pages - roll * PagesPerRoll);

    public int LengthOf(long block) => (int)Math.Min(BlockBytes, SizeBytes - block * BlockBytes);

    public static bool IsLegal(long sizeBytes, long blockBytes) =>
        sizeBytes is >= 0 and <= MaxSizeBytes && blockBytes is >= MinBlockBytes and <= MaxBlockBytes && (blockBytes & (blockBytes - 1)) == 0;
}
