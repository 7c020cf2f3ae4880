using Kedge.OpenStack.Network;

namespace Kedge.Recovery.Steps;

/// <summary>
/// Finds by mark, and makes marked, what Neutron makes. Tags are set by a call of their own, so a resource is created with the mark as its
/// description, then tagged, and only then given its own description: at every moment it can be found, and a crash between two of these
/// calls is mended by the next look.
/// </summary>
sealed class NeutronMarks<T>(NeutronKind<T> kind, NetworkClient network, Mark mark)
{
    /// <summary>The oldest that carries the mark, in whatever state; null when none does.</summary>
    public async Task<T?> FindAsync(CancellationToken cancel) =>
        await OldestAsync(new NetworkFilter { Tags = [mark.Tag] }, cancel) ?? await OldestAsync(new NetworkFilter { Description = mark.Tag }, cancel);

    /// <param name="create">Given the text to create it with as its description.</param>
    public async Task<T> EnsureAsync(string? description, IEnumerable<string> tags, Func<string, Task<T>> create, CancellationToken cancel)
    {
        var it = await FindAsync(cancel) ?? await create(mark.Tag);
        var (id, has) = (kind.Id(it), kind.Tags(it));
        var wanted = tags.Append(mark.Tag).Distinct().ToList();
        if (!wanted.All(has.Contains))
            await kind.SetTags(network, id, wanted, cancel);
        if (kind.Description(it) != (description ?? ""))
            await kind.Describe(network, id, description ?? "", cancel);
        return it;
    }

    async Task<T?> OldestAsync(NetworkFilter filter, CancellationToken cancel)
    {
        T? oldest = default;
        await foreach (var it in kind.List(network, filter, cancel))
        {
            // Some clouds ignore a filter that they do not know, and answer with everything.
            var isMarked = kind.Tags(it).Contains(mark.Tag) || kind.Description(it) == mark.Tag;
            if (isMarked && (oldest is null || kind.Age(it).CompareTo(kind.Age(oldest)) < 0))
                oldest = it;
        }
        return oldest;
    }
}

/// <summary>What one kind of Neutron resource has in common with the others.</summary>
sealed record NeutronKind<T>
{
    public required Func<NetworkClient, NetworkFilter, CancellationToken, IAsyncEnumerable<T>> List { get; init; }
    public required Func<T, string> Id { get; init; }
    public required Func<T, string> Description { get; init; }
    public required Func<T, IReadOnlyList<string>> Tags { get; init; }
    public required Func<T, DateTimeOffset?> CreatedAt { get; init; }
    public required Func<NetworkClient, string, IReadOnlyList<string>, CancellationToken, Task> SetTags { get; init; }
    public required Func<NetworkClient, string, string, CancellationToken, Task> Describe { get; init; }

    public NeutronMarks<T> Marked(NetworkClient network, Mark mark) => new(this, network, mark);

    /// <summary>Creation times are whole seconds; the id decides between two of one second, always in the same way.</summary>
    public (DateTimeOffset, string) Age(T it) => (CreatedAt(it) ?? DateTimeOffset.MinValue, Id(it));
}

static class NeutronKinds
{
    public static NeutronKind<VirtualNetwork> Networks { get; } = new()
    {
        List = (n, filter, cancel) => n.ListNetworksAsync(filter, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new NetworkId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.DescribeAsync(new NetworkId(id), text, cancel),
    };

    public static NeutronKind<Subnet> Subnets { get; } = new()
    {
        List = (n, filter, cancel) => n.ListSubnetsAsync(filter, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new SubnetId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.DescribeAsync(new SubnetId(id), text, cancel),
    };

    public static NeutronKind<Router> Routers { get; } = new()
    {
        List = (n, filter, cancel) => n.ListRoutersAsync(filter, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new RouterId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.DescribeAsync(new RouterId(id), text, cancel),
    };

    public static NeutronKind<Port> Ports { get; } = new()
    {
        List = (n, filter, cancel) => n.ListPortsAsync(new PortFilter { ProjectId = filter.ProjectId, Tags = filter.Tags, Description = filter.Description }, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new PortId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.UpdatePortAsync(new PortId(id), new PortChanges { Description = text }, cancel),
    };

    public static NeutronKind<SecurityGroup> SecurityGroups { get; } = new()
    {
        List = (n, filter, cancel) => n.ListSecurityGroupsAsync(filter, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new SecurityGroupId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.DescribeAsync(new SecurityGroupId(id), text, cancel),
    };

    public static NeutronKind<FloatingIp> FloatingIps { get; } = new()
    {
        List = (n, filter, cancel) => n.ListFloatingIpsAsync(filter, cancel),
        Id = it => it.Id.Value,
        Description = it => it.Description,
        Tags = it => it.Tags,
        CreatedAt = it => it.CreatedAt,
        SetTags = (n, id, tags, cancel) => n.SetTagsAsync(new FloatingIpId(id), tags, cancel),
        Describe = (n, id, text, cancel) => n.DescribeAsync(new FloatingIpId(id), text, cancel),
    };
}
