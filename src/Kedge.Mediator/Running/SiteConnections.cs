using Kedge.Plans;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Moving;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;

namespace Kedge.Mediator.Running;

/// <summary>
/// One connection to each site for all runs of this mediator, so that its limits of calls hold for all of them together. Made anew when the
/// record changed, and once an hour, so that changed credentials come into use; what is under way keeps the one it began with.
/// </summary>
sealed class SiteConnections(RecordFolder<SiteRecord> records, Func<SiteRecord, Site> connect, MoveBoard movers, IJournal journal, TimeProvider clock)
{
    static readonly TimeSpan LongestUse = TimeSpan.FromHours(1);

    readonly Lock gate = new();
    readonly Dictionary<string, (SiteRecord Record, Site Site, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <exception cref="RecordException">There is no such site, or its file cannot be read.</exception>
    public async Task<Site> GetAsync(string name, CancellationToken cancel)
    {
        var record = await records.GetAsync(name, cancel);
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (known.TryGetValue(name, out var found) && found.Record == record && found.Until > now)
                return found.Site;
            var site = connect(record);
            known[name] = (record, site, now + LongestUse);
            return site;
        }
    }

    /// <param name="desk">For runs that begin other runs; null for all others.</param>
    public async Task<SiteSet> OfAsync(IEnumerable<string> names, RecoveryDesk? desk, CancellationToken cancel)
    {
        var sites = new Dictionary<string, Site>(StringComparer.Ordinal);
        foreach (var name in names.Distinct())
            sites[name] = await GetAsync(name, cancel);
        return new SiteSet(sites, desk) { Movers = movers, PointsInUseAsync = (workload, asked) => PointsInUse.OfAsync(journal, workload, asked) };
    }
}
