using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Protection;

/// <summary>What one method can do for one volume, and what it costs: what a person compares who overrules the choice.</summary>
/// <param name="WhyNot">Null: it is possible.</param>
public sealed record CapabilitySheet(
    ReplicationMethod Method, string? WhyNot, string Rpo, string Consistency, string Encryption, string NeedsAdmin, string Verified, string Cost)
{
    public bool IsPossible => WhyNot is null;
}

/// <summary>The method of one volume, and why.</summary>
public sealed record MethodChoice(SourceId Volume, string Name, ReplicationMethod Method, string Why, ImmutableArray<CapabilitySheet> Sheets)
{
    /// <summary>Null: the chosen method is possible.</summary>
    public string? WhyNot => Sheets.First(sheet => sheet.Method == Method).WhyNot;

    /// <summary>What is said of the volume wins over what is said of the workload; else blocks where it is possible, else backup.</summary>
    public static ImmutableArray<MethodChoice> Of(Workload workload, Blueprint blueprint, SiteSet sites) =>
        [.. blueprint.Volumes.Select(volume => Of(workload.Replication ?? new(), volume, sites, sites[workload.From], sites[workload.To]))];

    static MethodChoice Of(ReplicationPolicy policy, VolumeBlueprint volume, SiteSet sites, Site from, Site to)
    {
        var name = string.IsNullOrEmpty(volume.Name) ? volume.Id.Value : volume.Name;
        ImmutableArray<CapabilitySheet> sheets = [BlocksSheet(volume, sites, from, to), BackupSheet(volume, from)];
        var (method, why) = Overruled(policy, volume) switch
        {
            { } said => (said, "as the workload says"),
            null when sheets[0].IsPossible => (ReplicationMethod.Blocks, "movers reach it at both sites: only what changed is sent, and what is restored is verified"),
            null when sheets[1].IsPossible => (ReplicationMethod.Backup, $"blocks is not possible: {sheets[0].WhyNot}"),
            _ => (ReplicationMethod.Blocks, "no method is possible"),
        };
        return new MethodChoice(volume.Id, name, method, why, sheets);
    }

    static ReplicationMethod? Overruled(ReplicationPolicy policy, VolumeBlueprint volume)
    {
        if (policy.Volumes.TryGetValue(volume.Id.Value, out var byId))
            return byId;
        return volume.Name is { Length: > 0 } name && policy.Volumes.TryGetValue(name, out var byName) ? byName : policy.Method;
    }

    static CapabilitySheet BlocksSheet(VolumeBlueprint volume, SiteSet sites, Site from, Site to) => new(
        ReplicationMethod.Blocks,
        sites.Movers is null ? "this kedge has no board for movers' orders"
        : from.Movers is null ? $"site {from.Name} has no movers (kedge site set {from.Name} --mover-host HOST)"
        : to.Movers is null ? $"site {to.Name} has no movers (kedge site set {to.Name} --mover-host HOST)"
        : from.Movers.Repository != to.Movers.Repository ? $"the movers of {from.Name} use the repository {from.Movers.Repository}, those of {to.Name} {to.Movers.Repository}"
        : null,
        from.Movers?.SnapshotPool is null ? "minutes: the disk is read and compared" : "seconds to minutes: the storage tells what changed",
        "as the snapshot: of one moment for a disk; for all disks where their group promises it",
        "read in clear at one end (its key lies with the mover), ours on the way and in the repository, the target's own where it is written",
        "no",
        "all or a stated share of it, before its server boots",
        "a mover at each site; what changed is sent and kept once; a warm standby takes the volume's size at the target");

    static CapabilitySheet BackupSheet(VolumeBlueprint volume, Site from) => new(
        ReplicationMethod.Backup,
        volume.IsEncrypted ? "it is encrypted, and no backup of it can be restored in another cloud"
        : from.Admin is null ? $"backup records are exported by an admin, and site {from.Name} has none (kedge site set {from.Name} --admin-cloud ENTRY)"
        : null,
        "tens of minutes: Cinder reads the disk as a whole",
        "as the snapshot: of one moment for a disk; for all disks where their group promises it",
        "none",
        "yes, at both sites",
        "no: Cinder tells nobody whether what was restored is what was saved",
        "the same backup driver and a store that both clouds reach; all of it is written at failover");
}
