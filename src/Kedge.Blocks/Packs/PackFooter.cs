using System.Buffers.Binary;
using System.Security.Cryptography;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Packs;

/// <summary>Reads what a pack says about itself.</summary>
static class PackFooter
{
    public static async ValueTask<List<BlobEntry>> ReadAsync(IStore store, KeyRing ring, StoredObject pack, CancellationToken cancel)
    {
        var name = pack.Name;
        if (pack.LengthBytes < ObjectHeader.Length + BlobEntry.Tag + PackBuilder.TrailerLength) throw RepositoryException.Damaged(name, "it is too short for a pack");
        var header = new byte[ObjectHeader.Length];
        var trailer = new byte[PackBuilder.TrailerLength];
        await FillAsync(store, name, 0, header, cancel);
        await FillAsync(store, name, pack.LengthBytes - trailer.Length, trailer, cancel);

        var footerLength = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4));
        var at = pack.LengthBytes - trailer.Length - footerLength;
        if (!trailer.AsSpan(8).SequenceEqual("KDGPEND1"u8) || count > PackBuilder.MaxBlobs || footerLength != count * BlobEntry.Length + BlobEntry.Tag || at < ObjectHeader.Length)
            throw RepositoryException.Damaged(name, "its end is not that of a pack");

        var footer = new byte[(int)footerLength];
        await FillAsync(store, name, at, footer, cancel);
        return Open(ring, name, at, header, trailer, footer);
    }

    static List<BlobEntry> Open(KeyRing ring, string name, long at, byte[] header, byte[] trailer, byte[] footer)
    {
        var parsed = ObjectHeader.Parse(header, ObjectKind.Pack, name);
        if (Names.Pack(parsed.Id) != name) throw RepositoryException.Damaged(name, $"it is the pack {parsed.Id}, under a wrong name");
        var plain = new byte[footer.Length - BlobEntry.Tag];
        Span<byte> nonce = stackalloc byte[12];
        PackBuilder.NonceOf(at, nonce);
        using var cipher = ring.CipherOf(parsed, name);
        try
        {
            cipher.Decrypt(nonce, footer.AsSpan(0, plain.Length), footer.AsSpan(plain.Length), plain, [.. header, .. trailer]);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new RepositoryException(RepositoryFault.Damaged, $"{name} is damaged: the tag of its footer does not fit. Run a check of the repository.", e);
        }

        var entries = new List<BlobEntry>(plain.Length / BlobEntry.Length);
        long offset = ObjectHeader.Length;
        for (var i = 0; i < plain.Length; i += BlobEntry.Length)
        {
            var entry = BlobEntry.Parse(plain.AsSpan(i, BlobEntry.Length), name);
            entries.Add(entry);
            offset += entry.StoredLength;
        }
        return offset == at ? entries : throw RepositoryException.Damaged(name, "its blobs do not fill it");
    }

    static async ValueTask FillAsync(IStore store, string name, long offset, byte[] into, CancellationToken cancel)
    {
        var got = await store.ReadAsync(name, offset, into, cancel);
        if (got < 0) throw new RepositoryException(RepositoryFault.Missing, $"{name} is not in the repository.");
        if (got != into.Length) throw RepositoryException.Damaged(name, "it is shorter than the store said");
    }
}
