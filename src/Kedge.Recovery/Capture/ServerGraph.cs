using System.Collections.Immutable;
using Kedge.OpenStack.BlockStorage;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;
using AttachedVolume = Kedge.Recovery.Blueprints.AttachedVolume;
using Neutron = Kedge.OpenStack.Network;

namespace Kedge.Recovery.Capture;

/// <summary>What servers are joined with.</summary>
sealed record ServerNeighbours(
    IReadOnlyList<Volume> Volumes, IReadOnlyList<Neutron.Port> Ports, ImmutableArray<ServerGroupBlueprint> Groups, ImmutableArray<FlavorBlueprint> Flavors);

/// <summary>Servers as a blueprint has them: joined with their volumes and ports, in the order in which their guests see these.</summary>
sealed class ServerGraph(ServerNeighbours neighbours, Unreadables unreadable)
{
    readonly Dictionary<VolumeId, Volume> volumes = neighbours.Volumes.ToDictionary(volume => volume.Id);
    readonly Dictionary<Neutron.PortId, Neutron.Port> ports = neighbours.Ports.ToDictionary(port => port.Id);
    readonly Dictionary<SourceId, FlavorShape> flavors = neighbours.Flavors.ToDictionary(flavor => flavor.Id, flavor => flavor.Shape);
    readonly Dictionary<SourceId, SourceId> groupOf = neighbours.Groups.SelectMany(group => group.Members.Select(member => (member, group.Id)))
        .GroupBy(pair => pair.member).ToDictionary(pair => pair.Key, pair => pair.First().Id);

    public ImmutableArray<ServerBlueprint> Servers(IEnumerable<ReadServer> servers) => [.. servers.Select(Of).OrderBy(server => server.Id)];

    ServerBlueprint Of(ReadServer read)
    {
        var server = read.Server;
        var id = new SourceId(server.Id.Value);
        NameUnreadable(server);
        return new ServerBlueprint
        {
            Id = id,
            Name = OwnMarks.NameWithout(server.Name),
            Hostname = server.Hostname,
            Description = OwnMarks.DescriptionWithout(server.Description),
            Flavor = server.Flavor.Id is { } flavor ? new SourceId(flavor.Value) : null,
            EmbeddedFlavor = EmbeddedFlavorOf(server),
            Image = server.Image is { } image ? new SourceId(image.Value) : null,
            KeyName = server.KeyName,
            KeyOwner = server.KeyName is null ? null : new SourceId(server.UserId.Value),
            AvailabilityZone = string.IsNullOrEmpty(server.AvailabilityZone) ? null : server.AvailabilityZone,
            PinnedAvailabilityZone = server.PinnedAvailabilityZone,
            SchedulerHints = (server.SchedulerHints ?? ImmutableDictionary<string, string>.Empty)
                .Where(hint => hint.Key != "group").ToImmutableSortedDictionary(StringComparer.Ordinal),
            UserData = server.UserData,
            ConfigDrive = server.ConfigDrive,
            Metadata = OwnMarks.MetadataWithout(server.Metadata),
            Tags = OwnMarks.TagsWithout(server.Tags),
            ServerGroup = groupOf.TryGetValue(id, out var group) ? group : null,
            Volumes = Disks(read),
            Ports = Nics(read),
            Power = ServerStates.PowerOf(server, unreadable),
            IsLocked = server.Locked,
            LockedReason = server.LockedReason,
            DiskConfig = server.DiskConfig,
            AccessIpv4 = string.IsNullOrEmpty(server.AccessIpv4) ? null : server.AccessIpv4,
            AccessIpv6 = string.IsNullOrEmpty(server.AccessIpv6) ? null : server.AccessIpv6,
            TrustedImageCertificates = [.. server.TrustedImageCertificates ?? []],
        };
    }

    void NameUnreadable(Server server)
    {
        foreach (var field in server.Unreadable)
        {
            if (FieldNames.OfServer(field.Field) is { } name)
                unreadable.Add("server", server.Id.Value, name, field.Reason);
        }
        if (server.TrustedImageCertificates is { Count: > 0 })
            unreadable.NotCarried("server", server.Id.Value, "trustedImageCertificates", true, "the certificates lie in that cloud's key manager");
        unreadable.NotCarried("server", server.Id.Value, "kernelId", !string.IsNullOrEmpty(server.KernelId), "a kernel image of its own follows from the image's properties");
        unreadable.NotCarried("server", server.Id.Value, "ramdiskId", !string.IsNullOrEmpty(server.RamdiskId), "a RAM disk image of its own follows from the image's properties");
    }

    /// <summary>Clouds before 2.47 tell the id alone: then the flavor of today is the best that is known.</summary>
    FlavorShape EmbeddedFlavorOf(Server server)
    {
        if (server.Flavor.Vcpus is null && server.Flavor.Id is { } id && flavors.TryGetValue(new SourceId(id.Value), out var shape))
        {
            unreadable.Add("server", server.Id.Value, "embeddedFlavor", "clouds before microversion 2.47 do not tell it: taken from the flavor as it is now");
            return shape;
        }
        if (server.Flavor.Vcpus is null)
            throw new CaptureException($"Server {server.Name} ({server.Id}) does not tell its size, and its flavor {server.Flavor.Id} is gone: resize it to a flavor that exists.");
        if (server.Flavor.ExtraSpecs is null)
            unreadable.Add("server", server.Id.Value, "embeddedFlavor.extraSpecs", "needs microversion 2.61 and the policy os_compute_api:os-flavor-extra-specs:index");
        return ShapeOf(server.Flavor);
    }

    /// <summary>The boot disk first, then by device name. Nova shows no boot index: which disk is booted from follows from the root device.</summary>
    ImmutableArray<AttachedVolume> Disks(ReadServer read)
    {
        var ends = read.Server.Volumes.ToDictionary(volume => volume.Id, volume => volume.DeleteOnTermination);
        var inOrder = read.Disks
            .OrderBy(disk => disk.Device is null)
            .ThenBy(disk => disk.Device?.Length)
            .ThenBy(disk => disk.Device, StringComparer.Ordinal)
            .ThenBy(disk => disk.VolumeId.Value, StringComparer.Ordinal)
            .ToList();
        var boot = read.Server.Image is null ? BootDisk(read.Server, inOrder) : null;
        return
        [
            .. inOrder.OrderBy(disk => disk != boot).Select(disk => new AttachedVolume
            {
                Volume = new SourceId(disk.VolumeId.Value),
                BootIndex = disk == boot ? 0 : null,
                DeleteOnTermination = disk.DeleteOnTermination ?? ends[disk.VolumeId],
                Tag = string.IsNullOrEmpty(disk.Tag) ? null : disk.Tag,
                Device = disk.Device,
            }),
        ];
    }

    VolumeAttachment BootDisk(Server server, List<VolumeAttachment> inOrder)
    {
        if (inOrder.Count == 0)
            throw new CaptureException($"Server {server.Name} ({server.Id}) has neither an image nor a volume: there is nothing that it could boot from. Capture again.", mayPass: true);
        var atRoot = inOrder.Find(disk => disk.Device is not null && disk.Device == server.RootDeviceName);
        var bootable = inOrder.FindAll(disk => volumes[disk.VolumeId].IsBootable);
        if (atRoot is null && bootable.Count != 1 && inOrder.Count > 1)
        {
            unreadable.Add("server", server.Id.Value, "volumes.bootIndex",
                $"{bootable.Count} of its volumes are bootable, and the root device is shown to admins only: the first of them is taken");
        }
        return atRoot ?? (bootable.Count > 0 ? bootable[0] : inOrder[0]);
    }

    /// <summary>
    /// In the order of <c>addresses</c>, which follows the NICs network by network; Neutron's own order means nothing. Where two networks take
    /// turns the true order is not told by any API, and that is said.
    /// </summary>
    ImmutableArray<AttachedPort> Nics(ReadServer read)
    {
        var macs = read.Server.Addresses.Values.SelectMany(addresses => addresses).Select(address => address.MacAddress).OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase).Select((mac, index) => (mac, index))
            .ToDictionary(pair => pair.mac, pair => pair.index, StringComparer.OrdinalIgnoreCase);
        var networks = read.Nics.GroupBy(nic => ports[nic.PortId].NetworkId).ToList();
        if (networks.Count > 1 && networks.Exists(network => network.Count() > 1))
            unreadable.Add("server", read.Server.Id.Value, "ports", "it has several NICs in one network and others elsewhere: no API tells their order among each other, so they stand network by network");
        return
        [
            .. read.Nics
                .OrderBy(nic => macs.GetValueOrDefault(ports[nic.PortId].MacAddress, int.MaxValue))
                .ThenBy(nic => nic.PortId.Value, StringComparer.Ordinal)
                .Select(nic => new AttachedPort { Port = new SourceId(nic.PortId.Value), Tag = string.IsNullOrEmpty(nic.Tag) ? null : nic.Tag }),
        ];
    }

    public static FlavorShape ShapeOf(ServerFlavor flavor) => new()
    {
        Name = flavor.OriginalName ?? "",
        Vcpus = flavor.Vcpus ?? 0,
        RamMib = flavor.RamMib ?? 0,
        DiskGib = flavor.DiskGib ?? 0,
        EphemeralGib = flavor.EphemeralGib ?? 0,
        SwapMib = flavor.SwapMib ?? 0,
        ExtraSpecs = (flavor.ExtraSpecs ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal),
    };
}
