using System.Collections.Immutable;

namespace Kedge.Mediator.Api.Access;

/// <summary>What is wanted of whoever does something.</summary>
/// <param name="Name">As OpenStack names such rules.</param>
/// <param name="Least">The least role.</param>
/// <param name="Everywhere">Only for callers of all projects: it concerns what belongs to no project, or to several.</param>
/// <param name="What">What it is for; part of docs/operate/api.md.</param>
sealed record AccessRule(string Name, Role Least, bool Everywhere, string What);

/// <summary>Who may do what: all of it is here. An endpoint without a rule does not start.</summary>
static class AccessRules
{
    public static readonly AccessRule WorkloadRead = new("kedge:workload:read", Role.Reader, false, "list and show workloads, their status, readiness and history");
    public static readonly AccessRule WorkloadWrite = new("kedge:workload:write", Role.Member, false, "create, change and delete workloads; both sites must be of the caller's projects");
    public static readonly AccessRule MappingRead = new("kedge:mapping:read", Role.Reader, false, "show what stands for what at the target");
    public static readonly AccessRule MappingWrite = new("kedge:mapping:write", Role.Member, false, "change it");
    public static readonly AccessRule PointRead = new("kedge:point:read", Role.Reader, false, "list and show recovery points");
    public static readonly AccessRule PointDelete = new("kedge:point:delete", Role.Member, false, "offer a point no longer");
    public static readonly AccessRule Protect = new("kedge:workload:protect", Role.Member, false, "take a recovery point");
    public static readonly AccessRule Failover = new("kedge:workload:failover", Role.Member, false, "bring a workload up at its target");
    public static readonly AccessRule RunRead = new("kedge:run:read", Role.Reader, false, "list, show and follow runs");
    public static readonly AccessRule RunControl = new("kedge:run:control", Role.Member, false, "resume, abandon and clean up after runs");
    public static readonly AccessRule PolicyRead = new("kedge:policy:read", Role.Reader, false, "list and show policies");
    public static readonly AccessRule PolicyWrite = new("kedge:policy:write", Role.Admin, true, "create, change and delete policies, which workloads of all projects may name");
    public static readonly AccessRule SiteRead = new("kedge:site:read", Role.Reader, false, "list and show sites, and what is believed of them");
    public static readonly AccessRule SiteLook = new("kedge:site:look", Role.Admin, true, "ask a site as whom it lets the mediator in");
    public static readonly AccessRule SiteLoss = new("kedge:site:loss", Role.Admin, true, "see what a loss would do, and declare one");

    public static ImmutableArray<AccessRule> All { get; } =
    [
        WorkloadRead, WorkloadWrite, MappingRead, MappingWrite, PointRead, PointDelete, Protect, Failover, RunRead, RunControl, PolicyRead, PolicyWrite, SiteRead,
        SiteLook, SiteLoss,
    ];

    public static bool Lets(this AccessRule rule, Caller caller) => caller.Role >= rule.Least && (!rule.Everywhere || caller.SeesEverything);
}
