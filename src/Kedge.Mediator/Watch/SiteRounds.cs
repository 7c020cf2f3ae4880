using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Watch;

/// <summary>
/// Goes round the sites again and again: each one has a turn of its own, beside those of the others, so that a slow site holds up nobody else.
/// A turn that takes too long is cut off. At the stop all turns are awaited.
/// </summary>
/// <param name="what">For the log: following definitions.</param>
/// <param name="every">From the begin of a site's turn to the begin of its next.</param>
/// <param name="atMost">A turn may take.</param>
/// <param name="names">The sites that there are now.</param>
sealed partial class SiteRounds(
    string what, TimeSpan every, TimeSpan atMost, Func<IReadOnlyList<string>> names, Func<string, CancellationToken, Task> turn, TimeProvider clock, ILogger log)
    : BackgroundService
{
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    readonly Dictionary<string, (Task Task, DateTimeOffset NextAt)> turns = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> troubles = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Begin(stoppingToken);
            }
#pragma warning disable CA1031 // A host's loop: a folder that cannot be listed now is listed a second later.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Tell("the sites", e);
            }
            await Task.Delay(Tick, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(turns.Values.Select(each => each.Task));
    }

    void Begin(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var known = names();
        foreach (var name in known)
        {
            if (!turns.TryGetValue(name, out var last) || (last.Task.IsCompleted && now >= last.NextAt))
                turns[name] = (TurnAsync(name, stop), now + every);
        }
        foreach (var gone in turns.Where(each => each.Value.Task.IsCompleted && !known.Contains(each.Key)).Select(each => each.Key).ToList())
            turns.Remove(gone);
    }

    async Task TurnAsync(string site, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            // Not on the thread that begins the others.
            await Task.Run(() => turn(site, either.Token), either.Token);
            lock (gate)
                troubles.Remove(site);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The mediator stops.
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Tell(site, new TimeoutException($"It took longer than {atMost} and was cut off."));
        }
#pragma warning disable CA1031 // A host's loop: what fails at one site is tried again at its next turn, and the others go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Tell(site, e);
        }
    }

    /// <summary>Said again only when it is something else.</summary>
    void Tell(string site, Exception e)
    {
        lock (gate)
        {
            if (troubles.TryGetValue(site, out var before) && before == e.Message)
                return;
            troubles[site] = e.Message;
        }
        LogFailed(what, site, e.GetType().Name, e.Message);
    }

    [LoggerMessage(3405, LogLevel.Warning, "{What} failed at {Site} and is tried again: {Kind}: {Message}")]
    partial void LogFailed(string what, string site, string kind, string message);
}
