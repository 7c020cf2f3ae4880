using System.Collections.Immutable;
using System.Net;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Mapping;

/// <summary>Something in a mapping that a failover would fail on.</summary>
/// <param name="Field">Where in the file, e.g. <c>flavors[0].target</c>.</param>
/// <param name="What">What is wrong, with the resource.</param>
/// <param name="Fix">What to do.</param>
public sealed record MappingProblem(string Field, string What, string Fix);

/// <summary>Holds a mapping against the blueprint and against the target as it is now, and lists every problem, not the first.</summary>
public sealed class MappingCheck
{
    readonly SiteMapping mapping;
    readonly Blueprint blueprint;
    readonly MappingNeeds needs;
    readonly TargetOffer offer;
    readonly ImmutableArray<MappingProblem>.Builder problems = ImmutableArray.CreateBuilder<MappingProblem>();

    MappingCheck(SiteMapping mapping, Blueprint blueprint, TargetOffer offer)
    {
        this.mapping = mapping;
        this.blueprint = blueprint;
        this.offer = offer;
        needs = new MappingNeeds(blueprint);
    }

    /// <summary>Checks; empty where all is well.</summary>
    /// <exception cref="MappingException">The target's credential is for no project.</exception>
    /// <exception cref="OpenStack.OpenStackException">The target did not answer.</exception>
    public static async Task<ImmutableArray<MappingProblem>> CheckAsync(SiteMapping mapping, Blueprint blueprint, Site to, CancellationToken cancel)
    {
        var check = new MappingCheck(mapping, blueprint, await TargetOffer.ReadAsync(to, cancel));
        check.Head();
        check.Flavors();
        check.Networks();
        check.Subnets();
        check.VolumeTypes();
        check.Zones();
        check.Keypairs();
        return check.problems.ToImmutable();
    }

    void Head()
    {
        if (mapping.Schema is < 1 or > SiteMapping.CurrentSchema)
            Add("schema", $"The mapping has format {mapping.Schema}; this program reads up to {SiteMapping.CurrentSchema}.", "Use a newer kedge.");
        if (mapping.Workload != blueprint.Workload)
            Add("workload", $"The mapping is of {mapping.Workload}, not of {blueprint.Workload}.", "Propose one for this workload.");
        if (mapping.To != offer.Site)
            Add("to", $"The mapping is for site {mapping.To}, not for {offer.Site}.", "Propose one for this site.");
        if (mapping.Project.Target != offer.Project.Id.Value)
        {
            Add("project.target", $"The mapping says project {mapping.Project.Target ?? "none"}; the credential of site {offer.Site} is for {offer.Project.Id} ({offer.Project.Name}).",
                "Correct the mapping, or the entry in clouds.yaml.");
        }
    }

    void Flavors() => Each("flavors", "flavor", mapping.Flavors, needs.Flavors.Select(flavor => (flavor.Id, flavor.Shape.Name, flavor)), (field, chosen, needed) =>
    {
        if (offer.Flavors.FirstOrDefault(flavor => flavor.Id.Value == chosen) is not { } flavor)
            Add(field, $"There is no flavor {chosen} at {offer.Site} that this project may use.", "Choose another, or have it made or shared.");
        else if (FlavorFit.Of(needed, flavor) is { Smaller.Length: > 0 } fit)
            Add(field, $"Flavor {flavor.Name} ({chosen}) is too small for {needed.Shape.Name} ({needed.Id}): {string.Join(", ", fit.Smaller)}.", "Choose a larger one.");
    });

    void Networks() => Each("networks", "network", mapping.Networks, needs.Networks.Select(network => (network.Id, network.Name, network)), (field, chosen, needed) =>
    {
        if (offer.Networks.FirstOrDefault(network => network.Id.Value == chosen) is not { } network)
            Add(field, $"There is no network {chosen} at {offer.Site} that this project sees.", "Choose another, or have it shared.");
        else if (needs.MustBeExternal(needed) && !network.IsExternal)
            Add(field, $"Network {network.Name} ({chosen}) is not external, and floating IPs or router gateways of {needed.Name} ({needed.Id}) need one that is.", "Choose an external one.");
    });

    void Subnets() => Each("subnets", "subnet", mapping.Subnets, needs.Subnets.Select(subnet => (subnet.Id, subnet.Name, subnet)), (field, chosen, needed) =>
    {
        var network = mapping.Networks.FirstOrDefault(candidate => candidate.Source == needed.Network)?.Target;
        if (offer.Subnets.FirstOrDefault(subnet => subnet.Id.Value == chosen) is not { } subnet)
            Add(field, $"There is no subnet {chosen} at {offer.Site} that this project sees.", "Choose another, or have its network shared.");
        else if (subnet.NetworkId.Value != network)
            Add(field, $"Subnet {subnet.Name} ({chosen}) is of network {subnet.NetworkId}, and its network is mapped to {network ?? "nothing"}.", "Choose a subnet of that network.");
        else if (Outside(needed, subnet.Cidr) is { Length: > 0 } outside)
            Add(field, $"Subnet {subnet.Cidr} ({chosen}) does not hold {string.Join(", ", outside)}.", "Choose a subnet with these addresses, or give the servers others at the source.");
    });

    void VolumeTypes() => Each("volumeTypes", "volume type", mapping.VolumeTypes, needs.VolumeTypes.Select(type => (type.Id, type.Name, type)), (field, chosen, needed) =>
    {
        if (offer.VolumeTypes.FirstOrDefault(type => type.Id.Value == chosen) is not { } type)
            Add(field, $"There is no volume type {chosen} at {offer.Site} that this project may use.", "Choose another, by its id, or have it made.");
        else if (needed.IsMultiattach && !type.IsMultiattach)
            Add(field, $"Volume type {type.Name} ({chosen}) allows one attachment, and volumes of {needed.Name} ({needed.Id}) have several.", "Choose a multiattach type.");
    });

    void Zones()
    {
        Each("computeZones", "zone", mapping.ComputeZones, needs.ComputeZones.Select(zone => (new SourceId(zone), zone, zone)), (field, chosen, _) => Zone(field, chosen, offer.ComputeZones));
        Each("volumeZones", "zone", mapping.VolumeZones, needs.VolumeZones.Select(zone => (new SourceId(zone), zone, zone)), (field, chosen, _) => Zone(field, chosen, offer.VolumeZones));
    }

    void Zone(string field, string chosen, IReadOnlyList<string> zones)
    {
        if (!zones.Contains(chosen))
            Add(field, $"There is no zone {chosen} at {offer.Site}.", $"Choose one of {string.Join(", ", zones)}.");
    }

    void Keypairs()
    {
        Each("keypairOwners", "keypair owner", mapping.KeypairOwners, needs.KeypairOwners.Select(owner => (owner, owner.Value, owner)), (field, chosen, _) =>
        {
            if (chosen != offer.User.Id.Value && !offer.HasAdmin)
                Add(field, $"User {chosen} is not the user of site {offer.Site}'s credential, and only an admin imports keys for others.", $"Write {offer.User.Id}, or give the site an admin cloud.");
        });
        var owners = mapping.KeypairOwners.GroupBy(owner => owner.Source).ToDictionary(group => group.Key, group => group.First().Target);
        foreach (var clash in blueprint.Keypairs.Where(keypair => keypair.PublicKey is not null)
            .GroupBy(keypair => (keypair.Name, Owner: owners.GetValueOrDefault(keypair.User))).Where(group => group.Select(keypair => keypair.PublicKey).Distinct().Count() > 1))
        {
            Add("keypairOwners", $"Several users have a keypair {clash.Key.Name} with different keys, and all of them become user {clash.Key.Owner}'s.", "Map their owners to different users.");
        }
        if (mapping.FloatingIps == FloatingIpPolicy.SameAddress && !blueprint.FloatingIps.IsEmpty && !offer.HasAdmin)
            Add("floatingIps", $"The same addresses need an admin at {offer.Site}, and the site has none.", "Give the site an admin cloud, or write NewAddress.");
    }

    void Each<T>(string list, string kind, ImmutableArray<MappedResource> mapped, IEnumerable<(SourceId Id, string Name, T Needed)> needed, Action<string, string, T> check)
    {
        foreach (var twice in mapped.GroupBy(resource => resource.Source).Where(group => group.Count() > 1))
            Add(list, $"{twice.Key} stands {twice.Count()} times in the list.", "Leave one.");
        foreach (var (id, name, need) in needed)
        {
            var at = mapped.IndexOf(mapped.FirstOrDefault(resource => resource.Source == id)!);
            if (at < 0)
                Add(list, $"Nothing stands for {kind} {name} ({id}).", "Propose the mapping again, or add it.");
            else if (mapped[at].Target is not { } chosen)
                Add($"{list}[{at}].target", $"Nothing is chosen for {kind} {name} ({id}): {mapped[at].Why}.", "Write the id of one that fits.");
            else
                check($"{list}[{at}].target", chosen, need);
        }
    }

    ImmutableArray<string> Outside(SubnetBlueprint needed, string cidr)
    {
        if (!IPNetwork.TryParse(cidr, out var network))
            return [];
        return
        [
            .. blueprint.Ports.SelectMany(port => port.FixedIps).Concat(blueprint.Routers.SelectMany(router => router.Interfaces.SelectMany(leg => leg.FixedIps)))
                .Where(ip => ip.Subnet == needed.Id && IPAddress.TryParse(ip.Address, out var address) && !network.Contains(address))
                .Select(ip => ip.Address).Distinct().Order(StringComparer.Ordinal),
        ];
    }

    void Add(string field, string what, string fix) => problems.Add(new MappingProblem(field, what, fix));
}
