using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A public key under its name, of the user who creates the servers, where Nova looks for it; or, by an administrator, of the user that its
/// owner is at the target. The same key under that name is adopted; another key is nobody's to replace.
/// </summary>
/// <param name="Owner">User at the target; null: the one whose credentials create the servers.</param>
public sealed record ImportKeypair(string Site, KeypairBlueprint Keypair, string? Owner) : RecoveryStep
{
    public override string Title => $"Import keypair {Keypair.Name}{(Owner is null ? "" : $" for its owner {Owner}")}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Compute(Site)];

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        UserId? user = Owner is null ? null : new UserId(Owner);
        if (user is not null && user == (await site.Tenant.AuthenticateAsync(cancel)).User.Id)
            return Done(isAdopted: true);
        if (user is not null && site.Admin is null)
            return LeftOut($"Keypair {Keypair.Name} was not given to user {Owner}: that takes an administrator, and site {Site} has no admin cloud.");

        var nova = (user is null ? site.Tenant : site.Admin!).Compute;
        var there = await nova.FindKeypairAsync(Keypair.Name, user, cancel);
        if (there is null)
        {
            await nova.ImportKeypairAsync(new NewKeypair(Keypair.Name, Keypair.PublicKey!, Keypair.Type, user), cancel);
            return Done(isAdopted: false);
        }
        if (IsSame(there))
            return Done(isAdopted: Made.ResultOf(run, LookForKeypair.IdOf(Keypair, Owner)).Adopted);
        return user is not null
            ? LeftOut($"User {Owner} has another keypair {Keypair.Name} at {Site}; it was left.")
            : new StepOutcome.Stop(
                $"{Site} has another keypair {Keypair.Name}: fingerprint {there.Fingerprint}, captured was {Keypair.Fingerprint}.",
                "Rename the one there, or delete it if it is of no use any more; then resume the run.");
    }

    bool IsSame(Keypair there) => KeyOf(there.PublicKey) == KeyOf(Keypair.PublicKey!);

    /// <summary>Type and key; the comment at the end is for people.</summary>
    static string KeyOf(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2));

    StepOutcome Done(bool isAdopted) => new Made(Keypair.Name, isAdopted).Done(isAdopted ? $"keypair {Keypair.Name} was there" : $"keypair {Keypair.Name} is imported");

    StepOutcome LeftOut(string why) => new Made(Keypair.Name, Adopted: true) { NotAsCaptured = [why] }.Done(why);
}
