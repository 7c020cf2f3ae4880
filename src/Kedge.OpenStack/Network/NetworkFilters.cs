using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Network;

/// <summary>Which networks, subnets, routers, security groups or floating IPs to list; what is null or empty does not restrict.</summary>
public record NetworkFilter
{
    /// <summary>Everything visible, which includes what other projects share.</summary>
    public static NetworkFilter None { get; } = new();

    /// <summary>Those that this project owns.</summary>
    public ProjectId? ProjectId { get; init; }

    /// <summary>Those that have all these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Those with exactly this name. Names are not unique: a proposal, never a proof.</summary>
    public string? Name { get; init; }

    /// <summary>Those with exactly this description.</summary>
    public string? Description { get; init; }

    /// <summary>Those of this network (subnets, ports).</summary>
    public NetworkId? NetworkId { get; init; }
}

/// <summary>Which ports to list; what is null or empty does not restrict.</summary>
public sealed record PortFilter : NetworkFilter
{
    /// <summary>Those of this server, router or other device; empty text for unbound ones.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Those of this kind of device, such as <c>network:router_interface</c>.</summary>
    public string? DeviceOwner { get; init; }

    /// <summary>Those with this MAC address.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Those with this address.</summary>
    public string? IpAddress { get; init; }
}
