using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Events;

/// <summary>
/// Events of which every node is told: they are held until it is known which node decides, and that one passes them on. While there is none
/// for long, every node does; the id is the same, and the receiver can see that it is.
/// </summary>
public sealed class SharedEvents(string node)
{
    const int Most = 1000;

    /// <summary>So long after a loss the lost node may still be named as the DC.</summary>
    static readonly TimeSpan Settles = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    readonly Queue<(ClusterEvent Event, DateTimeOffset Came)> held = new();

    public void Add(ClusterEvent one, DateTimeOffset now)
    {
        if (held.Count >= Most)
            held.Dequeue();
        held.Enqueue((one, now));
    }

    /// <summary>It is time to ask who decides.</summary>
    public bool IsDue(DateTimeOffset now) => held.TryPeek(out var first) && now - first.Came >= Settles;

    /// <summary>What this node is to pass on now. What another passes on is forgotten; what nobody can decide yet stays.</summary>
    /// <param name="status">Null: the cluster did not answer.</param>
    public IReadOnlyList<ClusterEvent> Take(ClusterStatus? status, DateTimeOffset now)
    {
        var mine = new List<ClusterEvent>();
        for (var left = held.Count; left > 0; left--)
        {
            var (one, came) = held.Dequeue();
            // A node that was lost may be named for a moment more; one that joined may really be it.
            var mayBe = status?.Dc is { } named && (named != one.Node || one is { Kind: "node", Description: "member" });
            var dc = mayBe && status?.Dc is { } name && status.Nodes.Any(other => other.Name == name && other.Online && !other.Unclean) ? name : null;
            if (dc == node || (dc is null && now - came >= Longest))
                mine.Add(one);
            else if (dc is null || now - came < Settles)
                held.Enqueue((one, came));
        }
        return mine;
    }
}
