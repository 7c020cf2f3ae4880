using Kedge.OpenStack.Identity;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A keypair carries no mark: it has a name and a key. Whether it was there before the run is therefore written down before the run imports
/// it; otherwise, after a crash in between, nobody could tell whether cleanup may take it away.
/// </summary>
/// <param name="Owner">User at the target; null: the one whose credentials create the servers.</param>
public sealed record LookForKeypair(string Site, KeypairBlueprint Keypair, string? Owner) : RecoveryStep
{
    public override string Title => $"Look for keypair {Keypair.Name}{(Owner is null ? "" : $" of its owner {Owner}")}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public static string IdOf(KeypairBlueprint keypair, string? owner) => $"{StepIds.Keypair(keypair.Name, keypair.User)}{(owner is null ? "" : "/owner")}/look";

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        if (Owner is not null && site.Admin is null)
            return new Made(Keypair.Name, Adopted: true).Done("only an administrator can look, and there is none");
        var there = Owner is null
            ? await site.Tenant.Compute.FindKeypairAsync(Keypair.Name, null, cancel)
            : await site.Admin!.Compute.FindKeypairAsync(Keypair.Name, new UserId(Owner), cancel);
        return new Made(Keypair.Name, Adopted: there is not null).Done(there is null ? $"{Site} has no keypair {Keypair.Name} yet" : $"{Site} has a keypair {Keypair.Name}");
    }
}
