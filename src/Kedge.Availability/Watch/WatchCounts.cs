using Kedge.Availability.Metrics;

namespace Kedge.Availability.Watch;

/// <summary>What the watcher of a node has done since it was started.</summary>
public sealed class WatchCounts
{
    readonly Lock gate = new();
    readonly SortedDictionary<(string Resource, string Suspicion, string Verdict), int> suspicions = [];
    readonly SortedDictionary<string, int> events = new(StringComparer.Ordinal);

    public void Add(WatchNote note)
    {
        lock (gate)
        {
            var key = (note.Resource, note.Suspicion.ToString(), note.Verdict.ToString());
            suspicions[key] = suspicions.GetValueOrDefault(key) + 1;
        }
    }

    public void AddEvent(string kind)
    {
        lock (gate)
            events[kind] = events.GetValueOrDefault(kind) + 1;
    }

    public MetricsText Write(MetricsText text, int watched, bool pacemakerAnswers)
    {
        lock (gate)
        {
            return text
                .Gauge("kedge_ha_watch_resources", "Resources that the watcher of this node looks at now.", watched)
                .Gauge("kedge_ha_watch_pacemaker", "1: Pacemaker answers the watcher.", pacemakerAnswers ? 1 : 0)
                .Counter("kedge_ha_watch_suspicions_total", "What the watcher suspected, and what became of it.", suspicions.Select(pair =>
                    ((IReadOnlyList<(string, string)>)[("resource", pair.Key.Resource), ("suspicion", pair.Key.Suspicion), ("verdict", pair.Key.Verdict)], (double)pair.Value)))
                .Counter("kedge_ha_events_total", "Events taken from Pacemaker's alerts on this node.", events.Select(pair =>
                    ((IReadOnlyList<(string, string)>)[("kind", pair.Key)], (double)pair.Value)));
        }
    }
}
