using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;

namespace Kedge.Lab.Tests;

/// <summary>The captured blueprint with the names of what stands for what at the target: the rest has to be equal.</summary>
static class MappedBlueprint
{
    public static Blueprint Of(Blueprint captured, SiteMapping mapping) => captured with
    {
        Flavors = [.. captured.Flavors.Select(flavor => flavor with { Shape = flavor.Shape with { Name = NameAt(mapping.Flavors, flavor.Id) } })],
        Servers =
        [
            .. captured.Servers.Select(server => server with
            {
                EmbeddedFlavor = server.EmbeddedFlavor with { Name = NameAt(mapping.Flavors, server.Flavor!.Value) },
                AvailabilityZone = ZoneAt(mapping.ComputeZones, server.AvailabilityZone),
            }),
        ],
        Volumes =
        [
            .. captured.Volumes.Select(volume => volume with
            {
                VolumeType = volume.VolumeTypeId is { } type ? NameAt(mapping.VolumeTypes, type) : volume.VolumeType,
                AvailabilityZone = ZoneAt(mapping.VolumeZones, volume.AvailabilityZone),
            }),
        ],
    };

    static string NameAt(ImmutableArray<MappedResource> mapped, SourceId source) => mapped.Single(each => each.Source == source).TargetName!;

    static string? ZoneAt(ImmutableArray<MappedResource> mapped, string? zone) =>
        zone is null ? null : mapped.SingleOrDefault(each => each.SourceName == zone)?.Target ?? zone;
}
