using System.Net;
using Kedge.Availability.Drills;
using Kedge.Availability.Events;
using Kedge.Availability.Evidence;
using Kedge.Availability.Fencing;
using Kedge.Availability.Metrics;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>What a node's watcher is to do besides watching; null: not that.</summary>
/// <param name="DataPath">For the journal of events.</param>
/// <param name="Spool">Where Pacemaker's alert agent leaves its alerts.</param>
/// <param name="Socket">Unix socket on which events are told.</param>
/// <param name="Webhook">Where they are posted.</param>
/// <param name="Listen">Address of the metrics.</param>
public sealed record WatchPostSettings(string DataPath, string Spool, string? Socket, Uri? Webhook, IPEndPoint? Listen);

/// <summary>All that <c>kedge ha watch</c> does on a node, side by side until cancelled: none of its parts waits for another.</summary>
public sealed class WatchPost : IDisposable
{
    static readonly TimeSpan TakeEvery = TimeSpan.FromMilliseconds(250);

    readonly string node;
    readonly TimeProvider clock;
    readonly Cluster cluster;
    readonly NodeWatch watch;
    readonly AlertSpool spool;
    readonly LineFile<ClusterEvent> journal;
    readonly WatchPostSettings settings;
    readonly Action<string> log;
    readonly WatchCounts counts = new();
    readonly EventSocket? socket;
    readonly Webhook? webhook;
    readonly MetricsEndpoint? endpoint;
    readonly SharedEvents shared;

    /// <param name="log">A line for whoever reads the watcher's output.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The socket or the address cannot be listened on.</exception>
    public WatchPost(IClusterCommands commands, string node, WatchSettings pace, WatchPostSettings settings, TimeProvider clock, Action<string> log)
    {
        this.node = node;
        this.clock = clock;
        this.settings = settings;
        this.log = log;
        cluster = new Cluster(commands, clock);
        watch = new NodeWatch(commands, node, pace, clock, Note);
        spool = new AlertSpool(settings.Spool, node, clock);
        journal = EventFile.In(settings.DataPath);
        shared = new SharedEvents(node);
        socket = settings.Socket is { } path ? new EventSocket(path) : null;
        webhook = settings.Webhook is { } url ? new Webhook(url, null, clock) : null;
        endpoint = settings.Listen is { } address ? new MetricsEndpoint(address, PageAsync, clock) : null;
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] parts = [watch.RunAsync(end.Token), TakeAlertsAsync(end.Token), socket?.RunAsync(end.Token) ?? Forever(end.Token), webhook?.RunAsync(end.Token) ?? Forever(end.Token), endpoint?.RunAsync(end.Token) ?? Forever(end.Token)];
        try
        {
            // None ends by itself: the first that does has failed, and systemd starts all anew.
            await await Task.WhenAny(parts);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        watch.Dispose();
        socket?.Dispose();
        webhook?.Dispose();
        endpoint?.Dispose();
    }

    Task Forever(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);

    async Task TakeAlertsAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                foreach (var one in await spool.TakeAsync(cancel))
                    Tell(one);
                if (spool.TakeOverflow())
                    log($"{settings.Spool} was full: alerts of Pacemaker are lost.");
                await TellSharedAsync(cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log($"Alerts cannot be taken or written down: {e.Message}");
            }
            await Task.Delay(TakeEvery, clock, cancel);
        }
    }

    void Tell(ClusterEvent one)
    {
        counts.AddEvent(one.Kind);
        socket?.Tell(one);
        if (one.ConcernsAll)
            shared.Add(one, clock.GetUtcNow());
        else
            webhook?.Add(one);
        // What was started just now is to be watched from now on.
        watch.LookNow();
        journal.Append(one);
    }

    /// <summary>Of what every node is told, one node tells the webhook: the DC, once there is one.</summary>
    async Task TellSharedAsync(CancellationToken cancel)
    {
        if (webhook is null || !shared.IsDue(clock.GetUtcNow()))
            return;
        try
        {
            var status = await cluster.ReadStatusAsync(cancel);
            foreach (var one in shared.Take(status, clock.GetUtcNow()))
                webhook.Add(one);
        }
        catch (ClusterException)
        {
            foreach (var one in shared.Take(null, clock.GetUtcNow()))
                webhook.Add(one);
        }
    }

    void Note(WatchNote note)
    {
        counts.Add(note);
        // The same again and again is a number, not news.
        if (note.Verdict is Verdict.TooOften)
            return;
        log($"{note.Resource}: {note.Suspicion}; {note.Verdict} after {note.Took.TotalMilliseconds:0} ms ({note.Detail})");
        var one = new ClusterEvent(
            Guid.CreateVersion7(note.At).ToString("N"), note.At, "watch", node, note.Resource, note.Suspicion.ToString(), null, $"{note.Verdict}: {note.Detail}", node);
        socket?.Tell(one);
        if (note.Verdict is Verdict.Told)
            webhook?.Add(one);
        try
        {
            journal.Append(one);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log($"The event cannot be written down: {e.Message}");
        }
    }

    async Task<string> PageAsync(CancellationToken cancel)
    {
        var text = counts.Write(new MetricsText(), watch.Count, watch.PacemakerAnswers);
        if (webhook is not null)
        {
            text.Counter("kedge_ha_webhook_delivered_total", "Events that the webhook took.", webhook.Delivered)
                .Counter("kedge_ha_webhook_dropped_total", "Events that it did not take, or that found the queue full.", webhook.Dropped);
        }
        try
        {
            var status = await cluster.ReadStatusAsync(cancel);
            var proofs = await FenceProofs.In(settings.DataPath).ReadAsync(cancel);
            var drills = await DrillHistory.In(settings.DataPath).ReadAsync(cancel);
            return ClusterMetrics.Write(text, status, proofs, drills, clock.GetUtcNow()).ToString();
        }
        catch (ClusterException)
        {
            return text.Gauge("kedge_ha_up", "1: Pacemaker's tools answered.", 0).ToString();
        }
    }
}
