using Kedge.Availability.Evidence;

namespace Kedge.Availability.Events;

/// <summary>
/// The directory between Pacemaker and us. Its alert agent only writes a small file and is gone; whatever a network does, Pacemaker never
/// waits for it. What is there when we start is told late, but told.
/// </summary>
public sealed class AlertSpool(string directory, string node, TimeProvider clock)
{
    /// <summary>An alert has some dozen short lines.</summary>
    const int MostBytes = 16 * 1024;

    /// <summary>As many as the agent leaves at most, and some that came meanwhile.</summary>
    const int MostAtOnce = 2000;

    readonly SeenLately lately = new(TimeSpan.FromMinutes(10), 4000);

    /// <summary>The alert agent found it full, and dropped what came, since this was last asked.</summary>
    public bool TakeOverflow()
    {
        var flag = Path.Combine(directory, "overflow");
        if (!File.Exists(flag))
            return false;
        File.Delete(flag);
        return true;
    }

    /// <summary>Takes all that lies there, in the order of its time; what is no alert is removed too. Empty when there is no such directory.</summary>
    /// <exception cref="IOException">A file cannot be removed: it would be told for ever.</exception>
    public async Task<IReadOnlyList<ClusterEvent>> TakeAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(directory))
            return [];
        var taken = new List<ClusterEvent>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.alert").Take(MostAtOnce))
        {
            var text = new FileInfo(path).Length <= MostBytes ? await File.ReadAllTextAsync(path, cancel) : "";
            File.Delete(path);
            if (ClusterEvent.Read(text, node, clock.GetUtcNow()) is { } one && lately.IsNew(one.Id, clock.GetUtcNow()))
                taken.Add(one);
        }
        return [.. taken.OrderBy(one => one.At)];
    }
}

/// <summary>Names and limits of what is kept on a node.</summary>
public static class EventFile
{
    const long Limit = 10 * 1024 * 1024;

    /// <summary><c>ha-events.jsonl</c> in the data directory.</summary>
    public static LineFile<ClusterEvent> In(string directory) => new(Path.Combine(directory, "ha-events.jsonl"), EvidenceJsonContext.Default.ClusterEvent, Limit);
}
