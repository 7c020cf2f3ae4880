using System.Collections.Immutable;

namespace Kedge.Recovery.Blueprints;

/// <summary>
/// The captured graph of a workload's resources: all that is needed to make them again elsewhere, but for the bytes of disks.
/// Format: docs/formats/blueprint.md. It says nothing of when it was captured, so that an unchanged workload has an unchanged hash.
/// Every list is ordered by id; every id is the source cloud's.
/// </summary>
public sealed record Blueprint
{
    /// <summary>The version of the format that this program writes; it reads this one and every earlier one.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }
    public required string Workload { get; init; }
    public required BlueprintOrigin Origin { get; init; }
    public ImmutableArray<ServerBlueprint> Servers { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<ServerGroupBlueprint> ServerGroups { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<FlavorBlueprint> Flavors { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<KeypairBlueprint> Keypairs { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<ImageBlueprint> Images { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<VolumeBlueprint> Volumes { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<NetworkBlueprint> Networks { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<SubnetBlueprint> Subnets { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<RouterBlueprint> Routers { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<SecurityGroupBlueprint> SecurityGroups { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<PortBlueprint> Ports { get => field.IsDefault ? [] : field; init; }
    public ImmutableArray<FloatingIpBlueprint> FloatingIps { get => field.IsDefault ? [] : field; init; }

    /// <summary>What could not be read, and why: a restore will lack it, and readiness says so.</summary>
    public ImmutableArray<UnreadableField> Unreadable { get => field.IsDefault ? [] : field; init; }
}

/// <summary>Where a blueprint was captured.</summary>
public sealed record BlueprintOrigin
{
    public required string Site { get; init; }
    public required string Region { get; init; }
    public required SourceId Project { get; init; }
    public required string ProjectName { get; init; }

    /// <summary>Service to the newest microversion that was used to read it, e.g. compute to 2.93.</summary>
    public ImmutableSortedDictionary<string, string> Microversions { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }
}

/// <summary>A field of a resource that the cloud did not show.</summary>
/// <param name="Resource">Kind of the resource in OpenStack's word, e.g. <c>server</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Field">The field in this format's word, e.g. <c>userData</c>.</param>
/// <param name="Why">Why, and what would make it readable, e.g. "shown to admins only: give the site an admin cloud".</param>
public sealed record UnreadableField(string Resource, SourceId Id, string Field, string Why);
