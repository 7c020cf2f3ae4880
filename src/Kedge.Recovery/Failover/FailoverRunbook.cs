using System.Collections.Immutable;
using Kedge.Plans;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Mapping;
using Kedge.Recovery.Points;
using Kedge.Recovery.Steps;
using Kedge.Recovery.Workloads;

namespace Kedge.Recovery.Failover;

/// <summary>
/// The primary is lost; the workload is brought up at the target from a recovery point. The primary is never asked for anything.
/// Nothing here is a stage: each step comes after the steps that make what it needs, and after what it is told to wait for, and after
/// nothing else. So one server boots while another's volume is still being restored.
/// </summary>
public static class FailoverRunbook
{
    public const string Kind = "failover";

    /// <exception cref="FailoverRefusedException">The point or the mapping lacks something: all of it, at once.</exception>
    /// <exception cref="PlanInvalidException">Servers wait for each other in a circle.</exception>
    public static Plan Write(Workload workload, RecoveryPoint point, Blueprint blueprint, SiteMapping mapping, FailoverRequest request)
    {
        var to = FailoverTargets.Decide(workload, point, blueprint, mapping);
        var site = workload.To;
        var book = new Runbook();

        foreach (var keypair in blueprint.Keypairs.Where(k => k.PublicKey is not null))
            ImportKeypair(book, site, keypair, to);

        foreach (var volume in blueprint.Volumes.Where(volume => to.CopyOf(volume).Blocks is not null))
            FillVolume(book, site, volume, to, workload.Replication?.ReadBack ?? 1);

        // A backup needs the one before it: oldest first.
        foreach (var volume in blueprint.Volumes.Where(volume => to.CopyOf(volume).Blocks is null))
        {
            var last = to.CopyOf(volume).Chain.Aggregate("", (before, link) =>
                book.Add(StepIds.BackupRecord(link.BackupId), new ImportBackupRecord(site, link, volume.Name ?? volume.Id.Value), before is "" ? [] : [before]));
            book.Add(StepIds.Volume(volume.Id), new RestoreVolume(site, volume, to.CopyOf(volume), to.VolumeTypeOf(volume), to.VolumeZoneOf(volume)), [last]);
        }

        foreach (var network in to.OwnNetworks)
            book.Add(StepIds.Network(network.Id), new CreateNetwork(site, network), []);
        foreach (var subnet in to.OwnSubnets)
            book.Add(StepIds.Subnet(subnet.Id), new CreateSubnet(site, subnet, to.For(subnet.Network)), []);
        foreach (var group in blueprint.SecurityGroups)
            book.Add(StepIds.SecurityGroup(group.Id), new CreateSecurityGroup(site, group), []);
        foreach (var group in blueprint.SecurityGroups)
            book.Add(StepIds.SecurityGroupRules(group.Id), new CreateSecurityGroupRules(site, group, to.For([group.Id, .. RemoteGroupsOf(group)])), []);
        foreach (var floating in to.FloatingIps)
            book.Add(StepIds.FloatingIp(floating.Id), new ReserveFloatingIp(site, floating, mapping.FloatingIps, to.For(floating.ExternalNetwork)), []);
        foreach (var router in blueprint.Routers)
            CreateRouter(book, site, router, to);
        foreach (var port in blueprint.Ports)
            book.Add(StepIds.Port(port.Id), to.PortStep(site, port), []);

        // The subnets were made without DHCP, whose agents would have taken the addresses of ports.
        foreach (var subnet in to.OwnSubnets.Where(EnableDhcp.IsNeeded))
            book.Add(EnableDhcp.IdOf(subnet.Id), new EnableDhcp(site, subnet, to.For(subnet.Id)), to.WhatTakesAddressesIn(subnet));

        foreach (var group in blueprint.ServerGroups)
            book.Add(StepIds.ServerGroup(group.Id), new CreateServerGroup(site, group), []);
        foreach (var server in blueprint.Servers)
            CreateServer(book, site, server, to);
        foreach (var floating in to.FloatingIps.Where(f => f.Port is not null))
            book.Add(AssociateFloatingIp.IdOf(floating.Id), new AssociateFloatingIp(site, floating, to.For(floating.Id, floating.Port!.Value)), to.RoutersBetween(floating));
        foreach (var server in blueprint.Servers)
            BringServerHome(book, site, server, to);

        book.Add(SweepDuplicates.StepId, SweepDuplicates.After(site, book.Steps), book.Last());
        return Plan.Create(
            Kind, $"Fail {workload.Name} over from {workload.From} to {workload.To}", workload.Name, book.Steps, FailoverFacts.Of(workload, point, request).ToJson());
    }

    /// <summary>What no two unfinished runs may hold: a workload is failed over once at a time.</summary>
    public static string ExclusiveKey(Workload workload) => $"workload/{workload.Name}";

    /// <summary>Nova looks a key up at the user who creates the server; that of its owner follows, for him.</summary>
    static void ImportKeypair(Runbook book, string site, KeypairBlueprint keypair, FailoverTargets to)
    {
        var own = StepIds.Keypair(keypair.Name, keypair.User);
        book.Add(own, new ImportKeypair(site, keypair, Owner: null), [book.Add(LookForKeypair.IdOf(keypair, null), new LookForKeypair(site, keypair, Owner: null), [])]);
        if (to.KeypairOwnerOf(keypair) is { } owner)
            book.Add($"{own}/owner", new ImportKeypair(site, keypair, owner), [book.Add(LookForKeypair.IdOf(keypair, owner), new LookForKeypair(site, keypair, owner), [])]);
    }

    /// <summary>A clone of the standby, or an empty volume that is filled; read back before anything boots from it.</summary>
    static void FillVolume(Runbook book, string site, VolumeBlueprint volume, FailoverTargets to, double readBack)
    {
        var copy = to.CopyOf(volume);
        book.Add(StepIds.VolumeMade(volume.Id), new MakeVolume(site, volume, copy, to.VolumeTypeOf(volume), to.VolumeZoneOf(volume)), []);
        book.Add(StepIds.VolumeFilled(volume.Id), new FillVolume(site, volume, copy, readBack), []);
        book.Add(StepIds.Volume(volume.Id), new FinishVolume(site, volume, copy), []);
    }

    static void CreateRouter(Runbook book, string site, RouterBlueprint router, FailoverTargets to)
    {
        book.Add(StepIds.Router(router.Id), new CreateRouter(site, router, to.For(Optional(router.ExternalNetwork))), to.AddressesBefore(router));
        foreach (var leg in router.Interfaces)
            book.Add(
                StepIds.RouterInterface(router.Id, leg.Port),
                new AttachRouter(site, router.Id, router.Name, leg, to.GatewaysOf(leg), to.For([router.Id, leg.Network, .. leg.FixedIps.Select(ip => ip.Subnet)])),
                []);
        if (router.Routes is not [])
            book.Add(
                StepIds.RouterRoutes(router.Id),
                new SetRouterRoutes(site, router, to.For(router.Id)),
                router.Interfaces.Select(leg => StepIds.RouterInterface(router.Id, leg.Port)));
    }

    static void CreateServer(Runbook book, string site, ServerBlueprint server, FailoverTargets to)
    {
        var (atBoot, later) = to.VolumesOf(server);
        var step = new CreateServer(
            site,
            server,
            atBoot,
            to.RootDiskOf(server),
            to.KeypairOf(server)?.Name,
            to.ComputeZoneOf(server),
            to.For([server.Flavor!.Value, .. Optional(server.ServerGroup), .. server.Ports.Select(p => p.Port), .. atBoot.Select(v => v.Volume)]));
        book.Add(StepIds.Server(server.Id), step, to.WhatServerWaitsFor(server), to.PriorityOf(server));
        later.Aggregate(StepIds.Server(server.Id), (before, volume) => book.Add(
            AttachVolume.IdOf(server.Id, volume.Volume), new AttachVolume(site, server.Id, server.Name, volume, to.For(server.Id, volume.Volume)), [before]));
    }

    /// <summary>Asked for its health while it runs; then left stopped, paused, shelved or locked, as it was.</summary>
    static void BringServerHome(Runbook book, string site, ServerBlueprint server, FailoverTargets to)
    {
        var up = to.AttachmentsOf(server).Prepend(StepIds.Server(server.Id)).ToList();
        if (to.HealthOf(server) is { } health)
            up.Add(book.Add(
                StepIds.Health(server.Id),
                WaitForHealth.Of(site, server.Name, health, to.FirstAddressOf(server), to.FloatingIpOf(server)),
                [.. up, .. Optional(to.AssociationOf(server))],
                to.PriorityOf(server)));
        if (SetServerState.IsNeeded(server))
            book.Add(StepIds.ServerState(server.Id), new SetServerState(site, server.Id, server.Name, server.Power, server.IsLocked, server.LockedReason, to.For(server.Id)), up);
    }

    static IEnumerable<SourceId> RemoteGroupsOf(SecurityGroupBlueprint group) => group.Rules.Select(r => r.RemoteGroup).OfType<SourceId>();

    static ImmutableArray<SourceId> Optional(SourceId? id) => id is { } one ? [one] : [];

    static ImmutableArray<string> Optional(string? id) => id is { } one ? [one] : [];
}
