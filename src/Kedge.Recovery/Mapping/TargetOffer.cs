using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Mapping;

/// <summary>What the target's project may choose from, read at one time.</summary>
sealed record TargetOffer
{
    public required string Site { get; init; }
    public required TokenProject Project { get; init; }
    public required TokenUser User { get; init; }
    public required bool HasAdmin { get; init; }
    public required IReadOnlyList<Flavor> Flavors { get; init; }
    public required IReadOnlyList<VirtualNetwork> Networks { get; init; }
    public required IReadOnlyList<Subnet> Subnets { get; init; }
    public required IReadOnlyList<VolumeType> VolumeTypes { get; init; }
    public required IReadOnlyList<string> ComputeZones { get; init; }
    public required IReadOnlyList<string> VolumeZones { get; init; }

    /// <exception cref="MappingException">The credential is for no project.</exception>
    /// <exception cref="OpenStackException">The target did not answer.</exception>
    public static async Task<TargetOffer> ReadAsync(Site site, CancellationToken cancel)
    {
        var cloud = site.Tenant;
        var token = await cloud.AuthenticateAsync(cancel);
        return new TargetOffer
        {
            Site = site.Name,
            Project = token.Project ?? throw new MappingException($"The credential of cloud {cloud.Name} is for no project: name one in its entry of clouds.yaml."),
            User = token.User,
            HasAdmin = site.Admin is not null,
            Flavors = await FlavorsAsync(site, cancel),
            Networks = await ListAsync(cloud.Network.ListNetworksAsync(NetworkFilter.None, cancel), cancel),
            Subnets = await ListAsync(cloud.Network.ListSubnetsAsync(NetworkFilter.None, cancel), cancel),
            VolumeTypes = await ListAsync(cloud.BlockStorage.ListVolumeTypesAsync(cancel), cancel),
            ComputeZones = ZonesOf(await cloud.Compute.ListAvailabilityZonesAsync(cancel)),
            VolumeZones = ZonesOf(await cloud.BlockStorage.ListAvailabilityZonesAsync(cancel)),
        };
    }

    /// <summary>Those that the tenant may use; where its view has no extra specs, an admin's view completes them.</summary>
    static async Task<IReadOnlyList<Flavor>> FlavorsAsync(Site site, CancellationToken cancel)
    {
        var flavors = await ListAsync(site.Tenant.Compute.ListFlavorsAsync(cancel), cancel);
        if (site.Admin is null || flavors.TrueForAll(flavor => flavor.ExtraSpecs is not null))
            return flavors;
        var specs = new Dictionary<FlavorId, IReadOnlyDictionary<string, string>?>();
        await foreach (var flavor in site.Admin.Compute.ListFlavorsAsync(cancel))
            specs[flavor.Id] = flavor.ExtraSpecs;
        return [.. flavors.Select(flavor => flavor with { ExtraSpecs = flavor.ExtraSpecs ?? specs.GetValueOrDefault(flavor.Id) })];
    }

    /// <summary>Nova's own zone for its services takes no servers.</summary>
    static List<string> ZonesOf(IReadOnlyList<AvailabilityZone> zones) =>
        [.. zones.Where(zone => zone.IsAvailable && zone.Name != "internal").Select(zone => zone.Name).Distinct().Order(StringComparer.Ordinal)];

    static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> list, CancellationToken cancel)
    {
        var items = new List<T>();
        await foreach (var item in list.WithCancellation(cancel))
            items.Add(item);
        return items;
    }
}

/// <summary>A mapping cannot be proposed or checked at all; the message says why and what to do.</summary>
public sealed class MappingException(string message) : Exception(message);
