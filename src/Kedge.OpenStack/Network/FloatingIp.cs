using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A floating IP. <c>https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips</c></summary>
public sealed record FloatingIp
{
    /// <summary>Id.</summary>
    public FloatingIpId Id { get; init; }

    /// <summary>The address outside.</summary>
    [JsonPropertyName("floating_ip_address")]
    public string Address { get; init => field = value ?? ""; } = "";

    /// <summary>External network.</summary>
    [JsonPropertyName("floating_network_id")]
    public NetworkId NetworkId { get; init; }

    /// <summary>The address inside; null when not associated.</summary>
    public string? FixedIpAddress { get; init; }

    /// <summary>The port inside; null when not associated.</summary>
    public PortId? PortId { get; init; }

    /// <summary>The router that translates.</summary>
    public RouterId? RouterId { get; init; }

    /// <summary>State.</summary>
    public NetworkStatus Status { get; init; }

    /// <summary>Host name for DNS.</summary>
    public string? DnsName { get; init; }

    /// <summary>DNS domain.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }

    /// <summary>Description.</summary>
    public string Description { get; init => field = value ?? ""; } = "";

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>Owner project.</summary>
    public ProjectId ProjectId { get; init; }

    /// <summary>Counts changes.</summary>
    public long? RevisionNumber { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A floating IP to be created. <c>https://docs.openstack.org/api-ref/network/v2/#create-floating-ip</c></summary>
public sealed record NewFloatingIp
{
    /// <summary>External network.</summary>
    [JsonPropertyName("floating_network_id")]
    public required NetworkId NetworkId { get; init; }

    /// <summary>The address to have (administrators); null lets the cloud choose.</summary>
    [JsonPropertyName("floating_ip_address")]
    public string? Address { get; init; }

    /// <summary>Subnet of the external network.</summary>
    public SubnetId? SubnetId { get; init; }

    /// <summary>Port to associate with.</summary>
    public PortId? PortId { get; init; }

    /// <summary>Which address of the port; null for its first.</summary>
    public string? FixedIpAddress { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Host name for DNS.</summary>
    public string? DnsName { get; init; }

    /// <summary>DNS domain.</summary>
    public string? DnsDomain { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }
}
