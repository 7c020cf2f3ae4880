using System.Collections.Immutable;
using System.Net;
using Kedge.OpenStack.Network;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Mapping;

/// <summary>Proposes networks that are the operator's, or another project's, and the subnets of them that hold the workload's addresses.</summary>
sealed class NetworkProposal(Blueprint blueprint, MappingNeeds needs, TargetOffer offer)
{
    public ImmutableArray<MappedResource> Networks() =>
        [.. needs.Networks.Select(network => network.IsExternal ? External(network) : Shared(network))];

    /// <summary>One external network, or the one that the target itself calls its default.</summary>
    MappedResource External(NetworkBlueprint network)
    {
        var external = offer.Networks.Where(candidate => candidate.IsExternal).ToList();
        return external switch
        {
            [] => MappingProposal.Nothing(network.Id, network.Name, "there is no external network there that this project sees"),
            [var only] => Chosen(network, only, "the only external network there"),
            _ when external.FindAll(candidate => candidate.IsDefault == true) is [var named] => Chosen(network, named, $"of {external.Count} external networks the target's default"),
            _ => MappingProposal.Nothing(network.Id, network.Name, $"{external.Count} external networks are there, choose one: {Listed(external)}"),
        };
    }

    /// <summary>Another project's network is the one that has the same subnets: addresses are kept only where they belong.</summary>
    MappedResource Shared(NetworkBlueprint network)
    {
        var cidrs = needs.Subnets.Where(subnet => subnet.Network == network.Id).Select(subnet => CidrOf(subnet.Cidr)).ToHashSet();
        var usable = offer.Networks.Where(candidate => !candidate.IsExternal && candidate.ProjectId != offer.Project.Id).ToList();
        var fit = cidrs.Count == 0 ? [] : usable.FindAll(candidate => cidrs.IsSubsetOf(SubnetsOf(candidate).Select(subnet => CidrOf(subnet.Cidr))));
        return fit switch
        {
            [var only] => Chosen(network, only, $"the only network there with {string.Join(", ", cidrs)}"),
            _ => MappingProposal.Nothing(network.Id, network.Name, usable.Count == 0
                ? "no network there is shared with this project: have one shared, or choose one by hand"
                : $"{fit.Count} networks there have its addresses ({string.Join(", ", cidrs)}), choose one: {Listed(fit.Count > 0 ? fit : usable)}"),
        };
    }

    /// <summary>Of the networks that were decided on, also by hand.</summary>
    public ImmutableArray<MappedResource> Subnets(ImmutableArray<MappedResource> networks)
    {
        var target = networks.ToDictionary(network => network.Source, network => network.Target);
        return [.. needs.Subnets.Select(subnet => SubnetFor(subnet, target.GetValueOrDefault(subnet.Network)))];
    }

    MappedResource SubnetFor(SubnetBlueprint subnet, string? network)
    {
        var name = subnet.Name.Length > 0 ? subnet.Name : subnet.Cidr;
        if (network is null)
            return MappingProposal.Nothing(subnet.Id, name, $"nothing stands for its network {NameOf(subnet.Network)} yet");
        var candidates = offer.Subnets.Where(candidate => candidate.NetworkId.Value == network && candidate.IpVersion == subnet.IpVersion).ToList();
        return candidates switch
        {
            _ when candidates.Find(candidate => CidrOf(candidate.Cidr) == CidrOf(subnet.Cidr)) is { } same => Chosen(subnet, name, same, $"same addresses, {same.Cidr}"),
            [var only] => Chosen(subnet, name, only, $"the only IPv{subnet.IpVersion} subnet of that network; it has {only.Cidr} instead of {subnet.Cidr}, so the addresses cannot be kept"),
            [] => MappingProposal.Nothing(subnet.Id, name, $"that network has no IPv{subnet.IpVersion} subnet that this project sees"),
            _ => MappingProposal.Nothing(subnet.Id, name,
                $"{candidates.Count} subnets are there and none has {subnet.Cidr}, choose one: {MappingProposal.Listed(candidates.Select(candidate => (candidate.Id.Value, candidate.Cidr)))}"),
        };
    }

    IEnumerable<Subnet> SubnetsOf(VirtualNetwork network) => offer.Subnets.Where(subnet => subnet.NetworkId == network.Id);

    string NameOf(SourceId network) => blueprint.Networks.FirstOrDefault(candidate => candidate.Id == network)?.Name ?? network.Value;

    /// <summary>IPv6 has several spellings of one prefix.</summary>
    static string CidrOf(string cidr) => IPNetwork.TryParse(cidr, out var network) ? network.ToString() : cidr;

    static MappedResource Chosen(NetworkBlueprint network, VirtualNetwork target, string why) => new(network.Id, network.Name, target.Id.Value, target.Name, why);

    static MappedResource Chosen(SubnetBlueprint subnet, string name, Subnet target, string why) =>
        new(subnet.Id, name, target.Id.Value, target.Name.Length > 0 ? target.Name : target.Cidr, why);

    static string Listed(IEnumerable<VirtualNetwork> networks) => MappingProposal.Listed(networks.Select(network => (network.Id.Value, network.Name)));
}
