namespace Kedge.Blocks.Stores;

/// <summary>Whole objects, bounded.</summary>
static class StoreReading
{
    /// <summary>Larger than any object we write that is read whole.</summary>
    public const int MaxWholeBytes = 64 << 20;

    public static async ValueTask<byte[]?> FindWholeAsync(this IStore store, string name, CancellationToken cancel)
    {
        // Most objects that are read whole are small: one read answers for them, and says so by being short.
        var first = new byte[4096];
        var got = await store.ReadAsync(name, 0, first, cancel);
        if (got < 0) return null;
        if (got < first.Length) return first[..got];

        if (await store.FindAsync(name, cancel) is not { } found) return null;
        if (found.LengthBytes > MaxWholeBytes) throw RepositoryException.Damaged(name, $"it has {found.LengthBytes} bytes, more than any of its kind");
        var whole = new byte[(int)found.LengthBytes];
        var read = await store.ReadAsync(name, 0, whole, cancel);
        return read == whole.Length ? whole : throw RepositoryException.Damaged(name, "it is shorter than the store said");
    }

    public static async ValueTask<byte[]> GetWholeAsync(this IStore store, string name, CancellationToken cancel) =>
        await store.FindWholeAsync(name, cancel) ?? throw new RepositoryException(RepositoryFault.Missing, $"{name} is not in the repository.");
}
