using System.Collections.Immutable;
using Kedge.OpenStack;
using Kedge.OpenStack.Compute;
using Kedge.OpenStack.Identity;
using Kedge.OpenStack.Images;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Sites;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Capture;

/// <summary>Reads what servers refer to: flavors, images, keypairs and server groups, each once however many servers share it.</summary>
sealed class ComputeReading(Site source, Unreadables unreadable)
{
    readonly Cloud cloud = source.Tenant;

    /// <summary>A flavor that was deleted since is told from what its servers were built with.</summary>
    public async Task<ImmutableArray<FlavorBlueprint>> FlavorsAsync(IReadOnlyList<ReadServer> servers, CancellationToken cancel)
    {
        var flavors = new List<FlavorBlueprint>();
        foreach (var users in servers.Select(server => server.Server).Where(server => server.Flavor.Id is not null).GroupBy(server => server.Flavor.Id!.Value))
        {
            var found = await cloud.Compute.FindFlavorAsync(users.Key, cancel)
                ?? (source.Admin is { } admin ? await admin.Compute.FindFlavorAsync(users.Key, cancel) : null);
            if (found is not null)
            {
                flavors.Add(Of(found));
                continue;
            }
            unreadable.Add("flavor", users.Key.Value, "*", "deleted since, or not shown to this project: taken from what its servers were built with");
            flavors.Add(new FlavorBlueprint { Id = new SourceId(users.Key.Value), Shape = ServerGraph.ShapeOf(users.First().Flavor), IsPublic = false });
        }
        return [.. flavors.OrderBy(flavor => flavor.Id)];
    }

    FlavorBlueprint Of(Flavor flavor)
    {
        if (flavor.ExtraSpecs is null)
            unreadable.Add("flavor", flavor.Id.Value, "shape.extraSpecs", "this cloud's policy does not show them to this user: allow os_compute_api:os-flavor-extra-specs:index, or give the site an admin cloud");
        return new FlavorBlueprint
        {
            Id = new SourceId(flavor.Id.Value),
            IsPublic = flavor.IsPublic,
            Description = OwnMarks.DescriptionWithout(flavor.Description),
            Shape = new FlavorShape
            {
                Name = flavor.Name,
                Vcpus = flavor.Vcpus,
                RamMib = flavor.RamMib,
                DiskGib = flavor.DiskGib,
                EphemeralGib = flavor.EphemeralGib,
                SwapMib = flavor.SwapMib,
                ExtraSpecs = (flavor.ExtraSpecs ?? ImmutableDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal),
            },
        };
    }

    public async Task<ImmutableArray<ImageBlueprint>> ImagesAsync(IReadOnlyList<ReadServer> servers, CancellationToken cancel)
    {
        var images = new List<ImageBlueprint>();
        foreach (var id in servers.Select(server => server.Server.Image).OfType<ImageId>().Distinct())
        {
            if (await cloud.Images.FindImageAsync(id, cancel) is { } image)
                images.Add(Of(image));
            else
                unreadable.Add("image", id.Value, "*", "deleted since, or no longer shared with this project: its servers come back from copies of their disks alone");
        }
        return [.. images.OrderBy(image => image.Id)];
    }

    static ImageBlueprint Of(Image image)
    {
        var (properties, notPortable) = PortableProperties.Split(image.Properties);
        return new ImageBlueprint
        {
            Id = new SourceId(image.Id.Value),
            Name = image.Name,
            DiskFormat = image.DiskFormat ?? throw Unfit(image, "has no disk format"),
            ContainerFormat = image.ContainerFormat ?? throw Unfit(image, "has no container format"),
            Visibility = image.Visibility,
            IsProtected = image.IsProtected,
            IsHidden = image.IsHidden,
            MinDiskGib = image.MinDiskGib,
            MinRamMib = image.MinRamMib,
            SizeBytes = image.SizeBytes ?? throw Unfit(image, "has no size"),
            HashAlgorithm = image.OsHashAlgorithm,
            HashValue = image.OsHashValue,
            Checksum = image.Checksum,
            Tags = OwnMarks.TagsWithout(image.Tags),
            Properties = properties,
            NotPortable = notPortable,
        };
    }

    static CaptureException Unfit(Image image, string why) =>
        new($"Image {image.Name} ({image.Id}) {why}: it was never uploaded whole (it is {image.Status}). Upload it, or rebuild its servers from another.");

    /// <summary>A keypair belongs to a user, not to the project: of other users only an admin sees the key.</summary>
    public async Task<ImmutableArray<KeypairBlueprint>> KeypairsAsync(IReadOnlyList<ReadServer> servers, CancellationToken cancel)
    {
        var keypairs = new List<KeypairBlueprint>();
        foreach (var (owner, name) in servers.Select(server => server.Server).Where(server => server.KeyName is not null).Select(server => (server.UserId, server.KeyName!)).Distinct())
        {
            var found = await FindAsync(owner, name, cancel);
            keypairs.Add(new KeypairBlueprint
            {
                Name = name,
                User = new SourceId(owner.Value),
                Type = found?.Type ?? "ssh",
                PublicKey = found?.PublicKey is { Length: > 0 } key ? key : null,
                Fingerprint = found?.Fingerprint,
            });
        }
        return [.. keypairs.OrderBy(keypair => keypair.User).ThenBy(keypair => keypair.Name, StringComparer.Ordinal)];
    }

    async Task<Keypair?> FindAsync(UserId owner, string name, CancellationToken cancel)
    {
        var isOwn = owner == cloud.UserId;
        if (!isOwn && source.Admin is null)
        {
            unreadable.Add("keypair", $"{owner}/{name}", "publicKey", "another user's, which only admins may read: give the site an admin cloud");
            return null;
        }
        var found = isOwn ? await cloud.Compute.FindKeypairAsync(name, null, cancel) : await source.Admin!.Compute.FindKeypairAsync(name, owner, cancel);
        if (found is null)
            unreadable.Add("keypair", $"{owner}/{name}", "publicKey", "deleted since: its servers come back with the keys that are on their disks");
        return found;
    }

    public async Task<ImmutableArray<ServerGroupBlueprint>> ServerGroupsAsync(IReadOnlyList<ReadServer> servers, CancellationToken cancel)
    {
        var ids = servers.Select(server => server.Server.Id).ToHashSet();
        var groups = new Dictionary<ServerGroupId, ServerGroupBlueprint>();
        await foreach (var group in cloud.Compute.ListServerGroupsAsync(ProjectScope.Own, cancel))
        {
            var members = group.Members.Where(ids.Contains).Select(member => new SourceId(member.Value)).Distinct().Order().ToImmutableArray();
            if (members.Length > 0)
                groups[group.Id] = Of(group, members);
        }
        foreach (var (server, _, _) in servers)
        {
            foreach (var missing in server.ServerGroups.Where(group => !groups.ContainsKey(group)))
                unreadable.Add("server", server.Id.Value, "serverGroup", $"its group {missing} is not shown to this project");
        }
        return [.. groups.Values.OrderBy(group => group.Id)];
    }

    static ServerGroupBlueprint Of(ServerGroup group, ImmutableArray<SourceId> members) => new()
    {
        Id = new SourceId(group.Id.Value),
        Name = OwnMarks.NameWithout(group.Name),
        Policy = group.Policy,
        MaxServerPerHost = group.Rules?.MaxServerPerHost,
        Members = members,
    };
}
