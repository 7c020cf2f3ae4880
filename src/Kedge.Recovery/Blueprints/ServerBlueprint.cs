using System.Collections.Immutable;

namespace Kedge.Recovery.Blueprints;

/// <summary>A server, as Nova shows it, less what belongs to its host. https://docs.openstack.org/api-ref/compute/#servers-servers</summary>
public sealed record ServerBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public string? Hostname { get; init; }
    public string? Description { get; init; }

    /// <summary>
    /// The flavor, also where it was deleted since: then <see cref="Blueprint.Flavors"/> has it as the server has it. Null only where the cloud
    /// did not tell its id.
    /// </summary>
    public SourceId? Flavor { get; init; }

    /// <summary>What the server was really built with, which a later change of the flavor does not touch.</summary>
    public required FlavorShape EmbeddedFlavor { get; init; }

    /// <summary>The image it was booted from; null where it boots from a volume.</summary>
    public SourceId? Image { get; init; }
    public string? KeyName { get; init; }

    /// <summary>The user whose keypair it is: the one who made the server. Two users may have keypairs of one name.</summary>
    public SourceId? KeyOwner { get; init; }

    /// <summary>Where it is, which need not be what was asked for; null while it is on no host.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>The zone that was asked for; null where none was, or where the cloud (before 2.96) does not tell.</summary>
    public string? PinnedAvailabilityZone { get; init; }

    /// <summary>Hints that the scheduler was given, but for <c>group</c>, which <see cref="ServerGroup"/> says; readable since 2.100.</summary>
    public ImmutableSortedDictionary<string, string> SchedulerHints { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }

    /// <summary>Base64 as Nova keeps it, at most 65,535 bytes; null where there is none or where it could not be read.</summary>
    public string? UserData { get; init; }
    public bool ConfigDrive { get; init; }
    public ImmutableSortedDictionary<string, string> Metadata { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; }
    public SourceId? ServerGroup { get; init; }

    /// <summary>In the order in which the guest sees them: the boot disk first.</summary>
    public ImmutableArray<AttachedVolume> Volumes { get => field.IsDefault ? [] : field; init; }

    /// <summary>In the order of the NICs.</summary>
    public ImmutableArray<AttachedPort> Ports { get => field.IsDefault ? [] : field; init; }
    public required ServerPower Power { get; init; }
    public bool IsLocked { get; init; }
    public string? LockedReason { get; init; }
    public string? DiskConfig { get; init; }
    public string? AccessIpv4 { get; init; }
    public string? AccessIpv6 { get; init; }
    public ImmutableArray<string> TrustedImageCertificates { get => field.IsDefault ? [] : field; init; }
}

/// <summary>What a server is to be left as. States in between (rescue, resize) are captured as what they come from.</summary>
public enum ServerPower
{
    Active,
    Stopped,
    Paused,
    Suspended,
    Shelved,
}

public sealed record AttachedVolume
{
    public required SourceId Volume { get; init; }

    /// <summary>0 for the boot disk; null for a disk that is not booted from.</summary>
    public int? BootIndex { get; init; }
    public bool DeleteOnTermination { get; init; }
    public string? Tag { get; init; }

    /// <summary>As Nova names it, e.g. <c>/dev/vdb</c>. For information: libvirt does not honour it.</summary>
    public string? Device { get; init; }
}

public sealed record AttachedPort
{
    public required SourceId Port { get; init; }
    public string? Tag { get; init; }
}

/// <summary>Name, sizes and extra specs of a flavor.</summary>
public sealed record FlavorShape
{
    public required string Name { get; init; }
    public required int Vcpus { get; init; }
    public required int RamMib { get; init; }
    public required int DiskGib { get; init; }
    public int EphemeralGib { get; init; }
    public int SwapMib { get; init; }
    public ImmutableSortedDictionary<string, string> ExtraSpecs { get => field ?? ImmutableSortedDictionary<string, string>.Empty; init; }
}

public sealed record FlavorBlueprint
{
    public required SourceId Id { get; init; }
    public required FlavorShape Shape { get; init; }
    public bool IsPublic { get; init; } = true;
    public string? Description { get; init; }
}

public sealed record KeypairBlueprint
{
    /// <summary>Keypairs have no id: they are named, each user's for itself.</summary>
    public required string Name { get; init; }
    public required SourceId User { get; init; }
    public required string Type { get; init; }

    /// <summary>Null where only the name was readable: another user's, and no admin to ask.</summary>
    public string? PublicKey { get; init; }
    public string? Fingerprint { get; init; }
}

public sealed record ServerGroupBlueprint
{
    public required SourceId Id { get; init; }
    public required string Name { get; init; }
    public required string Policy { get; init; }
    public int? MaxServerPerHost { get; init; }

    /// <summary>Servers of this workload in it, by id.</summary>
    public ImmutableArray<SourceId> Members { get => field.IsDefault ? [] : field; init; }
}
