using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Readiness;

/// <summary>Keypairs have names only: is the same key under that name, or room for it?</summary>
static class KeypairChecks
{
    public static async Task AskAsync(Findings findings, CancellationToken cancel)
    {
        var token = await findings.To.Tenant.AuthenticateAsync(cancel);
        var missing = 0;
        foreach (var keypair in findings.Blueprint.Keypairs)
        {
            // Nova looks for the key of a new server among those of the user who creates it.
            var there = await findings.To.Tenant.Compute.FindKeypairAsync(keypair.Name, null, cancel);
            missing += there is null ? 1 : 0;
            Judge(findings, keypair, there, $"user {token.User.Name}");
            await AskOwnerAsync(findings, keypair, token.User.Id, cancel);
        }
        if (missing > 0)
            await AskRoomAsync(findings, missing, cancel);
    }

    static void Judge(Findings findings, KeypairBlueprint keypair, Keypair? there, string owner)
    {
        var resource = $"keypair {keypair.Name}";
        if (keypair.PublicKey is null)
            findings.Warns(ReasonCodes.KeypairWithoutKey, resource, $"Its public key could not be read at the source, so servers with it {(there is null ? "come back without a key" : $"get what {owner} has under that name at the target")}.", "Give the source site an admin cloud and protect again.");
        else if (there is not null && KeyOf(there.PublicKey) != KeyOf(keypair.PublicKey))
            findings.Blocks(ReasonCodes.KeypairDiffers, resource, $"{owner} has another key under that name at {findings.To.Name}: fingerprint {there.Fingerprint}, captured was {keypair.Fingerprint}.", "Rename or delete the one at the target.");
    }

    /// <summary>Its owner's copy at the target is a courtesy: another key of theirs is left alone, and told.</summary>
    static async Task AskOwnerAsync(Findings findings, KeypairBlueprint keypair, UserId self, CancellationToken cancel)
    {
        var owner = findings.Mapping?.KeypairOwners.FirstOrDefault(mapped => mapped.Source == keypair.User)?.Target;
        if (owner is null || owner == self.Value || findings.To.Admin is not { } admin || keypair.PublicKey is null)
            return;
        if (await admin.Compute.FindKeypairAsync(keypair.Name, new UserId(owner), cancel) is { } there && KeyOf(there.PublicKey) != KeyOf(keypair.PublicKey))
            findings.Warns(ReasonCodes.KeypairDiffers, $"keypair {keypair.Name}", $"User {owner} has another key under that name at {findings.To.Name}; it is left.", "Rename it if the captured one is wanted.");
    }

    static async Task AskRoomAsync(Findings findings, int missing, CancellationToken cancel)
    {
        var most = (await findings.To.Tenant.Compute.GetLimitsAsync(cancel)).MaxKeypairs;
        var used = 0;
        await foreach (var _ in findings.To.Tenant.Compute.ListKeypairsAsync(null, cancel))
            used++;
        if (most >= 0 && missing > most - used)
            findings.Blocks(ReasonCodes.Quota, "quota of keypairs", $"{missing} are needed and {most - used} are free: {used} of {most} are used.", $"Have the quota of keypairs raised to at least {used + missing}, or delete some.");
    }

    /// <summary>Type and key; the comment at the end is for people.</summary>
    static string KeyOf(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2));
}
