using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Mapping;

/// <summary>A flavor that stands in a workload's servers.</summary>
/// <param name="Id">At the source.</param>
/// <param name="Shape">What its servers were built with: the largest, where the flavor was changed between two of them.</param>
/// <param name="IsBootedFromImage">Its root disk counts: at least one of its servers does not boot from a volume.</param>
/// <param name="MinDiskGib">Of the images of its servers.</param>
/// <param name="MinRamMib">Of the images of its servers.</param>
sealed record NeededFlavor(SourceId Id, FlavorShape Shape, bool IsBootedFromImage, int MinDiskGib, int MinRamMib);

/// <summary>A volume type that the workload's volumes have.</summary>
sealed record NeededVolumeType(SourceId Id, string Name, bool IsMultiattach);

/// <summary>All of a blueprint that must have something standing for it at the target.</summary>
sealed class MappingNeeds(Blueprint blueprint)
{
    public ImmutableArray<NeededFlavor> Flavors { get; } = FlavorsOf(blueprint);

    /// <summary>External ones, and those of other projects.</summary>
    public ImmutableArray<NetworkBlueprint> Networks { get; } = [.. blueprint.Networks.Where(network => network.IsMapped)];

    /// <summary>Of those networks, where ports or routers of the workload have addresses of their own.</summary>
    public ImmutableArray<SubnetBlueprint> Subnets { get; } = SubnetsOf(blueprint);
    public ImmutableArray<NeededVolumeType> VolumeTypes { get; } =
    [
        .. blueprint.Volumes.Where(volume => volume.VolumeType is not null)
            .GroupBy(volume => volume.VolumeTypeId ?? new SourceId(volume.VolumeType!))
            .Select(type => new NeededVolumeType(type.Key, type.First().VolumeType!, type.Any(volume => volume.IsMultiattach)))
            .OrderBy(type => type.Id),
    ];

    public ImmutableArray<string> ComputeZones { get; } =
        Zones(blueprint.Servers.Select(server => server.PinnedAvailabilityZone ?? server.AvailabilityZone));
    public ImmutableArray<string> VolumeZones { get; } = Zones(blueprint.Volumes.Select(volume => volume.AvailabilityZone));
    public ImmutableArray<SourceId> KeypairOwners { get; } =
        [.. blueprint.Keypairs.Where(keypair => keypair.PublicKey is not null).Select(keypair => keypair.User).Distinct().Order()];

    /// <summary>External networks where floating IPs or gateways are.</summary>
    public bool MustBeExternal(NetworkBlueprint network) =>
        blueprint.FloatingIps.Any(floatingIp => floatingIp.ExternalNetwork == network.Id) || blueprint.Routers.Any(router => router.ExternalNetwork == network.Id);

    static ImmutableArray<NeededFlavor> FlavorsOf(Blueprint blueprint)
    {
        var images = blueprint.Images.ToDictionary(image => image.Id);
        var needed =
            from server in blueprint.Servers
            where server.Flavor is not null
            group server by server.Flavor!.Value into users
            let booted = users.Where(server => server.Image is not null).ToList()
            let known = booted.Where(server => images.ContainsKey(server.Image!.Value)).Select(server => images[server.Image!.Value]).ToList()
            orderby users.Key
            select new NeededFlavor(
                users.Key,
                Largest(users.Select(server => server.EmbeddedFlavor)),
                booted.Count > 0,
                known.Select(image => image.MinDiskGib).DefaultIfEmpty().Max(),
                known.Select(image => image.MinRamMib).DefaultIfEmpty().Max());
        return [.. needed];
    }

    static FlavorShape Largest(IEnumerable<FlavorShape> shapes) => shapes.Aggregate((one, other) => one with
    {
        Vcpus = Math.Max(one.Vcpus, other.Vcpus),
        RamMib = Math.Max(one.RamMib, other.RamMib),
        DiskGib = Math.Max(one.DiskGib, other.DiskGib),
        EphemeralGib = Math.Max(one.EphemeralGib, other.EphemeralGib),
        SwapMib = Math.Max(one.SwapMib, other.SwapMib),
    });

    static ImmutableArray<SubnetBlueprint> SubnetsOf(Blueprint blueprint)
    {
        var mapped = blueprint.Networks.Where(network => network.IsMapped).Select(network => network.Id).ToHashSet();
        var used = blueprint.Ports.SelectMany(port => port.FixedIps)
            .Concat(blueprint.Routers.SelectMany(router => router.Interfaces.SelectMany(leg => leg.FixedIps)))
            .Select(ip => ip.Subnet)
            .ToHashSet();
        return [.. blueprint.Subnets.Where(subnet => mapped.Contains(subnet.Network) && used.Contains(subnet.Id))];
    }

    static ImmutableArray<string> Zones(IEnumerable<string?> zones) => [.. zones.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
}
