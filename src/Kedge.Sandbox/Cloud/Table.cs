using System.Collections;

namespace Kedge.Sandbox.Cloud;

/// <summary>Resources by id, in the order in which they were made.</summary>
sealed class Table<T>(Func<T, string> id) : IEnumerable<T> where T : class
{
    readonly Dictionary<string, LinkedListNode<T>> byId = new(StringComparer.Ordinal);
    readonly LinkedList<T> inOrder = [];

    public int Count => byId.Count;

    public void Add(T item) => byId.Add(id(item), inOrder.AddLast(item));

    public T? Find(string key) => byId.TryGetValue(key, out var node) ? node.Value : null;

    public bool Has(string key) => byId.ContainsKey(key);

    public void Remove(T item)
    {
        if (byId.Remove(id(item), out var node))
            inOrder.Remove(node);
    }

    /// <summary>As Nova, Cinder and Glance list by default.</summary>
    public IEnumerable<T> NewestFirst()
    {
        for (var node = inOrder.Last; node is not null; node = node.Previous)
            yield return node.Value;
    }

    public IEnumerator<T> GetEnumerator() => inOrder.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
