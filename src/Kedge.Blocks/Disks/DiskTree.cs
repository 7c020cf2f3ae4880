using System.Runtime.InteropServices;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Packs;

namespace Kedge.Blocks.Disks;

/// <summary>The pages of a disk in the repository. The list of pages is in memory (512 KiB for a TiB), a page is read when it is asked for.</summary>
sealed class DiskTree
{
    readonly Address[] pages;

    DiskTree(DiskRecord disk, Address[] pages)
    {
        Disk = disk;
        this.pages = pages;
    }

    public DiskRecord Disk { get; }

    public Address this[int page] => pages[page];

    public static async ValueTask<DiskTree> OpenAsync(KeyRing ring, BlobReader reader, DiskRecord disk, CancellationToken cancel)
    {
        if (DiskRecord.RootOf(ring, disk.Shape, disk.Rolls.AsSpan()) != disk.Root) throw RepositoryException.Damaged($"The disk {disk.Name}", "its root does not fit its rolls");
        var pages = new Address[disk.Shape.Pages];
        for (var roll = 0; roll < disk.Rolls.Length; roll++)
        {
            if (disk.Rolls[roll].IsZero) continue;
            var bytes = new byte[disk.Shape.PagesIn(roll) * Address.Length];
            if (await reader.ReadAsync(disk.Rolls[roll], BlobKind.Node, bytes, cancel) != bytes.Length) throw RepositoryException.Damaged($"The disk {disk.Name}", $"its roll {roll} is too short");
            bytes.CopyTo(MemoryMarshal.AsBytes(pages.AsSpan(roll * DiskShape.PagesPerRoll)));
        }
        return new DiskTree(disk, pages);
    }

    /// <summary>The entries of a page, into the front of <paramref name="entries"/>.</summary>
    public async ValueTask ReadPageAsync(BlobReader reader, int page, Memory<byte> entries, CancellationToken cancel)
    {
        var length = Disk.Shape.BlocksIn(page) * PageEntry.Length;
        if (pages[page].IsZero)
            entries.Span[..length].Clear();
        else if (await reader.ReadAsync(pages[page], BlobKind.Node, entries[..length], cancel) != length)
            throw RepositoryException.Damaged($"The disk {Disk.Name}", $"its page {page} is too short");
    }

    public static Span<PageEntry> Entries(Span<byte> page) => MemoryMarshal.Cast<byte, PageEntry>(page);

    public static byte[] NewPage() => new byte[DiskShape.BlocksPerPage * PageEntry.Length];
}
