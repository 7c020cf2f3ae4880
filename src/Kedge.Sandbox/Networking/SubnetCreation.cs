using System.Text.Json.Nodes;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>POST /subnets, and the DHCP port that comes with it.</summary>
static class SubnetCreation
{
    public static SandboxResponse Create(Call call)
    {
        var body = call.Body("subnet");
        var network = Networks.Get(call, body.RequiredText("network_id"));
        if (!call.Owns(network.ProjectId))
            throw NeutronWire.Denied("create_subnet");
        if (body.Reference("subnetpool_id") is not null || body.Reference("cidr") is not { } cidr)
            throw ApiFault.Bad("A subnet needs a cidr; there are no subnet pools here.");
        var range = IpRange.Parse(cidr);
        if (body.Number("ip_version") is { } version && version != range.Version)
            throw ApiFault.Bad($"Invalid input for operation: cidr {cidr} is not of version {version}.");
        foreach (var id in network.SubnetIds)
            if (call.Cloud.Neutron.Subnets.Find(id)!.Cidr.Overlaps(range))
                throw new ApiFault(400,
                    $"Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network.Id} overlaps with another subnet.",
                    "InvalidInput");
        var project = NeutronWire.ProjectFor(call, body, "create_subnet");
        NeutronWire.Reserve(call, project, "subnet");

        var subnet = Make(call, body, network, range, project);
        Subnets.Set(subnet, body);
        call.Cloud.Neutron.Subnets.Add(subnet);
        network.SubnetIds.Add(subnet.Id);
        KeepDhcpPort(call.Cloud.Neutron, subnet);
        return NeutronWire.One(call, 201, "subnet", Subnets.View(subnet));
    }

    public static void SetPools(Subnet subnet, JsonObject body)
    {
        var pools = body.Objects("allocation_pools")
            .Select(p => new AddressPool(IpAddress.Parse(p.RequiredText("start")), IpAddress.Parse(p.RequiredText("end")))).ToList();
        foreach (var pool in pools)
        {
            if (!subnet.Cidr.Contains(pool.Start) || !subnet.Cidr.Contains(pool.End))
                throw new ApiFault(400,
                    $"The allocation pool {pool.Start}-{pool.End} spans beyond the subnet cidr {subnet.Cidr}.",
                    "OutOfBoundsAllocationPool");
            if (subnet.Gateway is { } gateway && gateway.Value >= pool.Start.Value && gateway.Value <= pool.End.Value)
                throw new ApiFault(409,
                    $"Gateway ip {gateway} conflicts with allocation pool {pool.Start}-{pool.End}.", "GatewayConflictWithAllocationPools");
        }
        subnet.Pools.Clear();
        subnet.Pools.AddRange(pools);
    }

    /// <summary>The agent's port on a network has one address on each of its subnets that has DHCP.</summary>
    public static void KeepDhcpPort(Neutron neutron, Subnet subnet)
    {
        if (!neutron.Cloud.Settings.Policies.DhcpPortsTakeAddresses)
            return;
        var network = neutron.Networks.Find(subnet.NetworkId)!;
        var port = neutron.Ports.FirstOrDefault(p => p.NetworkId == network.Id && p.DeviceOwner == "network:dhcp");
        var has = port?.FixedIps.Exists(ip => ip.SubnetId == subnet.Id) ?? false;
        if (subnet.HasDhcp && !has && subnet.Ipv6AddressMode is null)
        {
            port ??= neutron.AddOwnPort(network, network.ProjectId, "network:dhcp", $"dhcp{neutron.Cloud.Ids.Uuid()}-{network.Id}", []);
            neutron.Addresses.Take(port, [.. port.FixedIps, AddressBook.Free(subnet)]);
        }
        else if (!subnet.HasDhcp && has)
        {
            var kept = port!.FixedIps.Where(ip => ip.SubnetId != subnet.Id).ToList();
            neutron.Addresses.Release(port);
            neutron.Addresses.Take(port, kept);
            if (kept.Count == 0)
                neutron.Remove(port);
        }
    }

    static Subnet Make(Call call, JsonObject body, Network network, IpRange range, string project)
    {
        var subnet = new Subnet
        {
            Id = call.Cloud.Ids.Uuid(),
            ProjectId = project,
            CreatedAt = call.Now,
            UpdatedAt = call.Now,
            NetworkId = network.Id,
            Cidr = range,
            Ipv6AddressMode = body.Reference("ipv6_address_mode"),
            Ipv6RaMode = body.Reference("ipv6_ra_mode"),
            Gateway = !body.ContainsKey("gateway_ip") ? range.First.Plus(1)
                : body.Reference("gateway_ip") is { } gateway ? IpAddress.Parse(gateway) : null,
        };
        if (body.List("allocation_pools") is not null)
            SetPools(subnet, body);
        else
            subnet.Pools.AddRange(Around(subnet.Gateway, range));
        return subnet;
    }

    /// <summary>All hosts but the gateway.</summary>
    static IEnumerable<AddressPool> Around(IpAddress? gateway, IpRange range)
    {
        var first = range.First.Plus(1);
        var last = range.Version == 4 ? range.Last.Minus(1) : range.Last;
        if (gateway is not { } middle || middle.Value < first.Value || middle.Value > last.Value)
        {
            yield return new(first, last);
            yield break;
        }
        if (middle.Value > first.Value)
            yield return new(first, middle.Minus(1));
        if (middle.Value < last.Value)
            yield return new(middle.Plus(1), last);
    }
}
