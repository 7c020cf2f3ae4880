using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Tests.Stores;

/// <summary>A store that can be damaged, and that can lose power at any call.</summary>
sealed class MemoryStore : IStore
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Called before each operation with its kind and name; throwing is how a test cuts the power.</summary>
    public Action<string, string> Before { get; set; } = (_, _) => { };

    public long ReadBytes;

    public ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Before("put", name);
        return ValueTask.FromResult(Objects.TryAdd(name, content.ToArray()));
    }

    public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel)
    {
        Before("read", name);
        if (!Objects.TryGetValue(name, out var bytes)) return ValueTask.FromResult(-1);
        var from = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
        from = from[..Math.Min(from.Length, into.Length)];
        from.CopyTo(into.Span);
        Interlocked.Add(ref ReadBytes, from.Length);
        return ValueTask.FromResult(from.Length);
    }

    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) =>
        ValueTask.FromResult<StoredObject?>(Objects.TryGetValue(name, out var bytes) ? new StoredObject(name, bytes.Length, default) : null);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        await ValueTask.CompletedTask;
        Before("list", prefix);
        foreach (var (name, bytes) in Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(o => o.Key, StringComparer.Ordinal))
            yield return new StoredObject(name, bytes.Length, default);
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancel)
    {
        Before("delete", name);
        Objects.TryRemove(name, out _);
        return ValueTask.CompletedTask;
    }

    public MemoryStore Copy()
    {
        var copy = new MemoryStore();
        foreach (var (name, bytes) in Objects) copy.Objects[name] = [.. bytes];
        return copy;
    }
}
