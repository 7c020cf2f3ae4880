using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A keypair carries no mark: it has a name and a key. Whether it was there before the run is therefore written down before the run imports
/// it; otherwise, after a crash in between, nobody could tell whether cleanup may take it away.
/// </summary>
public sealed record LookForKeypair(string Site, KeypairBlueprint Keypair) : RecoveryStep
{
    public override string Title => $"Look for keypair {Keypair.Name}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public static string IdOf(KeypairBlueprint keypair) => $"{StepIds.Keypair(keypair.Name, keypair.User)}/look";

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var there = await sites[Site].Tenant.Compute.FindKeypairAsync(Keypair.Name, null, cancel);
        return new Made(Keypair.Name, Adopted: there is not null).Done(there is null ? $"{Site} has no keypair {Keypair.Name} yet" : $"{Site} has a keypair {Keypair.Name}");
    }
}
