using System.Net;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Readiness;

/// <summary>A router refuses two subnets that overlap: also one of ours and one of a network that is there already, as the external one.</summary>
static class SubnetChecks
{
    public static async Task AskAsync(Findings findings, CancellationToken cancel)
    {
        var there = new Dictionary<string, List<Subnet>>(StringComparer.Ordinal);
        // Subnets of an external network are often shown to an admin only.
        await foreach (var subnet in (findings.To.Admin ?? findings.To.Tenant).Network.ListSubnetsAsync(NetworkFilter.None, cancel))
        {
            if (!there.TryGetValue(subnet.NetworkId.Value, out var subnets))
                there[subnet.NetworkId.Value] = subnets = [];
            subnets.Add(subnet);
        }
        foreach (var router in findings.Blueprint.Routers)
            Judge(findings, router, there);
    }

    static void Judge(Findings findings, RouterBlueprint router, Dictionary<string, List<Subnet>> there)
    {
        var own = findings.Blueprint.Networks.Where(network => !network.IsMapped).Select(network => network.Id).ToHashSet();
        var mine = findings.Blueprint.Subnets
            .Where(subnet => own.Contains(subnet.Network) && router.Interfaces.Any(leg => leg.FixedIps.Any(ip => ip.Subnet == subnet.Id))).ToList();
        var plugged = findings.Blueprint.Networks
            .Where(network => network.IsMapped && (network.Id == router.ExternalNetwork || router.Interfaces.Any(leg => leg.Network == network.Id)))
            .Select(findings.TargetOf).OfType<string>();
        foreach (var other in plugged.SelectMany(network => there.GetValueOrDefault(network, [])))
        {
            foreach (var subnet in mine.Where(subnet => Overlap(subnet.Cidr, other.Cidr)))
            {
                findings.Blocks(
                    ReasonCodes.CidrOverlap,
                    $"router {router.Name} ({router.Id})",
                    $"Its subnet {subnet.Name} {subnet.Cidr} overlaps subnet {other.Name} {other.Cidr} ({other.Id}) of network {other.NetworkId} at the target, and a router takes no two that overlap.",
                    "Map to a network without such a subnet, or renumber one of the two.");
            }
        }
    }

    static bool Overlap(string one, string other) => IPNetwork.TryParse(one, out var a) && IPNetwork.TryParse(other, out var b)
        && a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily && (a.Contains(b.BaseAddress) || b.Contains(a.BaseAddress));
}
