using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks.Packs;

/// <summary>One pack while it fills. Not for two threads.</summary>
sealed class PackBuilder : IDisposable
{
    public const int TargetBytes = 16 << 20;
    public const int MaxBlobs = 65_536;
    public const int TrailerLength = 16;
    const int Room = TargetBytes + BlobEntry.MaxRaw + MaxBlobs * BlobEntry.Length + 1024;

    readonly KeyRing ring;
    readonly Memory<byte> memory = Devices.AlignedBuffer.New(Room);
    readonly List<BlobEntry> entries = [];
    AesGcm? cipher;
    int length;

    public PackBuilder(KeyRing ring)
    {
        this.ring = ring;
        Id = ObjectId.New();
    }

    public ObjectId Id { get; private set; }

    public bool IsEmpty => entries.Count == 0;

    public bool IsFull => length >= TargetBytes || entries.Count >= MaxBlobs;

    public uint NextOffset => (uint)Math.Max(length, ObjectHeader.Length);

    public IReadOnlyList<BlobEntry> Entries => entries;

    /// <summary>Encrypts the stored form to the end of the pack; answers its offset.</summary>
    public uint Append(Address address, BlobKind kind, BlobEncoding encoding, int rawLength, ReadOnlySpan<byte> stored)
    {
        if (cipher is null) Begin();
        var at = length;
        var buffer = memory.Span;
        Span<byte> nonce = stackalloc byte[12];
        NonceOf(at, nonce);
        cipher!.Encrypt(nonce, stored, buffer.Slice(at, stored.Length), buffer.Slice(at + stored.Length, BlobEntry.Tag));
        length += stored.Length + BlobEntry.Tag;
        entries.Add(new BlobEntry(address, (uint)(stored.Length + BlobEntry.Tag), (uint)rawLength, kind, encoding));
        return (uint)at;
    }

    /// <summary>Writes the footer and answers the whole pack. It stays valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        if (IsEmpty) throw new InvalidOperationException("An empty pack is not written.");
        var plain = new byte[entries.Count * BlobEntry.Length];
        for (var i = 0; i < entries.Count; i++) entries[i].CopyTo(plain.AsSpan(i * BlobEntry.Length));

        var buffer = memory.Span;
        var trailer = buffer.Slice(length + plain.Length + BlobEntry.Tag, TrailerLength);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, (uint)(plain.Length + BlobEntry.Tag));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)entries.Count);
        "KDGPEND1"u8.CopyTo(trailer[8..]);

        Span<byte> nonce = stackalloc byte[12];
        NonceOf(length, nonce);
        Span<byte> associated = stackalloc byte[ObjectHeader.Length + TrailerLength];
        buffer.Slice(0, ObjectHeader.Length).CopyTo(associated);
        trailer.CopyTo(associated[ObjectHeader.Length..]);
        cipher!.Encrypt(nonce, plain, buffer.Slice(length, plain.Length), buffer.Slice(length + plain.Length, BlobEntry.Tag), associated);
        return memory[..(length + plain.Length + BlobEntry.Tag + TrailerLength)];
    }

    /// <summary>Ready for the next pack, under a new id.</summary>
    public void Clear()
    {
        cipher?.Dispose();
        cipher = null;
        entries.Clear();
        length = 0;
        Id = ObjectId.New();
    }

    public void Dispose() => cipher?.Dispose();

    /// <summary>The place of a ciphertext in its pack is its nonce: the pack's key encrypts no other.</summary>
    public static void NonceOf(long offset, Span<byte> nonce)
    {
        nonce.Clear();
        MemoryMarshal.Write(nonce, offset);
    }

    void Begin()
    {
        var header = new ObjectHeader(ObjectKind.Pack, ring.Newest, Id);
        header.CopyTo(memory.Span);
        cipher = ring.CipherOf(header, Names.Packs);
        length = ObjectHeader.Length;
    }
}
