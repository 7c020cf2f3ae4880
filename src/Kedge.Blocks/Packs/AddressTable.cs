using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kedge.Blocks.Packs;

/// <summary>Where a blob stands: which pack (by its number in the catalog), where in it, how long.</summary>
readonly record struct BlobPlace(int Pack, uint Offset, uint StoredLength, uint RawLength, BlobKind Kind, BlobEncoding Encoding);

/// <summary>
/// Open-addressed table from address to place, 32 bytes a slot. It compares the first 16 bytes of an address, which are those of a keyed hash: a wrong
/// match at 2^40 blobs has a probability below 2^-48, and a reader would notice it. Up to <see cref="InMemoryBytes"/> the table is in memory; a larger one
/// lies in an unlinked temporary file that the kernel may page out, so that our own memory stays bounded at any size. Calls are serialized by the caller.
/// </summary>
sealed unsafe class AddressTable : IDisposable
{
    /// <summary>2 million slots; at 256 KiB a block about 390 GiB of unique data.</summary>
    public const long InMemoryBytes = 64L << 20;

    const int SlotBytes = 32;
    const uint ZstdBit = 0x8000_0000;
    const uint MarkBit = 0x4000_0000;
    const uint NodeBit = 0x8000_0000;
    const uint LengthMask = 0x3FFF_FFFF;

    Slot* slots;
    long capacity;
    MemoryMappedFile? file;
    MemoryMappedViewAccessor? view;

    public AddressTable(long expected = 0)
    {
        capacity = 4096;
        while (capacity * 3 / 4 <= expected) capacity *= 2;
        slots = Allocate(capacity, out file, out view);
    }

    public long Count { get; private set; }

    public bool TryFind(in Address address, out BlobPlace place)
    {
        var slot = Probe(slots, capacity, address);
        place = slot->Pack == 0 ? default : PlaceOf(slot);
        return slot->Pack != 0;
    }

    /// <summary>False when the address is known already.</summary>
    public bool TryAdd(in Address address, in BlobPlace place)
    {
        if ((Count + 1) * 4 > capacity * 3) Grow();
        var slot = Probe(slots, capacity, address);
        if (slot->Pack != 0) return false;
        slot->A = address.A;
        slot->B = address.B;
        slot->Pack = (uint)place.Pack + 1;
        slot->Offset = place.Offset;
        slot->Stored = place.StoredLength | (place.Encoding == BlobEncoding.Zstd ? ZstdBit : 0);
        slot->Raw = place.RawLength | (place.Kind == BlobKind.Node ? NodeBit : 0);
        Count++;
        return true;
    }

    /// <summary>Marks the address as live. Null when it is not known, false when it was marked before.</summary>
    public bool? Mark(in Address address)
    {
        var slot = Probe(slots, capacity, address);
        if (slot->Pack == 0) return null;
        if ((slot->Stored & MarkBit) != 0) return false;
        slot->Stored |= MarkBit;
        return true;
    }

    public bool IsMarked(in Address address) => (Probe(slots, capacity, address)->Stored & MarkBit) != 0;

    /// <summary>Adds up the marked blobs' stored bytes for each pack.</summary>
    public void AddMarkedBytes(long[] byPack)
    {
        for (var slot = slots; slot < slots + capacity; slot++)
        {
            if (slot->Pack != 0 && (slot->Stored & MarkBit) != 0) byPack[slot->Pack - 1] += slot->Stored & LengthMask;
        }
    }

    public void Dispose()
    {
        Release(slots, file, view);
        slots = null;
    }

    static BlobPlace PlaceOf(Slot* slot) => new(
        (int)(slot->Pack - 1), slot->Offset, slot->Stored & LengthMask, slot->Raw & LengthMask,
        (slot->Raw & NodeBit) != 0 ? BlobKind.Node : BlobKind.Block, (slot->Stored & ZstdBit) != 0 ? BlobEncoding.Zstd : BlobEncoding.Raw);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Slot* Probe(Slot* slots, long capacity, in Address address)
    {
        // The address is random already: its bits are the hash. The table is never full.
        var i = (long)(address.A & (ulong)(capacity - 1));
        while (slots[i].Pack != 0 && (slots[i].A != address.A || slots[i].B != address.B)) i = (i + 1) & (capacity - 1);
        return slots + i;
    }

    void Grow()
    {
        var larger = Allocate(capacity * 2, out var largerFile, out var largerView);
        for (var slot = slots; slot < slots + capacity; slot++)
        {
            if (slot->Pack == 0) continue;
            *Probe(larger, capacity * 2, new Address(slot->A, slot->B, 0, 0)) = *slot;
        }
        Release(slots, file, view);
        slots = larger;
        (file, view, capacity) = (largerFile, largerView, capacity * 2);
    }

    static Slot* Allocate(long capacity, out MemoryMappedFile? file, out MemoryMappedViewAccessor? view)
    {
        var bytes = capacity * SlotBytes;
        (file, view) = (null, null);
        if (bytes <= InMemoryBytes) return (Slot*)NativeMemory.AllocZeroed((nuint)bytes);

        var path = Path.Combine(Path.GetTempPath(), $"kedge-addresses-{Keys.ObjectId.New()}");
        var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        stream.SetLength(bytes);
        file = MemoryMappedFile.CreateFromFile(stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        view = file.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return (Slot*)start;
    }

    static void Release(Slot* slots, MemoryMappedFile? file, MemoryMappedViewAccessor? view)
    {
        if (view is null)
        {
            NativeMemory.Free(slots);
            return;
        }
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file?.Dispose();
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Slot
    {
        public ulong A;
        public ulong B;
        public uint Pack;
        public uint Offset;
        public uint Stored;
        public uint Raw;
    }
}
