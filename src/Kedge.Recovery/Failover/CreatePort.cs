using System.Collections.Immutable;
using System.Net;
using Kedge.OpenStack;
using Kedge.OpenStack.Network;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;
using DhcpOption = Kedge.OpenStack.Network.DhcpOption;

namespace Kedge.Recovery.Failover;

/// <summary>
/// A port with its MAC and all its addresses: the carrier of a server's identity. When one of them is taken, a person decides, and the message
/// says by what: nothing is taken from anybody, and a server with other addresses is not the server that was lost. In a network that is not the
/// workload's own, choosing addresses is for administrators; an address that the network there cannot have at all is left to it and told.
/// </summary>
/// <param name="IsOwnNetwork">The network was made by this run, and not mapped to another's.</param>
/// <param name="AutoAddressed">Subnets whose addresses follow from the MAC: Neutron refuses to be told them.</param>
public sealed record CreatePort(
    string Site, PortBlueprint Port, bool IsOwnNetwork, ImmutableArray<SourceId> AutoAddressed, Counterparts Targets) : RecoveryStep
{
    public override string Title =>
        $"Create port {(Port.Name is "" ? Port.MacAddress : Port.Name)}{(Port.FixedIps is [] ? "" : $" with {string.Join(" and ", Port.FixedIps.Select(ip => ip.Address))}")}";

    public override IEnumerable<string> Lanes => [Steps.Lanes.Network(Site)];

    public override IEnumerable<string> Needs => Targets.Steps();

    public override async Task<StepOutcome> RunAsync(SiteSet sites, StepRun run, CancellationToken cancel)
    {
        var site = sites[Site];
        var neutron = (IsOwnNetwork ? site.Tenant : site.Admin ?? site.Tenant).Network;
        var differences = new List<string>();
        Port port;
        try
        {
            port = await NeutronKinds.Ports.Marked(neutron, Mark.Of(run)).EnsureAsync(
                Port.Description, Port.Tags, async mark => await neutron.CreatePortAsync(Described(run, mark, await AddressesAsync(neutron, run, differences, cancel)), cancel), cancel);
        }
        catch (OpenStackException e) when (e.Fault is Fault.Conflict && IsAboutAddresses(e))
        {
            return await TakenAsync(site, run, e, cancel);
        }
        return new Made(port.Id.Value) { Address = port.FixedIps is [var first, ..] ? first.IpAddress : null, NotAsCaptured = [.. differences] }
            .Done($"port {port.Id} has {port.MacAddress} and {string.Join(", ", port.FixedIps.Select(ip => ip.IpAddress))}");
    }

    NewPort Described(StepRun run, string mark, List<OpenStack.Network.FixedIp> addresses) => new()
    {
        NetworkId = new NetworkId(Targets.IdIn(run, Port.Network)),
        Name = Port.Name,
        Description = mark,
        IsAdminUp = Port.IsAdminStateUp,
        MacAddress = Port.MacAddress,
        FixedIps = addresses,
        PortSecurityEnabled = Port.PortSecurityEnabled,
        SecurityGroups = [.. Port.SecurityGroups.Select(g => new SecurityGroupId(Targets.IdIn(run, g)))],
        AllowedAddressPairs = Port.AllowedAddressPairs is [] ? null : [.. Port.AllowedAddressPairs.Select(PairOf)],
        ExtraDhcpOpts = Port.ExtraDhcpOptions is [] ? null : [.. Port.ExtraDhcpOptions.Select(o => new DhcpOption { Name = o.Name, Value = o.Value, IpVersion = o.IpVersion })],
        VnicType = Port.VnicType is null or "normal" ? null : Port.VnicType,
        DnsName = string.IsNullOrEmpty(Port.DnsName) ? null : Port.DnsName,
        DnsDomain = string.IsNullOrEmpty(Port.DnsDomain) ? null : Port.DnsDomain,
        DeviceOwner = string.IsNullOrEmpty(Port.DeviceOwner) || Port.Server is not null ? null : Port.DeviceOwner,
    };

    async Task<List<OpenStack.Network.FixedIp>> AddressesAsync(NetworkClient neutron, StepRun run, List<string> differences, CancellationToken cancel)
    {
        var addresses = new List<OpenStack.Network.FixedIp>();
        foreach (var ip in Port.FixedIps)
        {
            var subnet = new SubnetId(Targets.IdIn(run, ip.Subnet));
            var isPossible = IsOwnNetwork || IsIn((await neutron.GetSubnetAsync(subnet, cancel)).Cidr, ip.Address);
            if (!isPossible)
                differences.Add($"Port {(Port.Name is "" ? Port.Id : Port.Name)} has not {ip.Address}: the subnet that stands for its own at {Site} does not hold it.");
            addresses.Add(new OpenStack.Network.FixedIp(subnet, isPossible && !AutoAddressed.Contains(ip.Subnet) ? ip.Address : null));
        }
        return addresses;
    }

    /// <summary>A pair without a MAC of its own shows the port's; saying it again is the same.</summary>
    static OpenStack.Network.AddressPair PairOf(Blueprints.AddressPair pair) => new(pair.IpAddress, pair.MacAddress);

    static bool IsAboutAddresses(OpenStackException e) =>
        e.CloudMessage is { } said && (said.Contains("MAC", StringComparison.OrdinalIgnoreCase) || said.Contains("IP address", StringComparison.OrdinalIgnoreCase));

    static bool IsIn(string cidr, string address) =>
        IPNetwork.TryParse(cidr, out var range) && IPAddress.TryParse(address, out var ip) && range.Contains(ip);

    async Task<StepOutcome> TakenAsync(Site site, StepRun run, OpenStackException refusal, CancellationToken cancel)
    {
        var neutron = (site.Admin ?? site.Tenant).Network;
        var network = new NetworkId(Targets.IdIn(run, Port.Network));
        var holders = new List<string>();
        await foreach (var holder in neutron.ListPortsAsync(new PortFilter { NetworkId = network }, cancel))
        {
            var isSame = string.Equals(holder.MacAddress, Port.MacAddress, StringComparison.OrdinalIgnoreCase)
                || Port.FixedIps.Any(ip => holder.FixedIps.Any(h => h.IpAddress == ip.Address));
            // Asked for by a process before this one, whose call arrived only after this one had looked: it is found at the next look.
            if (isSame && (holder.Description.Contains(Mark.Of(run).Tag, StringComparison.Ordinal) || holder.Tags.Contains(Mark.Of(run).Tag)))
                return new StepOutcome.NotYet("the port that was asked for before a crash", TimeSpan.FromSeconds(1));
            if (isSame)
                holders.Add($"port {holder.Id}{(holder.DeviceOwner is "" ? "" : $" of {holder.DeviceOwner} {holder.DeviceId}")}");
        }
        var by = holders is [] ? "something that this project does not see" : string.Join(" and ", holders);
        return new StepOutcome.Stop(
            $"{Title}: {Site} refuses it, since its MAC {Port.MacAddress} or one of its addresses is held by {by}. {refusal.CloudMessage} (request {refusal.RequestId})",
            "Remove what holds it (kedge cleanup, if an earlier run or drill left it there; a DHCP port finds itself another address), then resume the run.");
    }
}
