namespace Kedge.Contracts.V1;

/// <summary>What stands for what at the target, for one workload. docs/formats/mapping.md</summary>
public sealed record Mapping
{
    /// <summary>Of this format: 1.</summary>
    public required int Schema { get; init; }

    /// <summary>Whose it is.</summary>
    public required string Workload { get; init; }

    /// <summary>Source site.</summary>
    public required string From { get; init; }

    /// <summary>Target site.</summary>
    public required string To { get; init; }

    /// <summary>The project.</summary>
    public required MappedResource Project { get; init; }

    /// <summary>Flavors.</summary>
    public IReadOnlyList<MappedResource>? Flavors { get; init; }

    /// <summary>External networks, and networks of other projects.</summary>
    public IReadOnlyList<MappedResource>? Networks { get; init; }

    /// <summary>Subnets of those networks.</summary>
    public IReadOnlyList<MappedResource>? Subnets { get; init; }

    /// <summary>Volume types.</summary>
    public IReadOnlyList<MappedResource>? VolumeTypes { get; init; }

    /// <summary>Availability zones of compute, by name.</summary>
    public IReadOnlyList<MappedResource>? ComputeZones { get; init; }

    /// <summary>Availability zones of block storage, by name.</summary>
    public IReadOnlyList<MappedResource>? VolumeZones { get; init; }

    /// <summary>Users that own keypairs.</summary>
    public IReadOnlyList<MappedResource>? KeypairOwners { get; init; }

    /// <summary><c>NewAddress</c>, <c>SameAddress</c> or <c>None</c>.</summary>
    public string? FloatingIps { get; init; }
}

/// <summary>What stands for one resource.</summary>
public sealed record MappedResource
{
    /// <summary>Id at the source; for zones the name.</summary>
    public required string Source { get; init; }

    /// <summary>For the reader.</summary>
    public required string SourceName { get; init; }

    /// <summary>Id at the target; null: nothing was chosen yet, and a failover is not ready.</summary>
    public string? Target { get; init; }

    /// <summary>For the reader.</summary>
    public string? TargetName { get; init; }

    /// <summary>Why it was proposed, or "chosen by hand".</summary>
    public required string Why { get; init; }
}
