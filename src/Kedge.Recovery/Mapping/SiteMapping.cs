using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Mapping;

/// <summary>
/// What stands for what at the target, for one workload: proposed with reasons, edited by a person as one YAML file, and used by id.
/// Format: docs/formats/mapping.md.
/// </summary>
public sealed record SiteMapping
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }
    public required string Workload { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required MappedResource Project { get; init; }
    public ImmutableArray<MappedResource> Flavors { get => field.IsDefault ? [] : field; init; }

    /// <summary>External networks, and networks of other projects that the workload plugs into.</summary>
    public ImmutableArray<MappedResource> Networks { get => field.IsDefault ? [] : field; init; }

    /// <summary>Subnets of mapped networks that the workload has addresses in.</summary>
    public ImmutableArray<MappedResource> Subnets { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<MappedResource> VolumeTypes { get => field.IsDefault ? [] : field; init; }

    /// <summary>By name: availability zones have no id. Compute's and block storage's are apart.</summary>
    public ImmutableArray<MappedResource> ComputeZones { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<MappedResource> VolumeZones { get => field.IsDefault ? [] : field; init; }

    /// <summary>Users that own keypairs.</summary>
    public ImmutableArray<MappedResource> KeypairOwners { get => field.IsDefault ? [] : field; init; }

    public FloatingIpPolicy FloatingIps { get; init; } = FloatingIpPolicy.NewAddress;

    /// <summary>Null: nothing stands for it, or the cloud's default is meant.</summary>
    public string? VolumeTypeOf(VolumeBlueprint volume) => volume.VolumeTypeId is { } type
        ? VolumeTypes.FirstOrDefault(mapped => mapped.Source == type)?.Target
        : VolumeTypes.FirstOrDefault(mapped => mapped.SourceName == volume.VolumeType)?.Target;

    /// <summary>Null: the cloud's default.</summary>
    public string? VolumeZoneOf(VolumeBlueprint volume) => ZoneOf(volume.AvailabilityZone, VolumeZones);

    internal static string? ZoneOf(string? zone, ImmutableArray<MappedResource> among) =>
        zone is null ? null : among.FirstOrDefault(mapped => mapped.SourceName == zone)?.TargetName;
}

/// <param name="Source">Id at the source (for zones: the name).</param>
/// <param name="SourceName">For the reader; never used to find anything.</param>
/// <param name="Target">Id at the target; null: nothing fits, and the failover is not ready until a person chose.</param>
/// <param name="TargetName">For the reader; never used to find anything.</param>
/// <param name="Why">Why it was proposed, or "chosen by hand".</param>
public sealed record MappedResource(SourceId Source, string SourceName, string? Target, string? TargetName, string Why);

public enum FloatingIpPolicy
{
    /// <summary>An address of the target's external network, told in the result.</summary>
    NewAddress,

    /// <summary>The same address: needs an admin at the target and an external network that holds it.</summary>
    SameAddress,

    /// <summary>None is made.</summary>
    None,
}
