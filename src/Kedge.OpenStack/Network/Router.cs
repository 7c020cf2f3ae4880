using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>A router. <c>https://docs.openstack.org/api-ref/network/v2/#routers-routers</c></summary>
public sealed record Router
{
    /// <summary>Id.</summary>
    public RouterId Id { get; init; }

    /// <summary>Name; not unique.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>State.</summary>
    public NetworkStatus Status { get; init; }

    /// <summary>Whether it is switched on.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool IsAdminUp { get; init; }

    /// <summary>Way out; null for none.</summary>
    [JsonPropertyName("external_gateway_info")]
    public ExternalGateway? Gateway { get; init; }

    /// <summary>Extra routes.</summary>
    public IReadOnlyList<Route> Routes { get; init => field = value ?? []; } = [];

    /// <summary>Distributed virtual routing (administrators).</summary>
    [JsonPropertyName("distributed")]
    public bool? IsDistributed { get; init; }

    /// <summary>Highly available (administrators).</summary>
    [JsonPropertyName("ha")]
    public bool? IsHa { get; init; }

    /// <summary>Router flavor.</summary>
    public string? FlavorId { get; init; }

    /// <summary>Availability zones that were asked for.</summary>
    public IReadOnlyList<string> AvailabilityZoneHints { get; init => field = value ?? []; } = [];

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

/// <summary>A router's way out.</summary>
public sealed record ExternalGateway
{
    /// <summary>External network.</summary>
    public NetworkId NetworkId { get; init; }

    /// <summary>Whether addresses are translated; setting it is for administrators.</summary>
    public bool? EnableSnat { get; init; }

    /// <summary>Its addresses outside; choosing them is for administrators.</summary>
    public IReadOnlyList<FixedIp>? ExternalFixedIps { get; init; }

    /// <summary>QoS policy.</summary>
    public QosPolicyId? QosPolicyId { get; init; }
}

/// <summary>A router to be created; interfaces and routes follow. <c>https://docs.openstack.org/api-ref/network/v2/#create-router</c></summary>
public sealed record NewRouter
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Description.</summary>
    public string? Description { get; init; }

    /// <summary>Owner, when an administrator creates for another project.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Whether it is switched on; null is yes.</summary>
    [JsonPropertyName("admin_state_up")]
    public bool? IsAdminUp { get; init; }

    /// <summary>Way out; null for none.</summary>
    [JsonPropertyName("external_gateway_info")]
    public ExternalGateway? Gateway { get; init; }

    /// <summary>Distributed virtual routing (administrators).</summary>
    [JsonPropertyName("distributed")]
    public bool? IsDistributed { get; init; }

    /// <summary>Highly available (administrators).</summary>
    [JsonPropertyName("ha")]
    public bool? IsHa { get; init; }

    /// <summary>Router flavor.</summary>
    public string? FlavorId { get; init; }

    /// <summary>Availability zones.</summary>
    public IReadOnlyList<string>? AvailabilityZoneHints { get; init; }
}

/// <summary>What adding an interface made.</summary>
public sealed record RouterInterface
{
    /// <summary>The router.</summary>
    public RouterId Id { get; init; }

    /// <summary>The interface's port.</summary>
    public PortId PortId { get; init; }

    /// <summary>Its subnet.</summary>
    public SubnetId? SubnetId { get; init; }
}
