using System.Security.Cryptography;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Packs;

/// <summary>Fetches blobs by address: range, decrypt, decompress. One per lane, not for two threads.</summary>
sealed class BlobReader(IStore store, KeyRing ring, Catalog catalog) : IDisposable
{
    /// <summary>Neighbours in a pack are fetched together up to this.</summary>
    public const int MaxRangeBytes = 4 << 20;

    const int CiphersKept = 4;
    readonly Zstd zstd = new();
    readonly BlobHash hash = new(ring);
    readonly (int Pack, AesGcm Cipher)[] ciphers = new (int, AesGcm)[CiphersKept];
    byte[] fetched = [];
    byte[] frame = [];
    int nextCipher;

    public Catalog Catalog => catalog;

    public BlobHash Hash => hash;

    /// <summary>Reads one blob and compares its content with its address.</summary>
    public async ValueTask<int> ReadAsync(Address address, BlobKind kind, Memory<byte> into, CancellationToken cancel)
    {
        if (!catalog.TryFind(address, out var place) || place.Kind != kind)
            throw new RepositoryException(RepositoryFault.Missing, $"The {kind} {address} is in no index. Run: repository check --rebuild-index");
        if (place.RawLength > into.Length) throw RepositoryException.Damaged($"The {kind} {address}", $"it has {place.RawLength} bytes where {into.Length} were expected at most");
        var stored = await FetchAsync(place.Pack, place.Offset, (int)place.StoredLength, cancel);
        var content = into[..(int)place.RawLength];
        await OpenAsync(place, stored, content, cancel);
        if (hash.Of(kind, content.Span) != address) throw RepositoryException.Damaged(NameOf(place), $"the {kind} at {place.Offset} does not hash to its address");
        return content.Length;
    }

    /// <summary>A range of a pack, valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> FetchAsync(int pack, long offset, int length, CancellationToken cancel)
    {
        if (fetched.Length < length) fetched = GC.AllocateUninitializedArray<byte>(Math.Max(length, Math.Min(4 * length, MaxRangeBytes)));
        var name = Names.Pack(catalog.PackOf(pack));
        var got = await store.ReadAsync(name, offset, fetched.AsMemory(0, length), cancel);
        if (got < 0) throw new RepositoryException(RepositoryFault.Missing, $"{name} is not in the repository. If a prune has just moved it, try again.");
        return got == length ? fetched.AsMemory(0, length) : throw RepositoryException.Damaged(name, $"it ends at {offset + got}, where {offset + length} was expected");
    }

    /// <summary>Decrypts and decompresses one blob into exactly its raw length. The address is for the caller to compare.</summary>
    public async ValueTask OpenAsync(BlobPlace place, ReadOnlyMemory<byte> stored, Memory<byte> into, CancellationToken cancel)
    {
        var cipher = await CipherAsync(place.Pack, cancel);
        OpenWith(cipher, place, stored.Span, into.Span);
    }

    public void Dispose()
    {
        foreach (var (_, cipher) in ciphers) cipher?.Dispose();
        zstd.Dispose();
        hash.Dispose();
    }

    void OpenWith(AesGcm cipher, in BlobPlace place, ReadOnlySpan<byte> stored, Span<byte> into)
    {
        Span<byte> nonce = stackalloc byte[12];
        PackBuilder.NonceOf(place.Offset, nonce);
        var length = stored.Length - BlobEntry.Tag;
        var isRaw = place.Encoding == BlobEncoding.Raw;
        if (isRaw && length != into.Length) throw RepositoryException.Damaged(NameOf(place), $"the blob at {place.Offset} has a wrong length");
        if (!isRaw && frame.Length < length) frame = GC.AllocateUninitializedArray<byte>(Math.Max(length, into.Length));
        var plain = isRaw ? into : frame.AsSpan(0, length);
        try
        {
            cipher.Decrypt(nonce, stored[..length], stored[length..], plain);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new RepositoryException(RepositoryFault.Damaged, $"{NameOf(place)} is damaged: the tag of the blob at {place.Offset} does not fit. What does not need this blob stays readable.", e);
        }
        if (!isRaw && !zstd.TryDecompress(plain, into)) throw RepositoryException.Damaged(NameOf(place), $"the blob at {place.Offset} does not decompress to its length");
    }

    async ValueTask<AesGcm> CipherAsync(int pack, CancellationToken cancel)
    {
        foreach (var (number, kept) in ciphers)
        {
            if (kept is not null && number == pack) return kept;
        }

        // The header says which generation of keys the pack has; blobs are useless without it.
        var name = Names.Pack(catalog.PackOf(pack));
        var bytes = new byte[ObjectHeader.Length];
        if (await store.ReadAsync(name, 0, bytes, cancel) != bytes.Length) throw RepositoryException.Damaged(name, "it has no header");
        var header = ObjectHeader.Parse(bytes, ObjectKind.Pack, name);
        if (header.Id != catalog.PackOf(pack)) throw RepositoryException.Damaged(name, $"it is the pack {header.Id}, under a wrong name");
        var cipher = ring.CipherOf(header, name);
        ciphers[nextCipher].Cipher?.Dispose();
        ciphers[nextCipher] = (pack, cipher);
        nextCipher = (nextCipher + 1) % CiphersKept;
        return cipher;
    }

    string NameOf(in BlobPlace place) => Names.Pack(catalog.PackOf(place.Pack));
}
