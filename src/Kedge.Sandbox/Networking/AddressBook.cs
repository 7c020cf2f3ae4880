using System.Globalization;
using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>Which address and which MAC belongs to whom.</summary>
sealed class AddressBook(Neutron neutron)
{
    /// <summary>Beyond this many taken addresses at a pool's start nothing more is found; a /16 fits.</summary>
    const int MaxSearched = 70_000;

    public string NewMac(Network network)
    {
        while (true)
        {
            var mac = neutron.Cloud.Ids.Mac();
            if (!network.Macs.Contains(mac))
                return mac;
        }
    }

    public void Take(Port port, IReadOnlyList<FixedIp> addresses)
    {
        foreach (var address in addresses)
            neutron.Subnets.Find(address.SubnetId)!.Taken.Add(address.Address);
        port.FixedIps = [.. addresses];
    }

    public void Release(Port port)
    {
        foreach (var address in port.FixedIps)
            neutron.Subnets.Find(address.SubnetId)?.Taken.Remove(address.Address);
        port.FixedIps = [];
    }

    /// <summary>What a caller asked for, or one address of each version when nothing was asked.</summary>
    /// <param name="network">The port's.</param>
    /// <param name="asked">The body's fixed_ips; null when absent, and empty for a port without addresses.</param>
    /// <param name="mac">For addresses that derive from it.</param>
    /// <param name="own">Addresses that the port holds already and may keep.</param>
    public List<FixedIp> Choose(Network network, JsonArray? asked, string mac, IReadOnlyList<FixedIp> own)
    {
        var subnets = network.SubnetIds.Select(id => neutron.Subnets.Find(id)!).ToList();
        if (asked is null)
            return [.. subnets.GroupBy(s => s.Cidr.Version).Select(g => AnyOf(network, [.. g], mac))];
        var chosen = new List<FixedIp>();
        foreach (var wish in asked.OfType<JsonObject>())
            chosen.Add(One(network, subnets, wish, mac, own));
        return chosen;
    }

    public static FixedIp Free(Subnet subnet) => FindFree(subnet)
        ?? throw new ApiFault(409, $"No more IP addresses available on network {subnet.NetworkId}.", "IpAddressGenerationFailure");

    static FixedIp One(Network network, List<Subnet> subnets, JsonObject wish, string mac, IReadOnlyList<FixedIp> own)
    {
        var subnetId = wish.Reference("subnet_id");
        var subnet = subnetId is null ? null : subnets.Find(s => s.Id == subnetId)
            ?? throw new ApiFault(400,
                $"Invalid input for operation: Failed to create port on network {network.Id}, because fixed_ips included invalid subnet {subnetId}.",
                "InvalidInput");
        if (wish.Reference("ip_address") is not { } text)
            return subnet is null
                ? AnyOf(network, subnets, mac)
                : own.FirstOrDefault(o => o.SubnetId == subnet.Id) ?? AnyOf(network, [subnet], mac);
        var address = IpAddress.Parse(text);
        if (subnet is not null && !subnet.Cidr.Contains(address))
            throw new ApiFault(400, $"IP address {text} is not a valid IP for the specified subnet.", "InvalidIpForSubnet");
        subnet ??= subnets.Find(s => s.Cidr.Contains(address))
            ?? throw new ApiFault(400,
                $"IP address {text} is not a valid IP for any of the subnets on the specified network.", "InvalidIpForNetwork");
        var fixedIp = new FixedIp(subnet.Id, address);
        if (subnet.Taken.Contains(address) && !own.Contains(fixedIp))
            throw new ApiFault(409, $"IP address {text} already allocated in subnet {subnet.Id}", "IpAddressAlreadyAllocated");
        return fixedIp;
    }

    static FixedIp AnyOf(Network network, IReadOnlyList<Subnet> subnets, string mac)
    {
        foreach (var subnet in subnets)
            if ((subnet.Ipv6AddressMode == "slaac" ? FromMac(subnet, mac) : FindFree(subnet)) is { } free)
                return free;
        throw new ApiFault(409, $"No more IP addresses available on network {network.Id}.", "IpAddressGenerationFailure");
    }

    static FixedIp? FindFree(Subnet subnet)
    {
        var searched = 0;
        foreach (var pool in subnet.Pools)
            for (var address = pool.Start; address.Value <= pool.End.Value && searched < MaxSearched; address = address.Plus(1), searched++)
                if (!subnet.Taken.Contains(address))
                    return new(subnet.Id, address);
        return null;
    }

    /// <summary>EUI-64: the address that a host with this MAC gives itself.</summary>
    static FixedIp FromMac(Subnet subnet, string mac)
    {
        UInt128 host = 0;
        var parts = mac.Split(':').Select(p => byte.Parse(p, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        foreach (var part in (byte[])[(byte)(parts[0] ^ 2), parts[1], parts[2], 0xff, 0xfe, parts[3], parts[4], parts[5]])
            host = (host << 8) | part;
        return new(subnet.Id, subnet.Cidr.First.Plus(host));
    }
}
