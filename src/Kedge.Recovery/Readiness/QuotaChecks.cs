using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;

namespace Kedge.Recovery.Readiness;

/// <summary>What the workload needs of each quota of the target's project, beside what is free.</summary>
static class QuotaChecks
{
    public static async Task AskComputeAsync(Findings findings, CancellationToken cancel)
    {
        var limits = await findings.To.Tenant.Compute.GetLimitsAsync(cancel);
        var shapes = await ShapesAsync(findings, cancel);
        Demand(findings, "instances", shapes.Count, new QuotaUse(limits.MaxServers, limits.ServersUsed));
        Demand(findings, "cores", shapes.Sum(shape => shape.Vcpus), new QuotaUse(limits.MaxCores, limits.CoresUsed));
        Demand(findings, "ram (MiB)", shapes.Sum(shape => (long)shape.RamMib), new QuotaUse(limits.MaxRamMib, limits.RamMibUsed));
        Demand(findings, "server groups", findings.Blueprint.ServerGroups.Length, new QuotaUse(limits.MaxServerGroups, limits.ServerGroupsUsed));
        foreach (var group in findings.Blueprint.ServerGroups)
            Demand(findings, $"members of server group {group.Name}", group.Members.Length, new QuotaUse(limits.MaxServerGroupMembers, 0));
    }

    /// <summary>Of the flavors that stand for those of the source, where they can be read; a missing one is told by the check of the mapping.</summary>
    static async Task<List<(int Vcpus, int RamMib)>> ShapesAsync(Findings findings, CancellationToken cancel)
    {
        var flavors = new Dictionary<string, (int Vcpus, int RamMib)>(StringComparer.Ordinal);
        await foreach (var flavor in findings.To.Tenant.Compute.ListFlavorsAsync(cancel))
            flavors[flavor.Id.Value] = (flavor.Vcpus, flavor.RamMib);
        return [.. findings.Blueprint.Servers.Select(server =>
            findings.Mapping?.Flavors.FirstOrDefault(mapped => mapped.Source == server.Flavor)?.Target is { } target && flavors.TryGetValue(target, out var shape)
                ? shape
                : (server.EmbeddedFlavor.Vcpus, server.EmbeddedFlavor.RamMib))];
    }

    public static async Task AskNetworkAsync(Findings findings, CancellationToken cancel)
    {
        var token = await findings.To.Tenant.AuthenticateAsync(cancel);
        if (token.Project is not { } project)
            return;
        var quotas = await findings.To.Tenant.Network.GetQuotasAsync(project.Id, cancel);
        var blueprint = findings.Blueprint;
        var own = blueprint.Networks.Where(network => !network.IsMapped).Select(network => network.Id).ToHashSet();
        var subnets = blueprint.Subnets.Where(subnet => own.Contains(subnet.Network)).ToList();
        // Neutron's own DHCP port counts as the project's.
        var dhcpPorts = subnets.Where(subnet => subnet.IsDhcpEnabled).Select(subnet => subnet.Network).Distinct().Count();
        var ports = blueprint.Ports.Length + blueprint.Routers.Sum(router => router.Interfaces.Length) + dhcpPorts;
        var floatingIps = findings.Mapping?.FloatingIps == FloatingIpPolicy.None ? 0 : blueprint.FloatingIps.Length;
        foreach (var (name, needed) in new (string, long)[]
        {
            ("network", own.Count),
            ("subnet", subnets.Count),
            ("port", ports),
            ("router", blueprint.Routers.Length),
            ("security_group", blueprint.SecurityGroups.Count(group => !group.IsDefault)),
            ("security_group_rule", blueprint.SecurityGroups.Where(group => !group.IsDefault).Sum(group => Math.Max(2, group.Rules.Length))),
            ("floatingip", floatingIps),
        })
        {
            if (quotas.TryGetValue(name, out var quota))
                Demand(findings, $"{name.Replace('_', ' ')}s", needed, quota);
        }
    }

    public static async Task AskStorageAsync(Findings findings, CancellationToken cancel)
    {
        var token = await findings.To.Tenant.AuthenticateAsync(cancel);
        if (token.Project is not { } project || findings.Blueprint.Volumes.IsEmpty)
            return;
        var quotas = await findings.To.Tenant.BlockStorage.GetQuotasAsync(project.Id, cancel);
        var volumes = findings.Blueprint.Volumes;
        Demand(findings, "volumes", volumes.Length, quotas["volumes"]);
        Demand(findings, "gigabytes", volumes.Sum(volume => (long)volume.SizeGib), quotas["gigabytes"]);
        var types = await TypeNamesAsync(findings, cancel);
        foreach (var type in volumes.GroupBy(volume => TargetTypeOf(findings, volume)).Where(type => type.Key is not null && types.ContainsKey(type.Key)))
        {
            var name = types[type.Key!];
            Demand(findings, $"volumes of type {name}", type.Count(), quotas[$"volumes_{name}"]);
            Demand(findings, $"gigabytes of type {name}", type.Sum(volume => (long)volume.SizeGib), quotas[$"gigabytes_{name}"]);
        }
        await AskBackupsAsync(findings, quotas, cancel);
    }

    /// <summary>Each backup of each chain is imported, unless it is there already.</summary>
    static async Task AskBackupsAsync(Findings findings, BlockStorageQuotas quotas, CancellationToken cancel)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var backup in findings.To.Tenant.BlockStorage.ListBackupsAsync(BlockStorageFilter.None, cancel))
            there.Add(backup.Id.Value);
        var imports = findings.Point.Volumes.SelectMany(copy => copy.Chain.Where(link => !there.Contains(link.BackupId)).Select(_ => (long)copy.SizeGib)).ToList();
        Demand(findings, "backups", imports.Count, quotas["backups"]);
        Demand(findings, "backup gigabytes", imports.Sum(), quotas["backup_gigabytes"]);
    }

    static string? TargetTypeOf(Findings findings, VolumeBlueprint volume) => findings.Mapping?.VolumeTypes.FirstOrDefault(mapped =>
        volume.VolumeTypeId is { } id ? mapped.Source == id : mapped.SourceName == volume.VolumeType)?.Target;

    static async Task<Dictionary<string, string>> TypeNamesAsync(Findings findings, CancellationToken cancel)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var type in findings.To.Tenant.BlockStorage.ListVolumeTypesAsync(cancel))
            names[type.Id.Value] = type.Name;
        return names;
    }

    static void Demand(Findings findings, string what, long needed, QuotaUse quota)
    {
        if (needed > quota.Free)
            findings.Blocks(
                ReasonCodes.Quota,
                $"quota of {what}",
                $"{needed} are needed and {quota.Free} are free: {quota.Used + quota.Reserved} of {quota.Limit} are used.",
                $"Have the quota of {what} raised to at least {quota.Used + quota.Reserved + needed}, or free some.");
    }
}
