using System.Collections.Immutable;
using System.Text.Json;
using Kedge.OpenStack.Identity;
using Kedge.Plans;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Cleanup;

/// <summary>
/// Takes away what a run made of one kind at one site: what carries its mark now. From what a person took the mark he has taken it over, and
/// it is left to him. Only keypairs, which carry none, are known from the journal.
/// </summary>
/// <param name="Run">The run that is cleaned up after.</param>
/// <param name="Keypairs">Names of those that the run imported and that were not there before.</param>
public sealed record RemoveMade(string Site, string Run, MadeKind What, ImmutableArray<ImportedKeypair> Keypairs) : RecoveryStep
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public override string Title => $"Remove the {Words} of run {Run} at {Site}";

    public override IEnumerable<string> Lanes => [What switch
    {
        MadeKind.Server or MadeKind.ServerGroup or MadeKind.Keypair => Steps.Lanes.Compute(Site),
        MadeKind.Volume or MadeKind.VolumeOfSnapshot or MadeKind.Snapshot or MadeKind.Backup => Steps.Lanes.BlockStorage(Site),
        MadeKind.Image => Steps.Lanes.Images(Site),
        _ => Steps.Lanes.Network(Site),
    }];

    public override TimeSpan Expected => TimeSpan.FromSeconds(2);

    string Words => What switch
    {
        MadeKind.FloatingIp => "floating IPs",
        MadeKind.ServerGroup => "server groups",
        MadeKind.VolumeOfSnapshot => "volumes made of snapshots",
        MadeKind.SecurityGroup => "security groups",
        MadeKind.SecurityGroupRule => "rules in other security groups",
        _ => $"{What.ToString().ToLowerInvariant()}s",
    };

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        if (sites.Movers?.CallOffRun(Run) is false)
            return new StepOutcome.NotYet($"the movers to let go of what run {Run} ordered", Look);
        if (What is MadeKind.Keypair)
        {
            foreach (var keypair in Keypairs)
                await (keypair.Owner is null
                    ? site.Tenant.Compute.DeleteKeypairAsync(keypair.Name, null, cancel)
                    : (site.Admin ?? site.Tenant).Compute.DeleteKeypairAsync(keypair.Name, new UserId(keypair.Owner), cancel));
            return new StepOutcome.Done(Keypairs is [] ? "none" : $"removed {string.Join(", ", Keypairs.Select(k => k.Name).Distinct())}");
        }

        var kept = run.FindResult(CleanupRunbook.PointClosed)?.Deserialize(CleanupJsonContext.Default.KeptForPoint);
        var left = await MarkedResource.ListAsync(site.Tenant, What, Run, cancel).Where(made => kept?.Ids.Contains(made.Id) is not true).ToListAsync(cancel);
        foreach (var it in left)
            await Removal.RemoveAsync(site, What, it.Id, cancel);
        return left is []
            ? new StepOutcome.Done(kept is null ? $"{Site} has no {Words} of run {Run}" : $"{Site} has no {Words} of run {Run} but what point {kept.Point} needs")
            : new StepOutcome.NotYet($"the {Words} {string.Join(", ", left.Select(m => m.Id).Order(StringComparer.Ordinal))} to be gone", Look);
    }
}

/// <param name="Owner">Null: the user of the site's credentials.</param>
public sealed record ImportedKeypair(string Name, string? Owner);
