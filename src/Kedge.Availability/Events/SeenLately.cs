namespace Kedge.Availability.Events;

/// <summary>Remembers ids for a while, and not more than a number of them: the oldest is forgotten first.</summary>
public sealed class SeenLately(TimeSpan keeps, int most)
{
    readonly Dictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    readonly Queue<string> order = new();

    /// <summary>False: it was here before, and not long ago.</summary>
    public bool IsNew(string id, DateTimeOffset now)
    {
        while (order.TryPeek(out var oldest) && (order.Count >= most || now - seen[oldest] >= keeps))
            seen.Remove(order.Dequeue());
        if (!seen.TryAdd(id, now))
            return false;
        order.Enqueue(id);
        return true;
    }
}
