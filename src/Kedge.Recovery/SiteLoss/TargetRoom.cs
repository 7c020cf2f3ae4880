using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.SiteLoss;

/// <summary>What is left of a target's quotas while workload after workload is given its part. Asked once for all of them.</summary>
sealed class TargetRoom
{
    readonly Dictionary<string, long> free = new(StringComparer.Ordinal);
    readonly Dictionary<string, (int Vcpus, int RamMib)> flavors = new(StringComparer.Ordinal);
    readonly List<string> notTold = [];

    TargetRoom()
    {
    }

    /// <summary>Services that did not tell their quotas: what is not known does not stand in the way.</summary>
    public IReadOnlyList<string> NotTold => notTold;

    /// <summary>Of a target that cannot even be asked.</summary>
    public static TargetRoom Unknown(string why)
    {
        var room = new TargetRoom();
        room.notTold.Add(why);
        return room;
    }

    public static async Task<TargetRoom> AskAsync(Site target, CancellationToken cancel)
    {
        var room = new TargetRoom();
        await room.TryAsync(target, "compute", () => room.AskComputeAsync(target.Tenant, cancel));
        await room.TryAsync(target, "network", () => room.AskNetworkAsync(target.Tenant, cancel));
        await room.TryAsync(target, "block storage", () => room.AskStorageAsync(target.Tenant, cancel));
        return room;
    }

    /// <summary>Null: it fits, and its part is taken. Else what is lacking; nothing is taken then, and a smaller one may still fit.</summary>
    public string? Take(Blueprint blueprint, SiteMapping mapping)
    {
        var needs = NeedsOf(blueprint, mapping);
        var lacking = needs.Where(need => free.TryGetValue(need.Key, out var left) && need.Value > left)
            .Select(need => $"{need.Key}: {need.Value} are needed and {Math.Max(0, free[need.Key])} are left").ToImmutableArray();
        if (lacking is not [])
            return $"The quota of {mapping.To} does not hold it, with those before it: {string.Join("; ", lacking)}.";
        foreach (var need in needs.Where(need => free.ContainsKey(need.Key)))
            free[need.Key] -= need.Value;
        return null;
    }

    Dictionary<string, long> NeedsOf(Blueprint blueprint, SiteMapping mapping)
    {
        var shapes = blueprint.Servers.Select(server => mapping.Flavors.FirstOrDefault(mapped => mapped.Source == server.Flavor)?.Target is { } target && flavors.TryGetValue(target, out var shape)
            ? shape
            : (server.EmbeddedFlavor.Vcpus, server.EmbeddedFlavor.RamMib)).ToList();
        var own = blueprint.Networks.Where(network => !network.IsMapped).Select(network => network.Id).ToHashSet();
        var subnets = blueprint.Subnets.Where(subnet => own.Contains(subnet.Network)).ToList();
        return new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["instances"] = shapes.Count,
            ["cores"] = shapes.Sum(shape => (long)shape.Vcpus),
            ["ram (MiB)"] = shapes.Sum(shape => (long)shape.RamMib),
            ["volumes"] = blueprint.Volumes.Length,
            ["gigabytes"] = blueprint.Volumes.Sum(volume => (long)volume.SizeGib),
            ["network"] = own.Count,
            ["subnet"] = subnets.Count,
            ["port"] = blueprint.Ports.Length + blueprint.Routers.Sum(router => router.Interfaces.Length) + subnets.Where(subnet => subnet.IsDhcpEnabled).Select(subnet => subnet.Network).Distinct().Count(),
            ["router"] = blueprint.Routers.Length,
            ["security_group"] = blueprint.SecurityGroups.Count(group => !group.IsDefault),
            ["floatingip"] = mapping.FloatingIps is FloatingIpPolicy.None ? 0 : blueprint.FloatingIps.Length,
        };
    }

    async Task AskComputeAsync(Cloud cloud, CancellationToken cancel)
    {
        var limits = await cloud.Compute.GetLimitsAsync(cancel);
        free["instances"] = new QuotaUse(limits.MaxServers, limits.ServersUsed).Free;
        free["cores"] = new QuotaUse(limits.MaxCores, limits.CoresUsed).Free;
        free["ram (MiB)"] = new QuotaUse(limits.MaxRamMib, limits.RamMibUsed).Free;
        await foreach (var flavor in cloud.Compute.ListFlavorsAsync(cancel))
            flavors[flavor.Id.Value] = (flavor.Vcpus, flavor.RamMib);
    }

    async Task AskNetworkAsync(Cloud cloud, CancellationToken cancel)
    {
        await cloud.AuthenticateAsync(cancel);
        foreach (var (name, quota) in await cloud.Network.GetQuotasAsync(cloud.ProjectId, cancel))
            free[name] = quota.Free;
    }

    async Task AskStorageAsync(Cloud cloud, CancellationToken cancel)
    {
        await cloud.AuthenticateAsync(cancel);
        var quotas = await cloud.BlockStorage.GetQuotasAsync(cloud.ProjectId, cancel);
        free["volumes"] = quotas["volumes"].Free;
        free["gigabytes"] = quotas["gigabytes"].Free;
    }

    async Task TryAsync(Site target, string service, Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (OpenStackException e)
        {
            notTold.Add($"{target.Name} did not tell its {service} quota: {e.Message}");
        }
    }
}
