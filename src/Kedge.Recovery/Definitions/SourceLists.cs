using System.Security.Cryptography;
using System.Text.Json;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Definitions;

/// <summary>
/// The lists of a project, read once for all its workloads: a call for each list, not for each server. A hash of what belongs to a workload
/// tells whether a whole capture, which costs calls for each server, is worth it.
/// </summary>
sealed record SourceLists
{
    public required IReadOnlyList<Volume> Volumes { get; init; }
    public required ProjectNetworks Network { get; init; }

    /// <exception cref="OpenStackException">A service did not answer, or refused.</exception>
    /// <exception cref="CaptureException">A list changed while it was read.</exception>
    public static async Task<SourceLists> ReadAsync(Site source, CancellationToken cancel)
    {
        await source.Tenant.AuthenticateAsync(cancel);
        return new SourceLists
        {
            Volumes = await source.Tenant.BlockStorage.ListVolumesAsync(BlockStorageFilter.None, cancel).ToListAsync(cancel),
            Network = await ProjectNetworks.ReadAsync(source, cancel),
        };
    }

    /// <summary>Of everything here that has to do with the servers of a blueprint; of all, where a workload is a whole project.</summary>
    public string HashFor(Blueprint blueprint, bool isWholeProject)
    {
        var servers = blueprint.Servers.Select(server => server.Id.Value).ToHashSet();
        var own = blueprint.Networks.Where(network => !network.IsMapped).Select(network => network.Id.Value).ToHashSet();
        var ports = Network.Ports.Where(port => isWholeProject || servers.Contains(port.DeviceId) || own.Contains(port.NetworkId.Value)).ToList();
        var portIds = ports.Select(port => port.Id).ToHashSet();
        var volumes = blueprint.Volumes.Select(volume => volume.Id.Value).ToHashSet();
        var networks = ports.Select(port => port.NetworkId.Value).Concat(own).ToHashSet();
        var routers = blueprint.Routers.Select(router => router.Id.Value).Concat(ports.Select(port => port.DeviceId)).ToHashSet();
        var groups = blueprint.SecurityGroups.Select(group => group.Id.Value).Concat(ports.SelectMany(port => port.SecurityGroups).Select(group => group.Value)).ToHashSet();
        var floating = blueprint.FloatingIps.Select(ip => ip.Id.Value).ToHashSet();

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Volumes.Where(volume => isWholeProject || volumes.Contains(volume.Id.Value) || volume.Attachments.Any(a => a.ServerId is { } server && servers.Contains(server.Value))), volume => volume.Id.Value);
        Add(hash, ports, port => port.Id.Value);
        Add(hash, Network.Networks.Where(network => isWholeProject || networks.Contains(network.Id.Value)), network => network.Id.Value);
        Add(hash, Network.Subnets.Where(subnet => isWholeProject || networks.Contains(subnet.NetworkId.Value)), subnet => subnet.Id.Value);
        Add(hash, Network.Routers.Where(router => isWholeProject || routers.Contains(router.Id.Value)), router => router.Id.Value);
        Add(hash, Network.SecurityGroups.Where(group => isWholeProject || groups.Contains(group.Id.Value)), group => group.Id.Value);
        Add(hash, Network.FloatingIps.Where(ip => isWholeProject || floating.Contains(ip.Id.Value) || (ip.PortId is { } port && portIds.Contains(port))), ip => ip.Id.Value);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Add<T>(IncrementalHash hash, IEnumerable<T> resources, Func<T, string> id)
    {
        foreach (var resource in resources.OrderBy(id, StringComparer.Ordinal))
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(resource));
        hash.AppendData("|"u8);
    }
}
