using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Protection;

/// <summary>A workload cannot be protected as it is; the message holds every reason, each with what to do.</summary>
public sealed class ProtectionException(string workload, ImmutableArray<string> reasons)
    : Exception($"{workload} cannot be protected by backups: {string.Join(" ", reasons)}")
{
    public ImmutableArray<string> Reasons { get; } = reasons;

    internal static ImmutableArray<string> ReasonsAgainst(Blueprint blueprint, Site from)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (blueprint.Volumes.Length > 0 && from.Admin is null)
            reasons.Add($"Backup records are exported by an admin, and site {from.Name} has none: kedge site set {from.Name} --admin-cloud ENTRY.");
        foreach (var volume in blueprint.Volumes.Where(volume => volume.IsEncrypted))
            reasons.Add($"Volume {volume.Name} ({volume.Id}) is encrypted, and no backup of it can be restored in another cloud: take its server out of the workload, or move its data to a volume type without encryption.");
        return reasons.ToImmutable();
    }
}
