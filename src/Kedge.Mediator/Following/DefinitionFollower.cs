using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kedge.Mediator.Running;
using Kedge.Mediator.Watch;
using Kedge.Plans;
using Kedge.Recovery.Definitions;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Workloads;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Following;

/// <summary>
/// Follows the definitions of all workloads, site by site, as <c>kedge workload follow</c> does. One mediator of several does it: each would
/// have to read everything by itself first. A paused workload is not followed, nor one that was failed over, whose source is not what is to be
/// protected any more.
/// </summary>
sealed partial class DefinitionFollower(MediatorRecords records, IJournal journal, SiteConnections sites, Leader leader, TimeProvider clock, ILogger log)
{
    /// <summary>Of one site; a look that takes longer is begun anew.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(15);

    readonly ConcurrentDictionary<string, DefinitionWatch> watches = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> failing = new(StringComparer.Ordinal);

    /// <summary>One look at the workloads of a site.</summary>
    /// <exception cref="Recovery.Points.RepositoryException">What was found cannot be stored.</exception>
    public async Task TurnAsync(string site, CancellationToken cancel)
    {
        var followed = await leader.IsItAsync(cancel) ? await FollowedAsync(site, cancel) : [];
        if (followed.IsEmpty)
        {
            watches.TryRemove(site, out _);
            return;
        }
        if (!watches.TryGetValue(site, out var watch))
            watches[site] = watch = new DefinitionWatch(await records.OpenRepositoryAsync(cancel), clock);
        foreach (var look in await watch.LookAsync(await sites.GetAsync(site, cancel), followed, cancel))
            Tell(look);
    }

    async Task<ImmutableArray<Workload>> FollowedAsync(string site, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<Workload>();
        foreach (var name in records.Workloads.Names())
        {
            try
            {
                if (await records.Workloads.FindAsync(name, cancel) is { IsPaused: false } workload && workload.From == site)
                    found.Add(workload);
            }
            catch (RecordException)
            {
                // The patrol tells of it.
            }
        }
        if (found.Count == 0)
            return [];
        var copies = await LiveCopy.FindAllAsync(journal, cancel);
        return [.. found.Where(workload => !copies.ContainsKey(workload.Name))];
    }

    void Tell(DefinitionLook look)
    {
        if (look.Outcome is not LookOutcome.Failed)
            failing.TryRemove(look.Workload, out _);
        if (look.Outcome is LookOutcome.Changed)
            LogChanged(look.Workload, look.Version ?? "");
        // The alarm says so once; this says each new reason.
        else if (look is { Outcome: LookOutcome.Failed, Why: { } why } && (!failing.TryGetValue(look.Workload, out var before) || before != why))
            LogFailed(look.Workload, failing[look.Workload] = why);
    }

    [LoggerMessage(3801, LogLevel.Information, "The definition of {Workload} changed: version {Version}")]
    partial void LogChanged(string workload, string version);

    [LoggerMessage(3802, LogLevel.Warning, "The definition of {Workload} cannot be captured: {Why}")]
    partial void LogFailed(string workload, string why);
}
