using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.Recovery.Failover;
using Kedge.Recovery.Moving;

namespace Kedge.Recovery.Sites;

/// <summary>
/// One cloud, as Kedge was told to reach it. Two hands: the tenant's, which makes everything that belongs to the workload, and an admin's,
/// scoped to the same project, for the few calls that OpenStack keeps for admins (backup records, user-data, other users' keypairs, exact
/// floating IPs).
/// </summary>
public sealed class Site(string name, Cloud tenant, Cloud? admin)
{
    public string Name { get; } = name;
    public Cloud Tenant { get; } = tenant;

    /// <summary>Null where the operator gave none: what needs it is reported as not ready or not readable.</summary>
    public Cloud? Admin { get; } = admin;

    /// <summary>How its movers reach volumes; null: it has none, and volumes are not moved by blocks.</summary>
    public SiteMovers? Movers { get; init; }

    /// <summary>What is written down of it, without what only its mediator needs.</summary>
    internal SiteRecord Record => new(Name, Tenant.Name, Admin?.Name, Movers);
}

/// <summary>What is written down of a site.</summary>
/// <param name="Name">Kedge's name for it, e.g. <c>dc1</c>.</param>
/// <param name="Cloud">The entry in clouds.yaml of the tenant.</param>
/// <param name="AdminCloud">The entry of an admin with a role on the same project; null: none.</param>
/// <param name="Movers">How its movers reach volumes; null: it has none.</param>
/// <param name="PointsAtOnce">So many workloads of the site a mediator protects at the same time; null: as the mediator is set.</param>
/// <param name="Sealed">Both entries themselves, encrypted; null: they are read from clouds.yaml.</param>
public sealed record SiteRecord(
    string Name, string Cloud, string? AdminCloud = null, SiteMovers? Movers = null, int? PointsAtOnce = null, SealedCredentials? Sealed = null);

/// <summary>The sites that a run may speak to.</summary>
/// <param name="sites">By their names.</param>
/// <param name="desk">What a run of runs needs besides; null where runs begin no other runs.</param>
public sealed class SiteSet(IReadOnlyDictionary<string, Site> sites, RecoveryDesk? desk = null)
{
    public RecoveryDesk? Desk { get; } = desk;

    /// <summary>Ids of the points of a workload that unfinished runs restore from; where nobody said how to find out, none.</summary>
    public Func<string, CancellationToken, Task<IReadOnlySet<string>>> PointsInUseAsync { get; init; } =
        static (_, _) => Task.FromResult<IReadOnlySet<string>>(ImmutableHashSet<string>.Empty);

    /// <exception cref="KeyNotFoundException">The run names a site that this kedge does not know.</exception>
    public Site this[string name] => sites.TryGetValue(name, out var site)
        ? site
        : throw new KeyNotFoundException($"Site {name} is not known here: kedge site add {name} --cloud ENTRY");

    /// <summary>Where the movers of these sites take their orders; null: this process has none, and nothing that needs a mover works.</summary>
    public MoveBoard? Movers { get; init; }
}
