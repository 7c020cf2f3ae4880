using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Readiness;

/// <summary>Calls that OpenStack keeps for admins and network owners, and whether the site's two hands may make them.</summary>
static class RightChecks
{
    public static async Task AskAsync(Findings findings, CancellationToken cancel)
    {
        if (!findings.Blueprint.Volumes.IsEmpty)
            await AskAdminAsync(findings, cancel);
        if (findings.To.Admin is null)
            await AskSharedNetworksAsync(findings, cancel);
    }

    static async Task AskAdminAsync(Findings findings, CancellationToken cancel)
    {
        var site = findings.To;
        if (site.Admin is null)
        {
            findings.Blocks(ReasonCodes.RightMissing, $"site {site.Name}", "Records of backups are imported by an admin, and the site has none.", $"kedge site set {site.Name} --admin-cloud ENTRY");
            return;
        }
        var tenant = await site.Tenant.AuthenticateAsync(cancel);
        var admin = await site.Admin.AuthenticateAsync(cancel);
        if (!admin.Roles.Any(role => role.Name == "admin"))
            findings.Blocks(ReasonCodes.RightMissing, $"cloud {site.Admin.Name}", $"User {admin.User.Name} has the roles {string.Join(", ", admin.Roles.Select(role => role.Name))}, but not admin, which importing backup records needs.", "Give it the role admin on the project, or name another entry of clouds.yaml.");
        if (admin.Project?.Id != tenant.Project?.Id)
            findings.Blocks(ReasonCodes.RightMissing, $"cloud {site.Admin.Name}", $"It is scoped to project {admin.Project?.Name ?? "none"}, and what it imports would belong there, not to {tenant.Project?.Name}.", "Scope its entry in clouds.yaml to the project of the tenant.");
    }

    /// <summary>On another project's network a plain member may choose neither address nor MAC.</summary>
    static async Task AskSharedNetworksAsync(Findings findings, CancellationToken cancel)
    {
        var project = (await findings.To.Tenant.AuthenticateAsync(cancel)).Project?.Id;
        foreach (var network in findings.Blueprint.Networks.Where(network => network.IsMapped))
        {
            var ports = findings.Blueprint.Ports.Count(port => port.Network == network.Id);
            if (ports == 0 || findings.TargetOf(network) is not { } target)
                continue;
            if (await findings.To.Tenant.Network.FindNetworkAsync(new NetworkId(target), cancel) is { } found && found.ProjectId != project)
                findings.Blocks(ReasonCodes.RightMissing, $"network {found.Name} ({target})", $"It belongs to another project: addresses and MACs of {ports} ports may be chosen there by an admin only.", $"kedge site set {findings.To.Name} --admin-cloud ENTRY");
        }
    }
}
