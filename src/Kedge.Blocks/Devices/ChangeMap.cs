namespace Kedge.Blocks.Devices;

/// <summary>
/// Which parts of a disk may differ from what it held at the parent point, as the back end says: an <c>rbd diff</c>, an NBD dirty bitmap. One bit for 64 KiB: 2 MiB for a TiB.
/// </summary>
public sealed class ChangeMap
{
    const int GrainBytes = 1 << 16;
    readonly ulong[] words;

    /// <summary>A map in which nothing has changed.</summary>
    public ChangeMap(long sizeBytes)
    {
        if (!Disks.DiskShape.IsLegal(sizeBytes, GrainBytes)) throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, "Not a size of a disk.");
        SizeBytes = sizeBytes;
        words = new ulong[(sizeBytes + GrainBytes * 64L - 1) / (GrainBytes * 64L)];
    }

    /// <summary>The size of the disk that it is about.</summary>
    public long SizeBytes { get; }

    /// <summary>Enters a range as changed; what lies beyond the disk is cut off.</summary>
    public void Add(Extent changed)
    {
        if (changed.OffsetBytes < 0 || changed.LengthBytes < 0) throw new ArgumentOutOfRangeException(nameof(changed), changed, "A range begins at 0 or later.");
        var last = Math.Min(changed.OffsetBytes + changed.LengthBytes, SizeBytes) - 1;
        for (var grain = changed.OffsetBytes / GrainBytes; grain <= last / GrainBytes && last >= changed.OffsetBytes; grain++) words[grain >> 6] |= 1UL << (int)(grain & 63);
    }

    /// <summary>Whether any of the range may have changed.</summary>
    public bool Touches(long offset, long length)
    {
        var last = Math.Min(offset + length, SizeBytes) - 1;
        for (var grain = offset / GrainBytes; grain <= last / GrainBytes; grain++)
        {
            var word = words[grain >> 6];
            if (word == 0) grain |= 63;
            else if ((word & (1UL << (int)(grain & 63))) != 0) return true;
        }
        return false;
    }
}
