using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Points;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Definitions;

/// <summary>
/// Follows the definitions of all workloads of one site, a look a minute: what metadata may be lost is one interval. Not for use by two threads
/// at once. It remembers in memory only; the first look of a process captures everything.
/// <para>1. Servers are asked for what changed since the last look, with an overlap for clocks that disagree; what was seen then is no news.</para>
/// <para>2. The other lists of the project are read once for all workloads, and a hash of what belongs to each tells whether it changed.</para>
/// <para>3. A workload that changed, or that was not captured for an hour (tags, keys and flavors are in no list), is captured whole.</para>
/// <para>4. Its blueprint is stored where it differs from the newest version; the look itself is noted whatever came of it.</para>
/// </summary>
public sealed class DefinitionWatch(PointRepository repository, TimeProvider clock)
{
    /// <summary>How often to look: the RPO of metadata.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Far more than clocks that are kept by NTP ever disagree.</summary>
    static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);

    static readonly TimeSpan CapturedAnyway = TimeSpan.FromHours(1);

    /// <summary>Captures under way at once; the client's limits for each service hold as well.</summary>
    const int AtOnce = 4;

    readonly Dictionary<string, Followed> followed = new(StringComparer.Ordinal);
    Dictionary<ServerId, string> seenServers = [];
    DateTimeOffset? lastLook;

    /// <summary>One look at all of them. A workload, or a service, that fails is in the answer; nothing is thrown for it.</summary>
    /// <exception cref="RepositoryException">What was found cannot be stored.</exception>
    public async Task<ImmutableArray<DefinitionLook>> LookAsync(Site source, IReadOnlyList<Workload> workloads, CancellationToken cancel)
    {
        var started = clock.GetUtcNow();
        foreach (var forgotten in followed.Keys.Except(workloads.Select(workload => workload.Name)).ToList())
            followed.Remove(forgotten);
        ChangedServers changed;
        SourceLists lists;
        try
        {
            changed = await ChangedServersAsync(source.Tenant, cancel);
            lists = await SourceLists.ReadAsync(source, cancel);
        }
        catch (Exception e) when (e is CaptureException or OpenStackException)
        {
            return await EachAsync(workloads, workload => NoteAsync(workload, started, LookOutcome.Failed, null, e.Message, cancel), cancel);
        }
        var looks = await EachAsync(workloads, workload => LookAsync(workload, source, new Seen(started, changed.News, lists), cancel), cancel);
        // Only now: what was seen by a look that ended before it was stored is news to the next one.
        (seenServers, lastLook) = (changed.Seen, started);
        return looks;
    }

    async Task<ChangedServers> ChangedServersAsync(Cloud cloud, CancellationToken cancel)
    {
        // The first look only learns what the overlap of the second will show again.
        var last = lastLook ?? clock.GetUtcNow();
        var (news, seen) = (new List<Server>(), new Dictionary<ServerId, string>());
        await foreach (var server in cloud.Compute.ListServersAsync(new ServerFilter { ChangesSince = last - Overlap }, cancel))
        {
            var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(server)));
            seen[server.Id] = hash;
            if (seenServers.GetValueOrDefault(server.Id) != hash)
                news.Add(server);
        }
        return new ChangedServers(news, seen);
    }

    async Task<DefinitionLook> LookAsync(Workload workload, Site source, Seen seen, CancellationToken cancel)
    {
        var before = followed.GetValueOrDefault(workload.Name);
        if (before is not null && before.Of == workload && seen.At - before.CapturedAt < CapturedAnyway
            && !seen.Changed.Any(server => MayBelong(server, workload, before.Blueprint))
            && seen.Lists.HashFor(before.Blueprint, IsWhole(workload)) == before.ListHash)
        {
            return await NoteAsync(workload, seen.At, LookOutcome.Same, before.Version, null, cancel);
        }
        lock (followed)
            followed.Remove(workload.Name);
        try
        {
            var captured = await new BlueprintCapture(clock).CaptureAsync(workload, source, progress: null, cancel);
            var (newest, isNew) = await repository.DefinitionsOf(workload.Name).PutAsync(captured.Blueprint, captured.StartedAt, cancel);
            lock (followed)
                followed[workload.Name] = new Followed(workload, captured.Blueprint, newest.Id, seen.At, seen.Lists.HashFor(captured.Blueprint, IsWhole(workload)));
            return await NoteAsync(workload, seen.At, isNew ? LookOutcome.Changed : LookOutcome.Same, newest.Id, null, cancel);
        }
        catch (Exception e) when (e is CaptureException or OpenStackException)
        {
            return await NoteAsync(workload, seen.At, LookOutcome.Failed, null, e.Message, cancel);
        }
    }

    async Task<DefinitionLook> NoteAsync(Workload workload, DateTimeOffset at, LookOutcome outcome, string? version, string? why, CancellationToken cancel)
    {
        var history = repository.DefinitionsOf(workload.Name);
        var before = await history.FindLookAsync(cancel);
        var failed = outcome is LookOutcome.Failed;
        var look = new DefinitionLook
        {
            Workload = workload.Name,
            LookedAt = at,
            Outcome = outcome,
            LastSeenAt = failed ? before?.LastSeenAt : at,
            Version = version ?? before?.Version,
            Why = why,
            FailedInARow = failed ? (before?.FailedInARow ?? 0) + 1 : 0,
        };
        await history.PutLookAsync(look, cancel);
        return look;
    }

    /// <summary>A server that is known, or that the selection could mean: of a stack only Heat knows, so any new server may be its.</summary>
    static bool MayBelong(Server server, Workload workload, Blueprint blueprint) =>
        blueprint.Servers.Any(known => known.Id.Value == server.Id.Value) || workload.Selection switch
        {
            WorkloadSelection.ByServers => false,
            WorkloadSelection.ByTag tag => server.Tags.Contains(tag.Tag),
            WorkloadSelection.ByMetadata metadata => server.Metadata.TryGetValue(metadata.Key, out var value) && value == metadata.Value,
            _ => true,
        };

    static bool IsWhole(Workload workload) => workload.Selection is WorkloadSelection.WholeProject;

    static async Task<ImmutableArray<DefinitionLook>> EachAsync(IReadOnlyList<Workload> workloads, Func<Workload, Task<DefinitionLook>> look, CancellationToken cancel)
    {
        var looks = new DefinitionLook[workloads.Count];
        var next = -1;
        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var at && at < workloads.Count)
            {
                cancel.ThrowIfCancellationRequested();
                looks[at] = await look(workloads[at]);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, workloads.Count)).Select(_ => WorkAsync()));
        return [.. looks];
    }

    /// <param name="News">Those that are not as the look before saw them.</param>
    /// <param name="Seen">What the next look holds them against.</param>
    sealed record ChangedServers(IReadOnlyList<Server> News, Dictionary<ServerId, string> Seen);

    /// <summary>What one look saw of the project.</summary>
    sealed record Seen(DateTimeOffset At, IReadOnlyList<Server> Changed, SourceLists Lists);

    /// <param name="Of">The workload as it was then: another selection means other servers.</param>
    /// <param name="CapturedAt">By the look, not by the capture: changes of the minute in between are seen by the next one.</param>
    sealed record Followed(Workload Of, Blueprint Blueprint, string Version, DateTimeOffset CapturedAt, string ListHash);
}
