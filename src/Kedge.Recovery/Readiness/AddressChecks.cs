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
            if (await admin.Network.FindNetworkAddressesAsync(new NetworkId(target), cancel) is { } use && use.TotalIps - use.UsedIps < needed)
                findings.Blocks(ReasonCodes.NoFreeAddress, $"network {target}", $"{needed} addresses are needed and {use.TotalIps - use.UsedIps} of {use.TotalIps} are free.", "Free some, add a subnet, or map to another external network.");
        }
    }

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
