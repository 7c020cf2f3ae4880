namespace Kedge.Sandbox.Bytes;

/// <summary>
/// The content of a disk, of which only what was written takes memory. A copy shares all chunks with its origin until one of the two is
/// written to. Not thread-safe: the cloud's lock guards it.
/// </summary>
sealed class SparseBytes
{
    /// <summary>Small enough that a guest's counter costs little, large enough that an image needs few.</summary>
    public const int ChunkBytes = 64 * 1024;

    readonly Dictionary<long, byte[]> chunks;
    readonly HashSet<long> owned = [];

    public SparseBytes(long lengthBytes) : this(lengthBytes, []) { }

    SparseBytes(long lengthBytes, Dictionary<long, byte[]> chunks)
    {
        LengthBytes = lengthBytes;
        this.chunks = chunks;
    }

    public long LengthBytes { get; private set; }

    /// <summary>The chunks that were ever written, by position; a chunk is never changed while a copy can see it.</summary>
    public IReadOnlyDictionary<long, byte[]> Chunks => chunks;

    /// <summary>A copy of the same or a larger length.</summary>
    public SparseBytes Copy(long lengthBytes)
    {
        owned.Clear();
        return new SparseBytes(Math.Max(lengthBytes, LengthBytes), new Dictionary<long, byte[]>(chunks));
    }

    public SparseBytes Copy() => Copy(LengthBytes);

    /// <summary>A copy of the beginning; what lies behind is left out.</summary>
    public SparseBytes Head(long lengthBytes)
    {
        owned.Clear();
        return new SparseBytes(lengthBytes, chunks.Where(c => c.Key * ChunkBytes < lengthBytes).ToDictionary());
    }

    /// <summary>Where the last chunk ends that was ever written.</summary>
    public long UsedBytes => chunks.Count == 0 ? 0 : Math.Min(LengthBytes, (chunks.Keys.Max() + 1) * ChunkBytes);

    public void Grow(long lengthBytes) => LengthBytes = Math.Max(LengthBytes, lengthBytes);

    public void Read(long offset, Span<byte> into)
    {
        Check(offset, into.Length);
        while (into.Length > 0)
        {
            var (index, at) = Math.DivRem(offset, ChunkBytes);
            var part = into[..(int)Math.Min(ChunkBytes - at, into.Length)];
            if (chunks.TryGetValue(index, out var chunk))
                chunk.AsSpan((int)at, part.Length).CopyTo(part);
            else
                part.Clear();
            offset += part.Length;
            into = into[part.Length..];
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Check(offset, bytes.Length);
        while (bytes.Length > 0)
        {
            var (index, at) = Math.DivRem(offset, ChunkBytes);
            var part = bytes[..(int)Math.Min(ChunkBytes - at, bytes.Length)];
            part.CopyTo(WritableChunk(index).AsSpan((int)at));
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Makes a range read as zeros; whole chunks take no memory any more.</summary>
    public void Clear(long offset, long length)
    {
        for (var end = offset + length; offset < end;)
        {
            var (index, at) = Math.DivRem(offset, ChunkBytes);
            var part = (int)Math.Min(ChunkBytes - at, end - offset);
            if (part == ChunkBytes)
                PutChunk(index, null);
            else if (chunks.ContainsKey(index))
                Write(offset, new byte[part]);
            offset += part;
        }
    }

    /// <summary>The parts of a range that were ever written, ascending.</summary>
    public List<(long OffsetBytes, long LengthBytes)> Written(long offset, long length)
    {
        var (written, end) = (new List<(long, long)>(), Math.Min(offset + length, LengthBytes));
        foreach (var index in chunks.Keys.Where(index => (index + 1) * ChunkBytes > offset && index * ChunkBytes < end).Order())
        {
            var (from, until) = (Math.Max(offset, index * ChunkBytes), Math.Min(end, (index + 1) * ChunkBytes));
            if (written is [.., var last] && last.Item1 + last.Item2 == from)
                written[^1] = (last.Item1, until - last.Item1);
            else
                written.Add((from, until - from));
        }
        return written;
    }

    /// <summary>Appends at the end and grows; for uploads whose length is not known before.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var end = LengthBytes;
        LengthBytes += bytes.Length;
        Write(end, bytes);
    }

    /// <summary>Puts a whole chunk in place without copying it; the caller never changes it afterwards. Null clears.</summary>
    public void PutChunk(long index, byte[]? chunk)
    {
        owned.Remove(index);
        if (chunk is null)
            chunks.Remove(index);
        else
            chunks[index] = chunk;
    }

    byte[] WritableChunk(long index)
    {
        if (chunks.TryGetValue(index, out var chunk))
        {
            if (owned.Add(index))
                chunk = chunks[index] = (byte[])chunk.Clone();
            return chunk;
        }
        owned.Add(index);
        return chunks[index] = new byte[ChunkBytes];
    }

    void Check(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset + count > LengthBytes)
            throw new ArgumentOutOfRangeException(nameof(offset),
                $"{count} bytes at {offset} lie outside of a disk of {LengthBytes} bytes.");
    }
}
