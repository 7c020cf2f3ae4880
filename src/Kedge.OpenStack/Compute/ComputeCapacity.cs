using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Compute;

/// <summary>What a project may use and uses. -1 is without limit. <c>https://docs.openstack.org/api-ref/compute/#limits-limits</c></summary>
public sealed record ComputeLimits
{
    /// <summary>Most servers.</summary>
    [JsonPropertyName("maxTotalInstances")]
    public int MaxServers { get; init; }

    /// <summary>Servers now.</summary>
    [JsonPropertyName("totalInstancesUsed")]
    public int ServersUsed { get; init; }

    /// <summary>Most virtual CPUs.</summary>
    [JsonPropertyName("maxTotalCores")]
    public int MaxCores { get; init; }

    /// <summary>Virtual CPUs now.</summary>
    [JsonPropertyName("totalCoresUsed")]
    public int CoresUsed { get; init; }

    /// <summary>Most memory, MiB.</summary>
    [JsonPropertyName("maxTotalRAMSize")]
    public int MaxRamMib { get; init; }

    /// <summary>Memory now, MiB.</summary>
    [JsonPropertyName("totalRAMUsed")]
    public int RamMibUsed { get; init; }

    /// <summary>Most keypairs of a user.</summary>
    [JsonPropertyName("maxTotalKeypairs")]
    public int MaxKeypairs { get; init; }

    /// <summary>Most server groups.</summary>
    [JsonPropertyName("maxServerGroups")]
    public int MaxServerGroups { get; init; }

    /// <summary>Server groups now.</summary>
    [JsonPropertyName("totalServerGroupsUsed")]
    public int ServerGroupsUsed { get; init; }

    /// <summary>Most members of a server group.</summary>
    [JsonPropertyName("maxServerGroupMembers")]
    public int MaxServerGroupMembers { get; init; }

    /// <summary>Most metadata items of a server.</summary>
    [JsonPropertyName("maxServerMeta")]
    public int MaxServerMetadata { get; init; }
}

/// <summary>A Nova service on a host (administrators). <c>https://docs.openstack.org/api-ref/compute/#compute-services-os-services</c></summary>
public sealed record ComputeService
{
    /// <summary>Id (2.53).</summary>
    public ComputeServiceId Id { get; init; }

    /// <summary><c>nova-compute</c>, <c>nova-scheduler</c> or <c>nova-conductor</c>.</summary>
    public string Binary { get; init => field = value ?? ""; } = "";

    /// <summary>Host.</summary>
    public string Host { get; init => field = value ?? ""; } = "";

    /// <summary>Availability zone.</summary>
    public string? Zone { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>: what people want.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary><c>up</c> or <c>down</c>: what its heartbeat says.</summary>
    public string State { get; init => field = value ?? ""; } = "";

    /// <summary>Forced down from outside (2.11).</summary>
    public bool ForcedDown { get; init; }

    /// <summary>Why it is disabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>Its last heartbeat.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A hypervisor (administrators). <c>https://docs.openstack.org/api-ref/compute/#hypervisors-os-hypervisors</c></summary>
public sealed record Hypervisor
{
    /// <summary>Id (2.53).</summary>
    public HypervisorId Id { get; init; }

    /// <summary>Host name.</summary>
    [JsonPropertyName("hypervisor_hostname")]
    public string Hostname { get; init => field = value ?? ""; } = "";

    /// <summary>Type, such as <c>QEMU</c>.</summary>
    [JsonPropertyName("hypervisor_type")]
    public string? Type { get; init; }

    /// <summary><c>up</c> or <c>down</c>.</summary>
    public string State { get; init => field = value ?? ""; } = "";

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Address of the host.</summary>
    public string? HostIp { get; init; }

    /// <summary>Virtual CPUs (until 2.87).</summary>
    public int? Vcpus { get; init; }

    /// <summary>Memory, MiB (until 2.87).</summary>
    [JsonPropertyName("memory_mb")]
    public int? MemoryMib { get; init; }
}

/// <summary>An availability zone.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsAvailable">Whether it takes new resources.</param>
public sealed record AvailabilityZone(string Name, bool IsAvailable);
