using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Capture;

/// <summary>What of Neutron belongs to the workload, as Neutron shows it.</summary>
sealed record ReadNetwork
{
    /// <summary>Of servers, and unbound ones that carry virtual IPs.</summary>
    public required IReadOnlyList<Port> Ports { get; init; }
    public required IReadOnlyList<VirtualNetwork> Networks { get; init; }
    public required IReadOnlyList<Subnet> Subnets { get; init; }
    public required IReadOnlyList<Router> Routers { get; init; }

    /// <summary>The legs of those routers.</summary>
    public required IReadOnlyList<Port> RouterPorts { get; init; }
    public required IReadOnlyList<SecurityGroup> SecurityGroups { get; init; }
    public required IReadOnlyList<FloatingIp> FloatingIps { get; init; }
}
