using System.Collections.Concurrent;
using Kedge.Mediator.Store;
using Kedge.OpenStack;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Sites;

namespace Kedge.Mediator.Api.Access;

/// <summary>
/// Of which project a site is: an entry of clouds.yaml is scoped to one, and the site says which when it lets us in. Written down, so that
/// it is known when the site is gone. A site that never answered is of no project, and seen by callers of all projects alone.
/// </summary>
sealed class SiteProjects(RecordFolder<SiteRecord> records, Func<SiteRecord, Site> connect, ApiDatabase database, TimeProvider clock)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan AskedAgain = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, (string Cloud, string? Project, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    /// <summary>Null: there is no such site, or nobody knows.</summary>
    public async Task<string?> FindAsync(string site, CancellationToken cancel)
    {
        if (await records.FindAsync(site, cancel) is not { } record)
            return null;
        var now = clock.GetUtcNow();
        if (known.TryGetValue(site, out var found) && found.Cloud == record.Cloud && (found.Project is not null || found.Until > now))
            return found.Project;
        var project = await database.FindAsync<string>("SELECT project FROM site_projects WHERE site = @site AND cloud = @Cloud", new { site, record.Cloud }, cancel)
            ?? await AskAsync(record, cancel);
        known[site] = (record.Cloud, project, now + AskedAgain);
        return project;
    }

    async Task<string?> AskAsync(SiteRecord record, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            var token = await connect(record).Tenant.AuthenticateAsync(either.Token);
            if (token.Project?.Id.Value is not { } project)
                return null;
            await database.ExecuteAsync(
                "INSERT INTO site_projects (site, cloud, project) VALUES (@Name, @Cloud, @project) ON CONFLICT (site) DO UPDATE SET cloud = excluded.cloud, project = excluded.project",
                new { record.Name, record.Cloud, project },
                cancel);
            return project;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is OpenStackException or SettingsException)
        {
            return null;
        }
    }
}
