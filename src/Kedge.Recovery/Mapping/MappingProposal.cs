using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.BlockStorage;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;

namespace Kedge.Recovery.Mapping;

/// <summary>
/// Proposes what stands for what at the target, each with its reason. A proposal that was made before stays as long as its target is there:
/// a mapping does not change under a workload's feet; what a person chose stays in any case.
/// </summary>
public static class MappingProposal
{
    /// <summary>Beginning of the reason of what a person chose: it is never replaced.</summary>
    public const string ChosenByHand = "chosen by hand";

    /// <summary>Proposes. Asks the source only for its volume types, and does without where it is gone.</summary>
    /// <exception cref="MappingException">The target's credential is for no project.</exception>
    /// <exception cref="OpenStackException">The target did not answer.</exception>
    public static async Task<SiteMapping> ProposeAsync(Blueprint blueprint, Site from, Site to, SiteMapping? existing, CancellationToken cancel)
    {
        var offer = await TargetOffer.ReadAsync(to, cancel);
        var needs = new MappingNeeds(blueprint);
        var sourceTypes = needs.VolumeTypes.IsEmpty ? [] : await SourceTypesAsync(from, cancel);
        var networks = new NetworkProposal(blueprint, needs, offer);
        var proposal = new SiteMapping
        {
            Schema = SiteMapping.CurrentSchema,
            Workload = blueprint.Workload,
            From = from.Name,
            To = to.Name,
            Project = new MappedResource(
                blueprint.Origin.Project, blueprint.Origin.ProjectName, offer.Project.Id.Value, offer.Project.Name, $"the project of cloud {to.Tenant.Name}'s credential"),
            Flavors = [.. needs.Flavors.Select(flavor => FlavorFor(flavor, offer))],
            Networks = networks.Networks(),
            VolumeTypes = [.. needs.VolumeTypes.Select(type => VolumeTypeFor(type, sourceTypes, offer))],
            ComputeZones = [.. needs.ComputeZones.Select(zone => ZoneFor(zone, offer.ComputeZones))],
            VolumeZones = [.. needs.VolumeZones.Select(zone => ZoneFor(zone, offer.VolumeZones))],
            KeypairOwners = [.. needs.KeypairOwners.Select(owner => new MappedResource(
                owner, "", offer.User.Id.Value, offer.User.Name, $"the user of cloud {to.Tenant.Name}'s credential, who makes the servers"))],
            FloatingIps = existing?.FloatingIps ?? FloatingIpPolicy.NewAddress,
        };
        var kept = existing is null ? proposal : Kept(proposal, existing, offer);
        return kept with { Subnets = Kept(networks.Subnets(kept.Networks), existing?.Subnets ?? [], [.. offer.Subnets.Select(subnet => subnet.Id.Value)]) };
    }

    static MappedResource FlavorFor(NeededFlavor needed, TargetOffer offer)
    {
        var ranked = FlavorFit.Ranked(needed, offer.Flavors).ToList();
        if (ranked.Count == 0)
            return Nothing(needed.Id, needed.Shape.Name, $"none of the {offer.Flavors.Count} flavors there is large enough for {Sizes(needed.Shape)}: have one made");
        var best = ranked[0];
        var same = ranked.Count(fit => fit.IsSame && fit.Flavor.DiskGib == best.Flavor.DiskGib);
        var why = best.IsSame
            ? same == 1 ? "same sizes and extra specs"
                : best.Flavor.Name == needed.Shape.Name ? $"same sizes and extra specs; of {same} such flavors the one with the same name"
                : $"same sizes and extra specs; of {same} such flavors the first by name"
            : $"the closest that is large enough: {string.Join(", ", best.Differences)}";
        return new MappedResource(needed.Id, needed.Shape.Name, best.Flavor.Id.Value, best.Flavor.Name, why);
    }

    /// <summary>Ids and names of types are each cloud's own: a name counts only together with what the type says of itself.</summary>
    static MappedResource VolumeTypeFor(NeededVolumeType needed, IReadOnlyList<VolumeType>? sourceTypes, TargetOffer offer)
    {
        var fit = offer.VolumeTypes.Where(type => type.IsMultiattach == needed.IsMultiattach).ToList();
        var kind = needed.IsMultiattach ? "multiattach type" : "type";
        if (fit.Count == 0)
            return Nothing(needed.Id, needed.Name, $"there is no {kind} there: have one made");
        if (fit.Count == 1)
            return Chosen(needed, fit[0], $"the only {kind} there");
        var source = sourceTypes?.FirstOrDefault(type => type.Id.Value == needed.Id.Value);
        var named = fit.Find(type => type.Name == needed.Name);
        if (named is not null && source is not null && SameSpecs(source, named))
            return Chosen(needed, named, "same extra specs as far as they are shown, visible alike; of those the one with the same name");
        if (source is { ExtraSpecs.Count: > 0 } && fit.FindAll(type => SameSpecs(source, type)) is [var only])
            return Chosen(needed, only, "the only one with the same extra specs");
        return Nothing(needed.Id, needed.Name, (source is null
            ? $"the source could not be asked what this type is; {fit.Count} types are there, choose one: "
            : $"{fit.Count} types are there and none is the same, choose one: ") + Listed(fit.Select(type => (type.Id.Value, type.Name))));
    }

    static bool SameSpecs(VolumeType one, VolumeType other) =>
        one.IsPublic == other.IsPublic && one.ExtraSpecs.Count == other.ExtraSpecs.Count
        && one.ExtraSpecs.All(spec => other.ExtraSpecs.TryGetValue(spec.Key, out var value) && value == spec.Value);

    static MappedResource Chosen(NeededVolumeType needed, VolumeType type, string why) => new(needed.Id, needed.Name, type.Id.Value, type.Name, why);

    static MappedResource ZoneFor(string zone, IReadOnlyList<string> zones) => zones switch
    {
        [var only] => new MappedResource(new SourceId(zone), zone, only, only, "the only zone there"),
        _ when zones.Contains(zone) => new MappedResource(new SourceId(zone), zone, zone, zone, "the zone of the same name: zones have nothing else to go by"),
        [] => Nothing(new SourceId(zone), zone, "there is no zone there that takes anything"),
        _ => Nothing(new SourceId(zone), zone, $"{zones.Count} zones are there, choose one: {string.Join(", ", zones)}"),
    };

    /// <summary>Null: the source is gone, and what its types are is not known any more.</summary>
    static async Task<IReadOnlyList<VolumeType>?> SourceTypesAsync(Site from, CancellationToken cancel)
    {
        try
        {
            var types = new List<VolumeType>();
            await foreach (var type in from.Tenant.BlockStorage.ListVolumeTypesAsync(cancel))
                types.Add(type);
            return types;
        }
        catch (OpenStackException e) when (e.IsTransient)
        {
            return null;
        }
    }

    static SiteMapping Kept(SiteMapping proposal, SiteMapping existing, TargetOffer offer) => proposal with
    {
        Project = IsByHand(existing.Project) ? existing.Project : proposal.Project,
        Flavors = Kept(proposal.Flavors, existing.Flavors, [.. offer.Flavors.Select(flavor => flavor.Id.Value)]),
        Networks = Kept(proposal.Networks, existing.Networks, [.. offer.Networks.Select(network => network.Id.Value)]),
        VolumeTypes = Kept(proposal.VolumeTypes, existing.VolumeTypes, [.. offer.VolumeTypes.Select(type => type.Id.Value)]),
        ComputeZones = Kept(proposal.ComputeZones, existing.ComputeZones, [.. offer.ComputeZones]),
        VolumeZones = Kept(proposal.VolumeZones, existing.VolumeZones, [.. offer.VolumeZones]),
        KeypairOwners = Kept(proposal.KeypairOwners, existing.KeypairOwners, [offer.User.Id.Value]),
    };

    static ImmutableArray<MappedResource> Kept(ImmutableArray<MappedResource> proposed, ImmutableArray<MappedResource> existing, HashSet<string> there)
    {
        var before = existing.GroupBy(resource => resource.Source).ToDictionary(group => group.Key, group => group.First());
        return [.. proposed.Select(resource => before.TryGetValue(resource.Source, out var old) && (IsByHand(old) || (old.Target is { } target && there.Contains(target)))
            ? old
            : resource)];
    }

    static bool IsByHand(MappedResource resource) => resource.Why.StartsWith(ChosenByHand, StringComparison.OrdinalIgnoreCase);

    internal static MappedResource Nothing(SourceId source, string name, string why) => new(source, name, null, null, why);

    internal static string Listed(IEnumerable<(string Id, string Name)> resources) =>
        string.Join(", ", resources.OrderBy(resource => resource.Id, StringComparer.Ordinal).Select(resource => $"{resource.Id} ({resource.Name})"));

    static string Sizes(FlavorShape shape) => $"{shape.Vcpus} vCPUs, {shape.RamMib} MiB RAM, {shape.DiskGib} GiB disk";
}
