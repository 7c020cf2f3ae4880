using System.Net;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;

namespace Kedge.Recovery.Readiness;

/// <summary>
/// Are the workload's addresses free at the target? Only networks that are there already can hold somebody else: those that the failover
/// makes are empty.
/// </summary>
static class AddressChecks
{
    public static async Task AskAsync(Findings findings, CancellationToken cancel)
    {
        foreach (var network in findings.Blueprint.Networks.Where(network => network.IsMapped))
        {
            if (findings.TargetOf(network) is not { } target)
                continue;
            foreach (var port in findings.Blueprint.Ports.Where(port => port.Network == network.Id))
                await AskPortAsync(findings, port, new NetworkId(target), cancel);
        }
        await AskFreeAsync(findings, cancel);
        if (findings.Mapping?.FloatingIps == FloatingIpPolicy.SameAddress)
            await AskFloatingAsync(findings, cancel);
    }

    static async Task AskPortAsync(Findings findings, PortBlueprint port, NetworkId network, CancellationToken cancel)
    {
        // Ports of other projects are shown to an admin only.
        var neutron = (findings.To.Admin ?? findings.To.Tenant).Network;
        await foreach (var holder in neutron.ListPortsAsync(new PortFilter { NetworkId = network, MacAddress = port.MacAddress }, cancel))
            findings.Blocks(ReasonCodes.MacInUse, $"port {port.Name} ({port.Id})", $"Its MAC {port.MacAddress} is used at the target by port {holder.Id} of {Owner(holder)}.", $"Remove port {holder.Id} if it is a left-over.");
        foreach (var address in port.FixedIps.Select(ip => ip.Address))
        {
            await foreach (var holder in neutron.ListPortsAsync(new PortFilter { NetworkId = network, IpAddress = address }, cancel))
                findings.Blocks(ReasonCodes.AddressInUse, $"port {port.Name} ({port.Id})", $"Its address {address} is used at the target by port {holder.Id} of {Owner(holder)}.", $"Free {address} there, or give the server another address at the source and protect again.");
        }
    }

    static string Owner(Port port) => port.DeviceOwner.Length > 0 ? $"{port.DeviceOwner} {port.DeviceId}" : $"project {port.ProjectId}";

    /// <summary>Floating IPs and router gateways take an address each.</summary>
    static async Task AskFreeAsync(Findings findings, CancellationToken cancel)
    {
        foreach (var network in findings.Blueprint.Networks.Where(network => network.IsMapped))
        {
            var floating = findings.Mapping?.FloatingIps == FloatingIpPolicy.None ? 0 : findings.Blueprint.FloatingIps.Count(ip => ip.ExternalNetwork == network.Id);
            var needed = floating + findings.Blueprint.Routers.Count(router => router.ExternalNetwork == network.Id);
            if (needed == 0 || findings.TargetOf(network) is not { } target)
                continue;
            if (findings.To.Admin is not { } admin)
            {
                findings.Warns(ReasonCodes.NotChecked, $"network {target}", $"Whether {needed} addresses are free there is told to an admin only.", $"kedge site set {findings.To.Name} --admin-cloud ENTRY");
                continue;
            }
            var (free, total) = await FreeAsync(admin.Network, new NetworkId(target), cancel);
            if (free < needed)
                findings.Blocks(ReasonCodes.NoFreeAddress, $"network {target}", $"{needed} addresses are needed and {free} of {total} are free.", "Free some, add a subnet, or map to another external network.");
        }
    }

    /// <summary>Neutron's own count where it has that extension, else counted here: floating IPs are IPv4.</summary>
    static async Task<(double Free, double Total)> FreeAsync(NetworkClient neutron, NetworkId network, CancellationToken cancel)
    {
        if (await neutron.FindNetworkAddressesAsync(network, cancel) is { } use)
            return (use.TotalIps - use.UsedIps, use.TotalIps);
        var total = 0.0;
        await foreach (var subnet in neutron.ListSubnetsAsync(new NetworkFilter { NetworkId = network }, cancel))
            total += subnet.AllocationPools.Where(_ => subnet.IpVersion == 4).Sum(pool => 1.0 + Number(pool.End) - Number(pool.Start));
        var used = 0;
        await foreach (var port in neutron.ListPortsAsync(new PortFilter { NetworkId = network }, cancel))
            used += port.FixedIps.Count(ip => ip.IpAddress?.Contains(':') == false);
        return (Math.Max(0, total - used), total);
    }

    static double Number(string address) => IPAddress.Parse(address).GetAddressBytes().Aggregate(0.0, (number, part) => (number * 256) + part);

    static async Task AskFloatingAsync(Findings findings, CancellationToken cancel)
    {
        var neutron = (findings.To.Admin ?? findings.To.Tenant).Network;
        foreach (var floating in findings.Blueprint.FloatingIps)
        {
            if (findings.Mapping!.Networks.FirstOrDefault(mapped => mapped.Source == floating.ExternalNetwork)?.Target is not { } target)
                continue;
            await foreach (var holder in neutron.ListPortsAsync(new PortFilter { NetworkId = new NetworkId(target), IpAddress = floating.Address }, cancel))
                findings.Blocks(ReasonCodes.AddressInUse, $"floating IP {floating.Address} ({floating.Id})", $"It is used at the target by port {holder.Id} of {Owner(holder)}.", "Free it, or write floatingIps: NewAddress into the mapping.");
        }
    }
}
