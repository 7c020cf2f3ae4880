namespace Kedge.Blocks.Stores;

/// <summary>A name in a store, with the length of what stands there and when it was put, by the store's clock.</summary>
public readonly record struct StoredObject(string Name, long LengthBytes, DateTimeOffset PutAt);

/// <summary>
/// A flat map from names to immutable bytes (docs/formats/repository.md, section 1). Every implementation passes the same conformance suite.
/// Failures of the store are <see cref="RepositoryException"/> with <see cref="RepositoryFault.Unavailable"/>.
/// </summary>
public interface IStore
{
    /// <summary>Puts all of it, durably, or nothing. False when the name is taken, whatever stands there.</summary>
    ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel);

    /// <summary>Fills <paramref name="into"/> from <paramref name="offset"/>; fewer bytes only at the object's end. -1 when there is no such object.</summary>
    ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel);

    /// <summary>The object, or null when there is none.</summary>
    ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel);

    /// <summary>All objects whose names begin with the prefix, in ordinal order of their names.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancel);

    /// <summary>Deletes; what is absent already is fine.</summary>
    ValueTask DeleteAsync(string name, CancellationToken cancel);
}
