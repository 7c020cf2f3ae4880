using System.Runtime.CompilerServices;
using Kedge.Recovery.Health;
using Kedge.Recovery.SiteLoss;

namespace Kedge.Mediator.Desk;

/// <summary>Sites, over the records.</summary>
public sealed class SiteDesk(DeskParts parts)
{
    readonly MediatorRecords records = parts.Records;

    public async IAsyncEnumerable<V1.Site> ListAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var name in records.Sites.Names())
        {
            if (await records.Sites.FindAsync(name, cancel) is { } site)
                yield return Contracts.Of(site);
        }
    }

    public async Task<V1.Site> GetAsync(string name, CancellationToken cancel) => Contracts.Of(await records.Sites.GetAsync(name, cancel));

    public async Task<V1.SiteAccess> LookAsync(string name, CancellationToken cancel)
    {
        var record = await records.Sites.GetAsync(name, cancel);
        var token = await records.Connect(record).Tenant.AuthenticateAsync(cancel);
        return new V1.SiteAccess(Contracts.Of(record), token.Project?.Name, token.Project?.Id.Value, token.User.Id.Value, [.. token.Roles.Select(role => role.Name)]);
    }

    public async Task<V1.SiteHealth> HealthAsync(string name, CancellationToken cancel)
    {
        await records.Sites.GetAsync(name, cancel);
        return Contracts.Of(await HealthFile.FindAsync(records.DataPath, name, cancel) ?? SiteHealth.Begin(name, parts.Clock.GetUtcNow()), new HealthRules());
    }

    public async Task<V1.SiteLossPreview> PreviewLossAsync(string name, CancellationToken cancel)
    {
        await records.Sites.GetAsync(name, cancel);
        return Contracts.Of(await SiteLossPreview.OfAsync(await parts.RecoveryAsync(cancel), name, cancel));
    }
}
