using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks.Points;

/// <summary>The last point of a series, as whoever keeps it outside the repository remembers it; the only proof against a store that was set back in time.</summary>
public readonly record struct Head(string Series, long Sequence, Address Seal);

/// <summary>One point, opened and authentic.</summary>
/// <param name="Series">The chain it belongs to.</param>
/// <param name="Sequence">Its place there, from 1.</param>
/// <param name="TakenAt">By the clock of its writer.</param>
/// <param name="PreviousSeal">The seal of the one before; zero for the first.</param>
/// <param name="Seal">Its own.</param>
/// <param name="Disks">What it holds.</param>
/// <param name="Payload">The caller's bytes.</param>
public sealed record Point(
    string Series, long Sequence, DateTimeOffset TakenAt, Address PreviousSeal, Address Seal, ImmutableArray<DiskRecord> Disks, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Bytes of a payload at most.</summary>
    public const int MaxPayloadBytes = 16 << 20;

    /// <summary>What to remember of it.</summary>
    public Head Head => new(Series, Sequence, Seal);

    /// <summary>The disk of that name; throws when the point has none.</summary>
    public DiskRecord Disk(string name) => FindDisk(name)
        ?? throw new RepositoryException(RepositoryFault.Missing, $"The point {Series}/{Sequence} has no disk '{name}'; it has: {string.Join(", ", Disks.Select(d => d.Name))}.");

    /// <summary>The disk of that name, or null.</summary>
    public DiskRecord? FindDisk(string name)
    {
        foreach (var disk in Disks)
        {
            if (disk.Name == name) return disk;
        }
        return null;
    }
}

/// <summary>The bytes of a point (format, section 7).</summary>
static class PointFile
{
    public static byte[] Close(KeyRing ring, string name, ObjectId session, Point point)
    {
        var plain = new ArrayBufferWriter<byte>();
        plain.U63(point.Sequence);
        plain.U63(point.TakenAt.ToUnixTimeMilliseconds());
        plain.Address(point.PreviousSeal);
        plain.Id(session);
        plain.U16((ushort)point.Disks.Length);
        foreach (var disk in point.Disks)
        {
            var diskName = Encoding.UTF8.GetBytes(disk.Name);
            plain.U16((ushort)diskName.Length);
            plain.Write(diskName);
            plain.U63(disk.SizeBytes);
            plain.U32((uint)disk.BlockBytes);
            plain.Address(disk.Root);
            plain.U32((uint)disk.Rolls.Length);
            foreach (var roll in disk.Rolls) plain.Address(roll);
        }
        plain.U32((uint)point.Payload.Length);
        plain.Write(point.Payload.Span);
        var closed = SealedObject.Close(ring, ObjectKind.Point, ObjectId.New(), name, plain.WrittenSpan);
        var bytes = new byte[closed.Length + Address.Length];
        closed.CopyTo(bytes, 0);
        Chain.SealOf(ring, name, closed).CopyTo(bytes.AsSpan(closed.Length));
        return bytes;
    }

    public static Point Open(KeyRing ring, string series, string name, byte[] bytes)
    {
        if (bytes.Length < SealedObject.Overhead + Address.Length) throw RepositoryException.Damaged(name, "it is cut short");
        var closed = bytes.AsSpan(0, bytes.Length - Address.Length);
        var seal = Chain.SealOf(ring, name, closed);
        if (seal != Address.From(bytes.AsSpan(closed.Length))) throw RepositoryException.Damaged(name, "its seal does not fit");
        return Parse(ring, series, name, seal, SealedObject.Open(ring, ObjectKind.Point, name, closed));
    }

    static Point Parse(KeyRing ring, string series, string name, Address seal, byte[] plain)
    {
        var reader = new WireReader(plain, name);
        var sequence = reader.U63();
        if (sequence != Names.FindSequence(name)) throw RepositoryException.Damaged(name, $"it is point {sequence}");
        var takenAt = TimeOf(reader.U63(), name);
        var previous = reader.Address();
        _ = reader.Id();
        var disks = ImmutableArray.CreateBuilder<DiskRecord>();
        for (int i = 0, count = reader.U16(); i < count; i++) disks.Add(ParseDisk(ring, ref reader, name));
        var payload = reader.Bytes(reader.U32()).ToArray();
        reader.End();
        return new Point(series, sequence, takenAt, previous, seal, disks.ToImmutable(), payload);
    }

    static DiskRecord ParseDisk(KeyRing ring, ref WireReader reader, string name)
    {
        var diskName = Encoding.UTF8.GetString(reader.Bytes(reader.U16()));
        var size = reader.U63();
        var block = reader.U32();
        if (!DiskShape.IsLegal(size, block)) throw RepositoryException.Damaged(name, $"the disk {diskName} has an impossible shape");
        var shape = new DiskShape(size, (int)block);
        var root = reader.Address();
        if (reader.U32() != shape.Rolls) throw RepositoryException.Damaged(name, $"the disk {diskName} has a wrong number of rolls");
        var rolls = new Address[shape.Rolls];
        for (var i = 0; i < rolls.Length; i++) rolls[i] = reader.Address();
        if (DiskRecord.RootOf(ring, shape, rolls) != root) throw RepositoryException.Damaged(name, $"the root of the disk {diskName} does not fit its rolls");
        return new DiskRecord(diskName, size, shape.BlockBytes, root, ImmutableArray.Create(rolls));
    }

    internal static DateTimeOffset TimeOf(long unixMs, string name) => unixMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        : throw RepositoryException.Damaged(name, "a time is out of bounds");
}
