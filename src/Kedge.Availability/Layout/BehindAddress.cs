using System.Collections.Immutable;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>What stands behind a virtual IP, and what follows from it: who goes where the other is, and who is first.</summary>
sealed class BehindAddress
{
    readonly Dictionary<string, Resource> resources;

    public BehindAddress(ClusterDescription description, ImmutableArray<KeptEntry> kept, Dictionary<string, Resource> resources)
    {
        this.resources = resources;
        var balancer = kept.FirstOrDefault(service => service.Name == "haproxy");
        foreach (var service in kept)
        {
            if (AddressOf(service, description, balancer) is { } ip)
                Put(ip, service, description.Profile);
        }
        if (balancer is null)
            return;
        foreach (var ip in description.VirtualIps.Where(ip => kept.All(service => service.Entry.Ip != ip.Name)))
            Put(ip.Name, balancer, description.Profile);
    }

    public List<Order> Orders { get; } = [];

    public List<Together> Togethers { get; } = [];

    static string? AddressOf(KeptEntry service, ClusterDescription description, KeptEntry? balancer) =>
        service.Entry.Ip ?? (service.Nature is Nature.Api && balancer is null && description.VirtualIps is [var only] ? only.Name : null);

    void Put(string ip, KeptEntry service, Profile profile)
    {
        if (!resources.TryGetValue(ip, out var address))
            return;
        var resource = resources[service.Name];
        if (service.Runs is Runs.Once)
        {
            Togethers.Add(new($"{ClusterLayout.Prefix}with.{service.Name}.{ip}", resource.Whole, address.Whole, WithPromoted: false));
            if (!service.After.Contains(ip))
                Orders.Add(new($"{ClusterLayout.Prefix}order.{ip}.{service.Name}", address.Whole, "start", resource.Whole, IsMandatory: profile is not Profile.Modern));
            return;
        }
        // The address follows the living instances, not the other way round: else the loss of an address would stop what runs everywhere.
        Togethers.Add(new($"{ClusterLayout.Prefix}with.{ip}.{service.Name}", address.Whole, resource.Whole, service.Runs is Runs.Promoted));
    }
}
