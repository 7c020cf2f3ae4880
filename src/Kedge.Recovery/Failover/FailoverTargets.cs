using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Capture;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>
/// What every resource of a blueprint becomes at the target, decided before the first step is written: by the mapping, by the point, or by
/// a step. What nothing stands for is a problem, and all problems are told at once.
/// </summary>
sealed class FailoverTargets
{
    readonly ImmutableSortedDictionary<string, Counterpart>.Builder bySource = ImmutableSortedDictionary.CreateBuilder<string, Counterpart>(StringComparer.Ordinal);
    readonly ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
    readonly Blueprint blueprint;
    readonly RecoveryPoint point;
    readonly SiteMapping mapping;
    ImmutableSortedDictionary<SourceId, ResolvedRule> rules = ImmutableSortedDictionary<SourceId, ResolvedRule>.Empty;

    FailoverTargets(Blueprint blueprint, RecoveryPoint point, SiteMapping mapping)
    {
        this.blueprint = blueprint;
        this.point = point;
        this.mapping = mapping;
    }

    public Counterparts All { get; private set; } = Counterparts.None;

    /// <exception cref="FailoverRefusedException">Something has no counterpart, or a rule names no server.</exception>
    public static FailoverTargets Decide(Workload workload, RecoveryPoint point, Blueprint blueprint, SiteMapping mapping)
    {
        var targets = new FailoverTargets(blueprint, point, mapping);
        targets.AgreeOn(workload);
        targets.DecideNetworks();
        targets.DecideStorage();
        targets.DecideServers(workload);
        if (targets.problems.Count > 0)
            throw new FailoverRefusedException(workload.Name, targets.problems.ToImmutable());
        targets.All = new Counterparts(targets.bySource.ToImmutable());
        return targets;
    }

    public string? VolumeTypeOf(VolumeBlueprint volume) => mapping.VolumeTypeOf(volume);

    public string? VolumeZoneOf(VolumeBlueprint volume) => mapping.VolumeZoneOf(volume);

    public string? ComputeZoneOf(ServerBlueprint server) => SiteMapping.ZoneOf(server.PinnedAvailabilityZone ?? server.AvailabilityZone, mapping.ComputeZones);

    public string? KeypairOwnerOf(KeypairBlueprint keypair) => mapping.KeypairOwners.FirstOrDefault(m => m.Source == keypair.User)?.Target;

    /// <summary>The image a server boots from at the target: the copy of its root disk as it was at the point. Null: it boots from a volume.</summary>
    public string? RootDiskOf(ServerBlueprint server) => point.Images.FirstOrDefault(i => i.RootDiskOf == server.Id)?.TargetImageId;

    public VolumeCopy CopyOf(VolumeBlueprint volume) => point.Volumes.First(v => v.Volume == volume.Id);

    public IEnumerable<NetworkBlueprint> OwnNetworks => blueprint.Networks.Where(n => !n.IsMapped);

    public IEnumerable<SubnetBlueprint> OwnSubnets => blueprint.Subnets.Where(s => IsOwn(s.Network));

    /// <summary>Made by us, and not another's that the mapping names.</summary>
    public bool IsOwn(SourceId network) => blueprint.Networks.Any(n => n.Id == network && !n.IsMapped);

    public Counterparts For(params IEnumerable<SourceId> ids) => All.Of(ids);

    /// <summary>The steps that make ports and router interfaces with addresses in this subnet.</summary>
    public IEnumerable<string> WhatTakesAddressesIn(SubnetBlueprint subnet) =>
    [
        .. blueprint.Ports.Where(p => p.FixedIps.Any(ip => ip.Subnet == subnet.Id)).Select(p => StepIds.Port(p.Id)),
        .. LegsIn(subnet.Id).Select(l => StepIds.RouterInterface(l.Router.Id, l.Leg.Port)),
    ];

    public CreatePort PortStep(string site, PortBlueprint port) => new(
        site,
        port,
        IsOwn(port.Network),
        [.. blueprint.Subnets.Where(s => s.Ipv6AddressMode is "slaac" or "dhcpv6-stateless").Select(s => s.Id).Where(id => port.FixedIps.Any(ip => ip.Subnet == id))],
        For([port.Network, .. port.FixedIps.Select(ip => ip.Subnet), .. port.SecurityGroups]));

    /// <summary>The gateway addresses of the subnets that a router's interface lies in.</summary>
    public ImmutableArray<string> GatewaysOf(RouterInterface leg) =>
        [.. blueprint.Subnets.Where(s => leg.FixedIps.Any(ip => ip.Subnet == s.Id)).Select(s => s.GatewayIp).OfType<string>()];

    /// <summary>A floating IP can be associated only when a router connects both sides.</summary>
    public IEnumerable<string> RoutersBetween(FloatingIpBlueprint floating)
    {
        var subnets = blueprint.Ports.Where(p => p.Id == floating.Port).SelectMany(p => p.FixedIps).Select(ip => ip.Subnet);
        return subnets.SelectMany(LegsIn).Where(l => l.Router.ExternalNetwork is not null).Select(l => StepIds.RouterInterface(l.Router.Id, l.Leg.Port));
    }

    /// <summary>Those it is booted with, in order; and those of many servers, which are attached one by one afterwards.</summary>
    public (ImmutableArray<AttachedVolume> AtBoot, ImmutableArray<AttachedVolume> Later) VolumesOf(ServerBlueprint server)
    {
        var shared = blueprint.Volumes.Where(v => v.IsMultiattach).Select(v => v.Id).ToHashSet();
        var isLater = (AttachedVolume v) => v.BootIndex != 0 && shared.Contains(v.Volume);
        return ([.. server.Volumes.Where(v => !isLater(v))], [.. server.Volumes.Where(isLater)]);
    }

    public IEnumerable<string> AttachmentsOf(ServerBlueprint server) => VolumesOf(server).Later.Select(v => AttachVolume.IdOf(server.Id, v.Volume));

    /// <summary>Besides what it is made of: its key, its addresses being served, the rules of its groups, and the servers that its rule names.</summary>
    public IEnumerable<string> WhatServerWaitsFor(ServerBlueprint server)
    {
        var ports = blueprint.Ports.Where(p => server.Ports.Any(a => a.Port == p.Id)).ToList();
        var subnets = ports.SelectMany(p => p.FixedIps).Select(ip => ip.Subnet).ToHashSet();
        return
        [
            .. KeypairOf(server) is { } key ? new[] { StepIds.Keypair(key.Name, key.User) } : [],
            .. OwnSubnets.Where(s => subnets.Contains(s.Id) && EnableDhcp.IsNeeded(s)).Select(s => EnableDhcp.IdOf(s.Id)),
            .. ports.SelectMany(p => p.SecurityGroups).Select(StepIds.SecurityGroupRules),
            .. rules[server.Id].After.Select(IsUp),
        ];
    }

    public int PriorityOf(ServerBlueprint server) => rules[server.Id].Priority;

    /// <summary>Null: none is named, or the server is not to be left running.</summary>
    public HealthCheck? HealthOf(ServerBlueprint server) => server.Power is ServerPower.Active ? rules[server.Id].Health : null;

    /// <summary>None where the policy says so.</summary>
    public IEnumerable<FloatingIpBlueprint> FloatingIps => mapping.FloatingIps is FloatingIpPolicy.None ? [] : blueprint.FloatingIps;

    /// <summary>Where addresses are to stay the same they are taken before a router takes one for itself.</summary>
    public IEnumerable<string> AddressesBefore(RouterBlueprint router) => mapping.FloatingIps is FloatingIpPolicy.SameAddress
        ? FloatingIps.Where(f => f.ExternalNetwork == router.ExternalNetwork).Select(f => StepIds.FloatingIp(f.Id))
        : [];

    /// <summary>The step that makes the floating IP that its health is asked at: the first of its ports'.</summary>
    public string? FloatingIpOf(ServerBlueprint server) => FirstFloatingIpOf(server) is { } it ? StepIds.FloatingIp(it) : null;

    public string? AssociationOf(ServerBlueprint server) => FirstFloatingIpOf(server) is { } it ? AssociateFloatingIp.IdOf(it) : null;

    SourceId? FirstFloatingIpOf(ServerBlueprint server) =>
        server.Ports.SelectMany(p => FloatingIps.Where(f => f.Port == p.Port)).Select(f => (SourceId?)f.Id).FirstOrDefault();

    public string? FirstAddressOf(ServerBlueprint server) =>
        server.Ports.SelectMany(a => blueprint.Ports.Where(p => p.Id == a.Port)).SelectMany(p => p.FixedIps).Select(ip => ip.Address).FirstOrDefault();

    /// <summary>Null: it has none, or only its name could be read.</summary>
    public KeypairBlueprint? KeypairOf(ServerBlueprint server) =>
        blueprint.Keypairs.FirstOrDefault(k => k.Name == server.KeyName && (server.KeyOwner is null || k.User == server.KeyOwner) && k.PublicKey is not null);

    string IsUp(SourceId server) =>
        HealthOf(blueprint.Servers.First(s => s.Id == server)) is null ? StepIds.Server(server) : StepIds.Health(server);

    IEnumerable<(RouterBlueprint Router, RouterInterface Leg)> LegsIn(SourceId subnet) =>
        blueprint.Routers.SelectMany(r => r.Interfaces.Where(l => l.FixedIps.Any(ip => ip.Subnet == subnet)).Select(l => (r, l)));

    void AgreeOn(Workload workload)
    {
        Demand(point.Workload == workload.Name && blueprint.Workload == workload.Name, $"The point {point.Id} is of {point.Workload}, not of {workload.Name}: choose another.");
        Demand(point.TargetSite == workload.To, $"The images of point {point.Id} were copied to {point.TargetSite}, not to {workload.To}: protect the workload to there first.");
        Demand(mapping.Workload == workload.Name && mapping.To == workload.To, $"The mapping is of {mapping.Workload} to {mapping.To}: propose one for {workload.Name} to {workload.To}.");
    }

    void DecideNetworks()
    {
        foreach (var network in blueprint.Networks)
        {
            if (network.IsMapped)
                Map(network.Id, $"network {network.Name}", mapping.Networks);
            else
                Make(network.Id, StepIds.Network(network.Id));
        }
        var own = blueprint.Networks.Where(n => !n.IsMapped).Select(n => n.Id).ToHashSet();
        foreach (var subnet in blueprint.Subnets)
        {
            if (own.Contains(subnet.Network))
                Make(subnet.Id, StepIds.Subnet(subnet.Id));
            else if (blueprint.Ports.Any(p => p.FixedIps.Any(ip => ip.Subnet == subnet.Id)))
                Map(subnet.Id, $"subnet {subnet.Name} ({subnet.Cidr})", mapping.Subnets);
        }
        foreach (var router in blueprint.Routers)
            Make(router.Id, StepIds.Router(router.Id));
        foreach (var group in blueprint.SecurityGroups)
            Make(group.Id, StepIds.SecurityGroup(group.Id));
        foreach (var port in blueprint.Ports)
            Make(port.Id, StepIds.Port(port.Id));
        foreach (var floating in blueprint.FloatingIps)
            Make(floating.Id, StepIds.FloatingIp(floating.Id));
    }

    void DecideStorage()
    {
        foreach (var volume in blueprint.Volumes)
        {
            Make(volume.Id, StepIds.Volume(volume.Id));
            Demand(point.Volumes.Any(v => v.Volume == volume.Id && (v.Chain is not [] || v.Blocks is not null)), $"Point {point.Id} has no data of volume {Named(volume.Name, volume.Id)}: choose another point.");
            Demand(!volume.IsEncrypted || point.Volumes.Any(v => v.Volume == volume.Id && v.Blocks is not null), $"Volume {Named(volume.Name, volume.Id)} is encrypted: OpenStack restores it in no other cloud; protect it by another method.");
            Demand(volume.VolumeType is null || VolumeTypeOf(volume) is not null, $"Nothing stands for volume type {volume.VolumeType} at {mapping.To}: choose one in the mapping.");
        }
    }

    void DecideServers(Workload workload)
    {
        foreach (var group in blueprint.ServerGroups)
            Make(group.Id, StepIds.ServerGroup(group.Id));
        foreach (var server in blueprint.Servers)
        {
            Make(server.Id, StepIds.Server(server.Id));
            if (server.Flavor is { } flavor)
                Map(flavor, $"flavor {server.EmbeddedFlavor.Name}", mapping.Flavors);
            else
                problems.Add($"The flavor {server.EmbeddedFlavor.Name} of server {server.Name} is unknown: it was deleted at the source. Name one for it in the mapping.");
            Demand(
                server.Volumes.Any(v => v.BootIndex == 0) || RootDiskOf(server) is not null,
                $"Point {point.Id} has no copy of the root disk of server {server.Name}: choose another point.");
        }
        try
        {
            rules = WorkloadRules.Resolve(workload, blueprint);
        }
        catch (CaptureException e)
        {
            problems.Add(e.Message);
        }
    }

    void Make(SourceId id, string step) => bySource[id.Value] = Counterpart.MadeBy(step);

    void Map(SourceId id, string what, ImmutableArray<MappedResource> among)
    {
        if (among.FirstOrDefault(m => m.Source == id)?.Target is { } target)
            bySource[id.Value] = Counterpart.There(target);
        else if (!problems.Any(p => p.Contains(id.Value, StringComparison.Ordinal)))
            problems.Add($"Nothing stands for {what} ({id}) at {mapping.To}: choose one in the mapping.");
    }

    void Demand(bool condition, string problem)
    {
        if (!condition)
            problems.Add(problem);
    }

    static string Named(string? name, SourceId id) => string.IsNullOrEmpty(name) ? id.Value : $"{name} ({id})";
}
