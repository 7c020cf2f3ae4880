using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Capture;

/// <summary>
/// Resources that another service made and minds: a copy that does not go through that service would be an orphan there, and its original
/// would be rebuilt behind our back.
/// </summary>
static class ForeignOwners
{
    static readonly (string Prefix, string Owner)[] ByMetadata =
    [
        ("trove_", "Trove (database as a service)"),
        ("magnum_", "Magnum (container clusters)"),
        ("sahara_", "Sahara (data processing)"),
        ("manila_", "Manila (shared file systems)"),
        ("octavia_", "Octavia (load balancers)"),
        ("amphora_", "Octavia (load balancers)"),
        ("openshiftClusterID", "OpenShift's installer"),
    ];

    static readonly (string Prefix, string Owner)[] ByDeviceOwner =
    [
        ("Octavia", "Octavia (load balancers)"),
        ("neutron:LOADBALANCER", "Neutron's load balancer"),
        ("network:f5lbaas", "a load balancer"),
        ("trove:", "Trove (database as a service)"),
        ("manila:", "Manila (shared file systems)"),
        ("kuryr:", "Kuryr (container networking)"),
        ("trunk:subport", "a trunk port"),
        ("baremetal:", "Ironic (bare metal)"),
    ];

    /// <summary>Who made a server, where it was another service; null where it is the tenant's own.</summary>
    public static string? Of(Server server)
    {
        foreach (var (prefix, owner) in ByMetadata)
        {
            if (server.Metadata.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal))
                || server.Tags.Any(tag => tag.StartsWith(prefix, StringComparison.Ordinal)))
                return owner;
        }
        return null;
    }

    /// <summary>Who minds a port, where it is neither a server, nor the network itself, nor nobody.</summary>
    public static string? Of(Port port)
    {
        foreach (var (prefix, owner) in ByDeviceOwner)
        {
            if (port.DeviceOwner.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return owner;
        }
        return null;
    }
}
