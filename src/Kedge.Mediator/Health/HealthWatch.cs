using System.Collections.Concurrent;
using Kedge.Mediator.Settings;
using Kedge.OpenStack;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Health;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Health;

/// <summary>
/// Looks at the sites, each in turns of its own, hears the witnesses, and remembers what is believed of each. Every mediator looks for itself:
/// each is the witness of others. Nothing is begun by this.
/// </summary>
sealed partial class HealthWatch(MediatorRecords records, MediatorSettings settings, WitnessCircle witnesses, HealthEvidence evidence, string own, TimeProvider clock, ILogger log)
{
    /// <summary>A look asks itself, the site and the witnesses, one after the other, and each has its own limit below this.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(2);

    readonly ConcurrentDictionary<string, SiteHealth> known = new(StringComparer.Ordinal);

    public HealthRules Rules { get; } = new();

    /// <summary>Of every site that was looked at and is still there.</summary>
    public IReadOnlyCollection<SiteHealth> All => [.. known.Values];

    public SiteHealth? Find(string site) => known.GetValueOrDefault(site);

    /// <summary>What this mediator itself saw last, for those whose witness it is; null: nothing, or it is cut off and its eyes are not to be believed.</summary>
    public SiteSighting? FindOwnSighting(string site) => known.GetValueOrDefault(site)?.Rounds.LastOrDefault() is { Self: not SelfCheck.Failed } round ? round.Own : null;

    /// <summary>One look at a site.</summary>
    public async Task TurnAsync(string site, CancellationToken cancel)
    {
        if (await records.Sites.FindAsync(site, cancel) is not { } record)
        {
            known.TryRemove(site, out _);
            return;
        }
        var watch = new SiteWatch(() => records.Reach.Connect(record), records.Reach.Transport, await AnchorsAsync(site, cancel), witnesses.All, clock);
        var before = known.GetValueOrDefault(site) ?? await evidence.FindAsync(site, cancel) ?? SiteHealth.Begin(site, clock.GetUtcNow());
        var after = await watch.LookAsync(before, own, Rules, cancel);
        known[site] = after;
        if (after.State != before.State)
            LogState(site, after.State, before.State, after.Rounds[^1].ViewBy(Rules), after.Rounds[^1].Self);
        await evidence.PutAsync(after, cancel);
    }

    /// <summary>What answers as long as this mediator is not cut off: other sites, and what an operator named.</summary>
    async Task<List<Uri>> AnchorsAsync(string site, CancellationToken cancel)
    {
        var anchors = settings.Anchors.ToList();
        foreach (var other in records.Sites.Names().Where(name => name != site))
        {
            try
            {
                if (await records.Sites.FindAsync(other, cancel) is { } record)
                    anchors.Add(records.Reach.AddressOf(record));
            }
            catch (Exception e) when (e is RecordException or SettingsException)
            {
                // One that cannot be read is no anchor; its own turn tells why.
            }
        }
        return anchors;
    }

    [LoggerMessage(3601, LogLevel.Warning, "Site {Site} is {State}, after {Before}; seen now: {View}, own way out: {Self}")]
    partial void LogState(string site, SiteState state, SiteState before, SiteView view, SelfCheck self);
}
